"""What measuring reads from a database without Django, and the databases it makes."""

import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres"
SECONDS = {
    "sqlite": "(julianday({}) - 2440587.5) * 86400.0",
    "postgres": "extract(epoch FROM {})::float8",
}


@dataclass(frozen=True, slots=True)
class Times:
    """One result: when its bell rang, its work began and it ended, in seconds since the epoch."""

    job: str
    state: str
    bell: float
    started: float
    finished: float


@contextmanager
def connected(url: str) -> Iterator[Any]:
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30)) as file:
            yield file
    else:
        with psycopg.connect(url, autocommit=True) as server:
            yield server


def dialect(url: str) -> str:
    return "sqlite" if url.startswith("sqlite") else "postgres"


def listed(url: str, ids: list[str]) -> str:
    """Ids as SQL; they are our own."""
    plain = [uuid.UUID(name).hex if dialect(url) == "sqlite" else name for name in ids]
    return ", ".join(f"'{name}'" for name in plain)


def unfinished(url: str, jobs: list[str]) -> int:
    with connected(url) as database:
        found = database.execute(
            "SELECT count(*) FROM generation_result WHERE state IN ('pending', 'in_progress')"
            f" AND job_id IN ({listed(url, jobs)})"
        )
        return int(found.fetchone()[0])


def times(url: str, jobs: list[str]) -> list[Times]:
    moment = SECONDS[dialect(url)]
    columns = ", ".join(moment.format(name) for name in ("bell_at", "started_at", "finished_at"))
    with connected(url) as database:
        rows = database.execute(
            f"SELECT job_id, state, {columns} FROM generation_result"
            f" WHERE job_id IN ({listed(url, jobs)})"
        ).fetchall()
    return [Times(dashed(row[0]), *row[1:]) for row in rows]


def dashed(value: object) -> str:
    return str(uuid.UUID(str(value)))


@contextmanager
def fresh_postgres() -> Iterator[str]:
    name = f"bench_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    try:
        yield f"{POSTGRES.rpartition('/')[0]}/{name}"
    finally:
        with psycopg.connect(POSTGRES, autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def change(url: str, statement: str) -> None:
    """What an operator sets in the admin."""
    with connected(url) as database:
        database.execute(statement)
        if dialect(url) == "sqlite":
            database.commit()


def wait_for_copies(url: str) -> None:
    left = "SELECT count(*) FROM generation_picture WHERE thumbnail_key = '' AND copy_tries < 3"
    while True:
        with connected(url) as database:
            if not database.execute(left).fetchone()[0]:
                return
        time.sleep(0.2)
