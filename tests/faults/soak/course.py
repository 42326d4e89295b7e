"""What goes wrong in a soak, and when: data, made from a seed."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.fakes.behaviours import (
    Behaviour,
    drip,
    error_after_charge,
    half_body,
    hang,
    junk_image,
    moderated,
    rate_limited,
    reset_before_answer,
    status,
)

TROUBLES: tuple[Behaviour, ...] = (
    drip(),
    error_after_charge(),
    half_body(),
    hang(),
    junk_image(),
    moderated(),
    rate_limited(2),
    reset_before_answer(),
    status(500),
    status(503),
)
SHARE = 0.05  # of all calls meet one of these
# When, as a share of the whole time. The server is left alone afterwards, so that a leak shows.
MOMENTS: Mapping[str, tuple[float, ...]] = {
    "the server stopped": (0.04,),
    "the server killed": (0.08,),
    "PostgreSQL": (0.3, 0.6),
    "Redis": (0.2, 0.45, 0.75),
    "the store": (0.5, 0.8),
}
WORKER = {"a worker killed": 2, "a worker stopped": 1}  # how often, in proportion
BETWEEN = (15.0, 35.0)  # seconds between two deaths of a worker
JITTER = 0.01
CALM = 0.9  # from here on nothing more is broken


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """`at` is in seconds from the start."""

    at: float
    what: str


def course(dice: random.Random, seconds: float) -> list[Fault]:
    """Every fault of a soak, in order."""
    once = [
        Fault((share + dice.uniform(-JITTER, JITTER)) * seconds, what)
        for what, shares in MOMENTS.items()
        for share in shares
    ]
    return sorted([*once, *deaths(dice, seconds)])


def deaths(dice: random.Random, seconds: float) -> Iterator[Fault]:
    """One of the two workers dies again and again; the other is left alone."""
    at = dice.uniform(*BETWEEN)
    while at < CALM * seconds:
        yield Fault(at, *dice.choices(list(WORKER), list(WORKER.values())))
        at += dice.uniform(*BETWEEN)
