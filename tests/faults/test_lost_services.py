"""Brokers that forget, brokers that die, and a database that is restarted without a farewell."""

import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.fakes import FakeProviders
from tests.faults import databases, servers
from tests.faults.arrangement import UNHURRIED, Arrangement
from tests.faults.conftest import Place
from tests.faults.scale import scaled
from tests.support import until

MODELS = [f"m-{number}" for number in range(scaled(3, 10))]
ROUNDS = range(scaled(2, 6))
GAP = scaled(0.5, 2.0)
PATIENCE = scaled(60, 320)
CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def prompts(about: str) -> Sequence[str]:
    return [f"{about} {number}" for number in ROUNDS]


def all_drawn(place: Arrangement) -> bool:
    return all(row.state == "completed" for row in place.rows.results)


@pytest.mark.parametrize(
    "arrangement",
    scaled(["PostgreSQL + RabbitMQ"], ["PostgreSQL + Redis", "PostgreSQL + RabbitMQ"]),
    indirect=True,
)
def test_a_broker_that_forgets_its_messages_loses_no_job(
    tmp_path: Path, fakes: FakeProviders, arrangement: Place
) -> None:
    fakes.delay(0.4)
    database, broker = arrangement
    with Arrangement(
        tmp_path, fakes, MODELS, database=database, broker=broker, threads=4, LEASE=UNHURRIED
    ) as place:
        place.web()
        place.clients.send_all(prompts("before anybody listens"))
        servers.forget_bells(broker)
        place.worker()
        place.clients.send_all(prompts("while they work"))
        servers.forget_bells(broker)
        if broker.startswith("amqp"):
            print("connections closed:", servers.close_connections(broker))
        place.clients.send_all(prompts("afterwards"))
        assert place.broken_promises(seconds=PATIENCE) == []
        assert all_drawn(place)


def test_a_redis_that_dies_and_comes_back_empty_loses_no_job(
    tmp_path: Path, fakes: FakeProviders
) -> None:
    fakes.delay(0.4)
    with (
        servers.postgres() as database,
        servers.private_redis() as broker,
        Arrangement(
            tmp_path,
            fakes,
            MODELS,
            database=database,
            broker=broker.url,
            threads=4,
            LEASE=UNHURRIED,
        ) as place,
    ):
        place.web()
        place.worker()
        place.clients.send_all(prompts("with a broker"))
        broker.kill()
        place.clients.send_all(prompts("without a broker"))
        time.sleep(GAP)
        broker.start()
        place.clients.send_all(prompts("with an empty broker"))
        assert place.broken_promises(seconds=PATIENCE) == []
        assert all_drawn(place)


def test_an_immediate_restart_of_postgresql_loses_no_job(
    tmp_path: Path, fakes: FakeProviders
) -> None:
    fakes.delay(0.6)
    with (
        servers.private_postgres() as cluster,
        servers.shared_redis() as broker,
        Arrangement(
            tmp_path, fakes, MODELS, database=cluster.url, broker=broker, threads=4
        ) as place,
    ):
        place.web()
        place.worker()
        for number in ROUNDS:
            place.clients.send_all(prompts(f"before restart {number}"))
            cluster.restart_immediately(pause=GAP)
            place.clients.send_all(prompts(f"after restart {number}"))
        assert place.broken_promises(seconds=PATIENCE) == []
        print("all drawn:", all_drawn(place))


def test_pictures_are_kept_whose_transactions_postgresql_ended(
    tmp_path: Path, fakes: FakeProviders
) -> None:
    fakes.hold()
    with (
        servers.postgres() as database,
        servers.shared_redis() as broker,
        Arrangement(
            tmp_path, fakes, MODELS, database=database, broker=broker, LEASE=UNHURRIED
        ) as place,
    ):
        place.web()
        place.worker()
        place.clients.send("bought just before")
        until(lambda: len(fakes.ledger), lambda calls: calls == len(MODELS))
        with databases.connected(database) as locker:
            locker.execute("SELECT * FROM generation_result FOR UPDATE")
            fakes.release()
            until(lambda: databases.select(database, CUT)[0], bool)
        assert place.broken_promises(seconds=PATIENCE) == []
        assert all_drawn(place)
