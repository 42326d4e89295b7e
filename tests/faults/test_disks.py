"""A store that fails, a disk that is full, a database that is locked."""

import resource
import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.fakes import FakeProviders
from tests.faults.arrangement import Arrangement
from tests.faults.processes import Process
from tests.faults.stores import FaultyStore
from tests.support import until

MODELS = ["one", "two"]


@pytest.fixture
def store(s3_url: str) -> Iterator[FaultyStore]:
    with FaultyStore(s3_url, f"faults-{uuid.uuid4().hex[:8]}") as made:
        yield made


def test_a_store_that_fails_now_and_then_loses_no_picture(
    tmp_path: Path, fakes: FakeProviders, store: FaultyStore
) -> None:
    store.troubles = ["503", "reset after"]
    with Arrangement(tmp_path, fakes, MODELS, store=store) as place:
        place.web()
        place.clients.send_all(["a fox", "a cat"])
        assert place.broken_promises() == []
        assert store.writes.total() >= 3 * len(place.rows.results)
        assert all(row.state == "completed" for row in place.rows.results)


def test_while_the_store_is_away_pictures_are_reported_and_stored_ones_are_adopted_later(
    tmp_path: Path, fakes: FakeProviders, store: FaultyStore
) -> None:
    with Arrangement(tmp_path, fakes, MODELS, store=store) as place:
        first = place.web("after-store")
        place.clients.send("stored by a dead worker", models=["model-1"])
        first.wait_until_over()
        store.closed = True
        place.web()
        place.clients.send("cannot be stored", models=["model-2"])
        until(lambda: len(place.rows.unfinished), lambda left: left == 1, 30)
        store.closed = False
        assert place.broken_promises() == []
        assert sorted(row.error_code for row in place.rows.results) == ["", "STORAGE_FAILED"]


@contextmanager
def full_disk(process: Process) -> Iterator[None]:
    """The kernel refuses whatever makes a file of this process longer than nothing."""
    _soft, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, hard))
    yield
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (hard, hard))


def test_a_full_disk_takes_no_orders_and_loses_none(tmp_path: Path, fakes: FakeProviders) -> None:
    with Arrangement(tmp_path, fakes, MODELS, DEADLINE="5", MARGIN="0.5") as place:
        web = place.web()
        place.clients.send("before")
        place.settled()
        fakes.hold()
        place.clients.send("under way")
        fakes.wait_until_in_flight(2)
        with full_disk(web):
            fakes.release()
            place.clients.send("refused")
            fakes.wait_until_idle()
        place.clients.send("afterwards")
        assert place.broken_promises() == []
        assert [request.outcome for request in place.clients.requests] == [
            "ok",
            "ok",
            "failed",
            "ok",
        ]


@contextmanager
def locked(place: Arrangement) -> Iterator[None]:
    """Somebody else writes, and takes their time."""
    file = place.database.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file, timeout=20, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        yield
        writer.execute("ROLLBACK")


def test_a_locked_database_takes_no_orders_and_loses_none(
    tmp_path: Path, fakes: FakeProviders
) -> None:
    with Arrangement(tmp_path, fakes, MODELS, DEADLINE="5", MARGIN="0.5", BUSY="0.5") as place:
        place.web()
        fakes.hold()
        place.clients.send("under way")
        fakes.wait_until_in_flight(2)
        with locked(place):
            fakes.release()
            place.clients.send("refused")
            fakes.wait_until_idle()
            time.sleep(1)
        place.clients.send("afterwards")
        assert place.broken_promises() == []
        assert [request.outcome for request in place.clients.requests] == ["ok", "failed", "ok"]
