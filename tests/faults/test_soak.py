"""What `make soak` does and tells, where no soak is needed to see it."""

import random

import pytest

from tests.faults.soak import table
from tests.faults.soak.course import CALM, MOMENTS, WORKER, course

SECONDS = 600.0


@pytest.mark.parametrize("seed", range(20))
def test_a_course_breaks_everything_and_ends_in_calm(seed: int) -> None:
    faults = course(random.Random(seed), SECONDS)
    assert {fault.what for fault in faults} == {*MOMENTS, *WORKER}
    assert faults == sorted(faults)
    assert faults[0].at >= 0
    assert faults[-1].at < CALM * SECONDS


@pytest.mark.parametrize("seed", range(20))
def test_the_server_lives_long_enough_for_a_leak_to_show(seed: int) -> None:
    faults = course(random.Random(seed), SECONDS)
    deaths = [fault.at for fault in faults if "server" in fault.what]
    assert len(deaths) == 2
    assert max(deaths) < SECONDS / 10


def test_the_same_seed_makes_the_same_course() -> None:
    one, same, other = (course(random.Random(seed), SECONDS) for seed in (7, 7, 8))
    assert one == same != other


def test_a_percentile_is_a_value_that_was_seen() -> None:
    values = [float(number) for number in range(1, 101)]
    random.Random(1).shuffle(values)
    assert [table.percentile(values, share) for share in (0.5, 0.95, 1)] == [50, 95, 100]
    assert table.percentile([3.0], 0.5) == table.percentile([3.0], 1) == 3


def test_a_counter_that_begins_anew_has_not_fallen() -> None:
    assert table.risen([5, 9, 0, 4]) == 8
