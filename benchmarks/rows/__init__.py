"""One module a row, or a few that share their set-up. Each gives `Figure`s."""
