"""Many requests at once, and bells that ring too often or for nobody."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dramatiq
import pytest

from pixelprompt.brokers import redis as redis_bells
from tests.fakes import FakeProviders
from tests.faults.arrangement import Arrangement
from tests.faults.conftest import ARRANGEMENTS, Place
from tests.faults.scale import scaled

PARALLEL = scaled(40, 200)


def test_parallel_requests_are_all_accepted_once(tmp_path: Path, fakes: FakeProviders) -> None:
    with Arrangement(tmp_path, fakes, ["one"]) as place:
        place.web()
        place.clients.send_all((f"prompt {n}" for n in range(PARALLEL)), at_once=PARALLEL)
        assert place.broken_promises() == []
        assert [r.outcome for r in place.clients.requests] == ["ok"] * PARALLEL
        assert len(place.rows.jobs) == PARALLEL


def test_ten_times_too_much_is_refused_and_what_was_accepted_is_drawn(
    tmp_path: Path, fakes: FakeProviders
) -> None:
    fakes.delay(0.3)
    full = {"QUEUE_BOUND": str(PARALLEL // 10)}
    with Arrangement(tmp_path, fakes, ["one"], threads=2, env=full) as place:
        place.web()
        place.clients.send_all((f"prompt {n}" for n in range(PARALLEL)), at_once=PARALLEL)
        assert place.broken_promises() == []
        outcomes = {request.outcome for request in place.clients.requests}
        assert outcomes == {"ok", "failed"}
        assert all(row.state == "completed" for row in place.rows.results)


@pytest.mark.parametrize("arrangement", scaled(["SQLite"], list(ARRANGEMENTS)), indirect=True)
def test_parallel_requests_under_one_key_make_one_job(
    tmp_path: Path, fakes: FakeProviders, arrangement: Place
) -> None:
    database, broker = arrangement
    with Arrangement(tmp_path, fakes, ["one"], database=database, broker=broker) as place:
        place.web()
        if broker:
            place.worker()
        with ThreadPoolExecutor(PARALLEL) as pool:
            send = place.clients.send
            list(pool.map(lambda _n: send("the same", key="the same key"), range(PARALLEL)))
        assert place.broken_promises() == []
        assert len(place.rows.jobs) == 1


def test_doubled_and_unknown_bells_buy_nothing(
    tmp_path: Path, fakes: FakeProviders, redis_arrangement: Place
) -> None:
    fakes.delay(0.3)
    database, broker = redis_arrangement
    with Arrangement(
        tmp_path, fakes, ["one", "two", "three"], database=database, broker=broker
    ) as place:
        place.web()
        place.clients.send_all(["ring", "ring again"])
        ring(broker, [row.id for row in place.rows.results] * 10 + [str(uuid.uuid4())] * 10)
        place.worker()
        place.worker()
        ring(broker, [row.id for row in place.settled().results] * 3)
        assert place.broken_promises() == []
        assert len(fakes.ledger) == 6


def ring(url: str, pks: list[str]) -> None:
    """Bells as we ring them ourselves, without asking the database."""
    bells = redis_bells.make(url, 1, [])
    for pk in pks:
        bells.enqueue(
            dramatiq.Message(
                queue_name="draw", actor_name="draw", args=(pk, "a fault run"), kwargs={},
                options={},
            )
        )  # fmt: skip
    bells.close()
