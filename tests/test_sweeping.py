"""Sweepers as processes: one is elected, the next takes over, a stopped one lets go."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes import FakeProviders
from tests.faults import databases, servers
from tests.faults.arrangement import Arrangement
from tests.support import until

LEASE = "SELECT owner, swept_at FROM generation_sweeperlease"


@pytest.fixture
def place(tmp_path: Path, fakes: FakeProviders) -> Iterator[Arrangement]:
    """A team's installation, whose server has the lease."""
    with servers.postgres() as database, servers.shared_redis() as broker:
        made = Arrangement(
            tmp_path, fakes, ["one"], database=database, broker=broker, threads=4, SWEEP="0.4"
        )
        with made:
            made.web()
            until(lambda: holder(made), bool)
            yield made


def holder(place: Arrangement) -> str:
    """The boot id of the process that sweeps, or ""."""
    ((found, *_),) = databases.select(place.database, LEASE)[0] or [("",)]
    return str(found)


def test_a_worker_takes_over_from_a_server_that_died_and_lets_go_when_it_is_told_to_stop(
    place: Arrangement,
) -> None:
    first = holder(place)
    worker = place.worker()
    place.processes[0].kill()
    second = until(lambda: holder(place), lambda owner: owner != first)
    assert second
    assert worker.terminate() == 0
    assert holder(place) == ""


def test_a_server_that_stops_lets_go(place: Arrangement) -> None:
    assert place.processes[0].terminate() == 0
    assert holder(place) == ""
