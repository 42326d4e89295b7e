#!/usr/bin/env python3
"""The command `pixelprompt` in a checkout."""

from pixelprompt.__main__ import main

if __name__ == "__main__":
    main()
