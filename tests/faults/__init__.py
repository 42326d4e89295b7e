"""Kills, stops and floods a running Pixel Prompt, then judges what is left.

`arrangement` runs web and workers as processes, `clients` sends and polls over HTTP, `rows` and
`storage` read what is left behind, and `checker` compares all of it with the fake providers'
ledger. `PIXELPROMPT_FAULTS=long` (`make faults`) is the long run; without it, each part is short.
"""
