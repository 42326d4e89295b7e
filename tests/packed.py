"""The product's settings where static files are packed, as an image brings them along.

`serve` collects and compresses them at each start otherwise, which is half of what a start takes.
"""

import os
from pathlib import Path

from pixelprompt.settings import *  # noqa: F403

PACKED = STATIC_ROOT = Path(os.environ["TESTS_PACKED"])
