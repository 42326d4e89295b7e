"""How much a fault run does: little in `make test`, all of it in `make faults`."""

import os
import random
from typing import TypeVar

T = TypeVar("T")

LONG = os.environ.get("PIXELPROMPT_FAULTS") == "long"
SEED = int(os.environ.get("PIXELPROMPT_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)


def scaled(short: T, long: T) -> T:
    return long if LONG else short


def chance(*about: object) -> random.Random:
    """Chance that repeats with PIXELPROMPT_SEED; the seed is printed for the one who must."""
    print(f"PIXELPROMPT_SEED={SEED} {' '.join(map(str, about))}")
    return random.Random(f"{SEED} {about}")
