"""Where bells ring: in process, or on a broker that answers here, with PostgreSQL behind it."""

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from urllib.parse import urlsplit

from benchmarks import database

REDIS = "redis://127.0.0.1:6379/8"
RABBITMQ = "amqp://guest:guest@127.0.0.1:5672/%2F"
Place = tuple[str, str]  # DATABASE_URL and BROKER_URL


def answers(url: str) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=1):
            return True
    except OSError:
        return False


@contextmanager
def in_process() -> Iterator[Place]:
    yield "", ""


@contextmanager
def over_redis() -> Iterator[Place]:
    with database.fresh_postgres() as url:
        yield url, REDIS


@contextmanager
def over_rabbitmq() -> Iterator[Place]:
    with database.fresh_postgres() as url:
        yield url, RABBITMQ


ARRANGEMENTS: dict[str, Callable[[], AbstractContextManager[Place]]] = {"in process": in_process}
POSTGRES_ANSWERS = answers(database.POSTGRES)
if POSTGRES_ANSWERS:
    if answers(REDIS):
        ARRANGEMENTS["Redis"] = over_redis
    if answers(RABBITMQ):
        ARRANGEMENTS["RabbitMQ"] = over_rabbitmq
