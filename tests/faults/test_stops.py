"""SIGSTOP past the lease, then SIGCONT; SIGTERM under load; nobody left to work."""

import os
import signal
import time
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.fakes import FakeProviders
from tests.faults.arrangement import Arrangement
from tests.faults.conftest import ARRANGEMENTS, Place
from tests.faults.processes import Process, has_stopped, state_of
from tests.faults.scale import scaled
from tests.support import until

MODELS = ["one", "bfl:flux-2-pro"]
STOPS = scaled(
    ("after-task", "after-store"),
    ("after-claim", "before-call", "after-task", "after-call", "after-received", "after-store"),
)
IMPATIENT = "-c idle_in_transaction_session_timeout=1s"


def asleep_at(place: Arrangement, point: str, database: str = "") -> Process:
    """A worker that got a job of its own and was stopped at this failpoint."""
    sleeper = place.worker(f"{point}:1:stop", DATABASE_URL=database or place.database)
    slug = f"model-{2 if 'task' in point else 1}"
    place.clients.send(f"asleep at {point}", models=[slug])
    until(lambda: [state_of(pid) for pid in (sleeper.pid, *sleeper.children())], has_stopped, 30)
    return sleeper


def test_a_worker_that_wakes_up_after_its_lease_changes_nothing(
    tmp_path: Path, fakes: FakeProviders, redis_arrangement: Place
) -> None:
    database, broker = redis_arrangement
    with Arrangement(tmp_path, fakes, MODELS, database=database, broker=broker) as place:
        place.web()
        sleepers = [asleep_at(place, point) for point in STOPS]
        place.worker()
        before = place.settled()
        for sleeper in sleepers:
            sleeper.signal(signal.SIGCONT)
        time.sleep(1.5)
        fakes.wait_until_idle()
        assert place.broken_promises() == []
        assert place.rows.results == before.results


def test_a_worker_that_freezes_in_a_transaction_holds_nobody_up_for_long(
    tmp_path: Path, fakes: FakeProviders, redis_arrangement: Place
) -> None:
    """In the short run PostgreSQL waits less for this client than it does in earnest."""
    database, broker = redis_arrangement
    impatient = database + scaled(f"?options={quote(IMPATIENT)}", "")
    with Arrangement(tmp_path, fakes, MODELS, database=database, broker=broker, LEASE="9") as place:
        place.web()
        sleeper = asleep_at(place, "in-claim", impatient)
        place.clients.send_all(["of the same account", "and another"])
        place.worker()
        place.settled(60)
        sleeper.signal(signal.SIGCONT)
        assert place.broken_promises() == []
        assert all(row.state == "completed" for row in place.rows.results)


@pytest.mark.parametrize(
    "arrangement", scaled(["PostgreSQL + Redis"], list(ARRANGEMENTS)), indirect=True
)
def test_sigterm_under_load_lets_running_calls_finish_and_begins_no_others(
    tmp_path: Path, fakes: FakeProviders, arrangement: Place
) -> None:
    fakes.delay(1.0)
    database, broker = arrangement
    models = [f"m-{number}" for number in range(6)]
    with Arrangement(
        tmp_path, fakes, models, database=database, broker=broker, threads=4, LEASE="9"
    ) as place:
        web = place.web()
        first = place.worker() if broker else web
        place.clients.send_all(["stop in between", "and these wait"])
        fakes.wait_until_in_flight(3)
        assert first.terminate(40) == 0
        assert len(fakes.ledger) < 12
        if broker:
            place.worker()
        else:
            place.web()
        assert place.broken_promises() == []
        assert all(row.state == "completed" for row in place.rows.results)


def test_a_job_ends_by_its_deadline_when_every_worker_is_dead(
    tmp_path: Path, fakes: FakeProviders, redis_arrangement: Place
) -> None:
    database, broker = redis_arrangement
    with Arrangement(
        tmp_path, fakes, MODELS[:1], database=database, broker=broker, threads=1,
        DEADLINE="5", MARGIN="0.5",
    ) as place:  # fmt: skip
        place.web(FAULTS_SWEEP="60")
        worker = place.worker()
        until(lambda: warmed_up(place), bool, 60)
        fakes.hold()
        place.clients.send_all(["drawn when its worker dies", "never begun"])
        fakes.wait_until_in_flight(1)
        worker.kill()
        # Nobody writes but a reader who meets what is overdue.
        until(lambda: place.rows.unfinished, lambda rows: not rows, 20)
        fakes.release()
        assert place.broken_promises() == []
        last = {job.id for job in place.rows.jobs if not job.prompt.startswith("is anybody")}
        ended = [row.error_code for row in place.rows.results if row.job in last]
        assert ended == ["DEADLINE_EXCEEDED"] * 2


def warmed_up(place: Arrangement) -> bool:
    """Whether a job was drawn in time; a worker that is still starting does not."""
    place.clients.send(f"is anybody there {len(place.clients.requests)}")
    return any(row.state == "completed" for row in place.settled().results)


def test_a_worker_process_that_dies_ends_the_others_and_their_master_says_so(
    tmp_path: Path, fakes: FakeProviders, redis_arrangement: Place
) -> None:
    """A supervisor need only start again what has ended."""
    fakes.hold()
    database, broker = redis_arrangement
    with Arrangement(
        tmp_path, fakes, ["one", "two"], database=database, broker=broker, threads=1
    ) as place:
        place.web()
        master = place.worker(processes=2)
        place.clients.send("both draw")
        fakes.wait_until_in_flight(2, timeout=60)
        os.kill(master.children()[0], signal.SIGKILL)
        fakes.release()
        assert master.wait_until_over(60) != 0
        place.worker()
        assert place.broken_promises() == []
