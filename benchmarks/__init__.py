"""`make bench`: what Pixel Prompt costs beside the bare work, on the machine it runs on."""
