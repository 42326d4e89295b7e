"""Sweepers as processes: one is elected, the next takes over, a stopped one lets go; and
`manage.py sweep`, which is one more of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.fakes import FakeProviders
from tests.faults import databases, servers
from tests.faults.arrangement import Arrangement
from tests.served import Served, manage
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


def test_a_loop_takes_over_and_ends_cleanly(place: Arrangement) -> None:
    first = holder(place)
    loop = place.command("manage.py", "sweep", "--loop")
    place.processes[0].kill()
    until(lambda: holder(place), lambda owner: owner not in ("", first))
    assert loop.terminate() == 0
    assert holder(place) == ""
    assert "Traceback" not in loop.output


def test_rounds_of_several_processes_at_once_ring_for_each_row_once(place: Arrangement) -> None:
    place.clients.send_all([f"prompt {number}" for number in range(20)])
    place.processes[0].kill()
    servers.forget_bells(place.broker)
    with databases.connected(place.database) as database:
        database.execute("UPDATE generation_result SET bell_at = NULL")
        database.commit()
    rounds = [place.command("manage.py", "sweep") for _ in range(3)]
    assert [round.wait_until_over() for round in rounds] == [0, 0, 0]
    with redis.Redis.from_url(place.broker) as client:
        assert client.llen("pixelprompt:draw") == 20


def test_on_sqlite_a_round_is_refused_while_a_server_runs(tmp_path: Path) -> None:
    with Served(tmp_path) as served:
        code, told = manage(tmp_path, "sweep", "--loop")
        assert code == 1
        assert told.startswith(f"CommandError: Another Pixel Prompt uses {tmp_path} and sweeps")
        assert len(told.splitlines()) == 1
        assert served.terminate() == 0
    assert manage(tmp_path, "sweep") == (0, "")
