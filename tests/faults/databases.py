"""Databases of one's own: a SQLite file, or a fresh PostgreSQL database; and what is in them."""

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
from psycopg import sql

from tests.faults.evidence import AttemptRow, JobRow, ResultRow, Rows, WindowRow

JOBS = "SELECT id, prompt, total, image_count FROM generation_job"
RESULTS = """
    SELECT r.id, r.job_id, r."index", r.round, r.provider_model, r.state, r.epoch, {deadline},
           r.error_code, coalesce(p.key, ''), coalesce(p.sha256, ''), r.reserved_micros
    FROM generation_result r LEFT JOIN generation_picture p ON p.result_id = r.id ORDER BY r.id
"""
ATTEMPTS = """
    SELECT id, result_id, epoch, state, object_key, spent_micros, window_id
    FROM generation_attempt
    WHERE purpose = 'picture' AND result_id IS NOT NULL
"""
WINDOWS = """
    SELECT id, scope, period, CAST(starts AS text), reserved_micros, spent_micros
    FROM generation_spendwindow ORDER BY id
"""
EPOCH_SECONDS = {
    "sqlite": "(julianday(r.deadline_at) - 2440587.5) * 86400.0",
    "postgres": "extract(epoch FROM r.deadline_at)::float8",
}


@contextmanager
def fresh_postgres(server: str) -> Iterator[str]:
    """The address of a new database on a server, which is dropped at the end."""
    name = f"faults_{uuid.uuid4().hex[:10]}"
    administer(server, "CREATE DATABASE {}", name)
    try:
        yield f"{server.rsplit('/', 1)[0]}/{name}"
    finally:
        administer(server, "DROP DATABASE {} WITH (FORCE)", name)


def administer(server: str, command: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL(command).format(sql.Identifier(name)))


def read(url: str) -> Rows:
    """All rows that a verdict needs, as they are at one moment."""
    dialect = "sqlite" if url.startswith("sqlite") else "postgres"
    results = RESULTS.format(deadline=EPOCH_SECONDS[dialect])
    jobs, rows, attempts, windows = select(url, JOBS, results, ATTEMPTS, WINDOWS)
    return Rows(
        [JobRow(*job) for job in jobs],
        [ResultRow(*row) for row in rows],
        [AttemptRow(*attempt) for attempt in attempts],
        [WindowRow(*window) for window in windows],
    )


def select(url: str, *queries: str) -> list[list[tuple[Any, ...]]]:
    """The rows of each query, all of one moment."""
    with connected(url) as database:
        found = [database.execute(query).fetchall() for query in queries]
    return [[tuple(plain(value) for value in row) for row in rows] for rows in found]


def price_everything(url: str, micros: int) -> None:
    """What an operator does in the admin: say what a call of each model costs."""
    with connected(url) as database:
        database.execute(f"UPDATE providers_imagemodel SET price_micros = {int(micros)}")  # noqa: S608
        database.commit()


@contextmanager
def connected(url: str) -> Iterator[Any]:
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=20)) as file:
            file.execute("BEGIN")
            yield file
        return
    with psycopg.connect(url) as server:
        server.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        yield server


def plain(value: Any) -> Any:
    """SQLite keeps ids as 32 digits, PostgreSQL as UUIDs; both are told as dashed text."""
    if isinstance(value, str) and len(value) == 32 and set(value) <= set("0123456789abcdef"):
        return str(uuid.UUID(value))
    return str(value) if isinstance(value, uuid.UUID) else value
