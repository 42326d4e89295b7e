"""Workers that are told to stop while a call takes longer than they may wait."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.fakes import FakeProviders
from tests.faults.arrangement import Arrangement
from tests.faults.conftest import Place, over_rabbitmq, over_redis
from tests.faults.scale import scaled


@pytest.mark.parametrize("over", scaled([over_redis], [over_redis, over_rabbitmq]))
def test_a_worker_ends_in_time_and_what_it_has_not_begun_is_drawn_elsewhere(
    tmp_path: Path, fakes: FakeProviders, over: Callable[[], AbstractContextManager[Place]]
) -> None:
    fakes.hold()
    with (
        over() as (database, broker),
        Arrangement(
            tmp_path, fakes, ["one"], database=database, broker=broker, threads=1, GRACE="1"
        ) as place,
    ):
        place.web()
        worker = place.worker()
        place.clients.send_all(["never answered", "waits", "waits as well"])
        fakes.wait_until_in_flight(1, timeout=40)
        assert worker.terminate(30) == 0
        assert len(fakes.ledger) == 1
        fakes.release()
        place.worker()
        rows = place.settled().results
        assert sorted(row.state for row in rows) == ["completed", "completed", "error"]
        assert {row.error_code for row in rows} == {"", "OUTCOME_UNKNOWN"}
        assert len(fakes.ledger) == 3
