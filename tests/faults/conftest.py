"""The three arrangements that fault runs go through."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from tests.faults import servers
from tests.faults.scale import LONG

# The proof by mutated processes takes a minute, so it belongs to the long run.
collect_ignore = [] if LONG else ["test_mutations.py"]

Place = tuple[str, str]  # DATABASE_URL and BROKER_URL, both empty for SQLite in process


@contextmanager
def in_process() -> Iterator[Place]:
    yield "", ""


@contextmanager
def over_redis() -> Iterator[Place]:
    with servers.postgres() as database, servers.shared_redis() as broker:
        yield database, broker


@contextmanager
def over_rabbitmq() -> Iterator[Place]:
    with servers.postgres() as database, servers.shared_rabbitmq() as broker:
        yield database, broker


ARRANGEMENTS: dict[str, Callable[[], AbstractContextManager[Place]]] = {
    "SQLite": in_process,
    "PostgreSQL + Redis": over_redis,
    "PostgreSQL + RabbitMQ": over_rabbitmq,
}


@pytest.fixture(params=ARRANGEMENTS)
def arrangement(request: pytest.FixtureRequest) -> Iterator[Place]:
    with ARRANGEMENTS[request.param]() as place:
        yield place


@pytest.fixture
def redis_arrangement() -> Iterator[Place]:
    with over_redis() as place:
        yield place
