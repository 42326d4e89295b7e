"""docs/scale.md calculates with the budgets that are held, and calculates rightly."""

import math
import re
from collections.abc import Callable

import pytest

from generation import sweeper
from pixelprompt import settings
from tests.served import ROOT

PAGE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
BUDGETS = (ROOT / "tests" / "test_query_budgets.py").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| ([^|]+) \| ([\d.,]+ \| [\d.,]+) \|$", PAGE, re.MULTILINE))

MODELS, CALL, PEAK, THREADS = 9, 15, 3, 64
SERVERS, CONNECTIONS = 4, 6


def budget(test: str) -> int:
    """What a test of the budgets allows."""
    (allowed,) = re.findall(rf"def {test}\(.*?<= (\d+)", BUDGETS, re.DOTALL)[:1]
    return int(allowed)


ACCEPT = budget("test_accepting_a_job_costs_the_same_for_three_models_and_for_one")
DRAW = budget("test_drawing_stays_within_its_budget")
COPY = budget("test_display_copies_stay_within_their_budget")


def workers(jobs: float) -> int:
    return math.ceil(jobs * MODELS * CALL / THREADS)


ARITHMETIC: dict[str, Callable[[float], float]] = {
    "jobs": lambda jobs: jobs,
    "results": lambda jobs: MODELS * jobs,
    "calls under way (Little: results a second x 15 s)": lambda jobs: MODELS * jobs * CALL,
    "worker processes of 64 threads": workers,
    "statements of orders and drawing": (lambda jobs: (ACCEPT + MODELS * (DRAW + COPY)) * jobs),
    "processors that are busy, at 116 ms a picture": lambda jobs: 0.116 * MODELS * jobs,
    "bells": lambda jobs: 2 * MODELS * jobs,
    "looks at `/status`, every 2 s while a job takes 20 s": lambda jobs: 20 / 2 * jobs,
    "pages that listen to `/events` instead": lambda jobs: 20 * jobs,
    "connections to PostgreSQL, 6 for each worker and each of 4 servers": (
        lambda jobs: CONNECTIONS * (workers(jobs) + SERVERS)
    ),
    "MB in from providers and out to the store, at 1.1 MB a picture": (
        lambda jobs: 1.1 * MODELS * jobs
    ),
}


def test_every_line_is_recalculated() -> None:
    assert set(ROWS) == set(ARITHMETIC)


@pytest.mark.parametrize("line", ARITHMETIC)
def test_the_arithmetic_adds_up(line: str) -> None:
    average = 1_000_000 / 86_400
    told = [float(value.replace(",", "")) for value in ROWS[line].split(" | ")]
    right = [ARITHMETIC[line](jobs) for jobs in (average, PEAK * average)]
    assert told == [pytest.approx(value, rel=0.01) for value in right]


def test_it_calculates_with_the_numbers_that_are_in_force() -> None:
    told = f"{ACCEPT} to accept a job, {DRAW} to draw a result, {COPY} for its copies"
    assert told in " ".join(PAGE.split())
    assert f"{sweeper.MOST_BELLS} bells a round of {settings.SWEEP_PERIOD:.0f} s" in PAGE
    assert f"| {settings.QUEUE_BOUND:,} waiting results |" in PAGE
