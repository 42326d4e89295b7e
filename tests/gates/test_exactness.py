"""480 orders at once, from 8 processes, against a limit of 100: exactly 100 get through."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import FakeProviders
from tests.faults.databases import fresh_postgres
from tests.gates.rush import rush
from tests.served import Served
from tests.services import POSTGRES, REDIS, answers
from tests.test_serve import model_variables

LIMIT = 100
KEY = "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="


@pytest.fixture
def env(fakes: FakeProviders) -> Iterator[dict[str, str]]:
    """One model that never answers, so that nothing but accepting takes time."""
    fakes.hold()
    limits = {"IP_LIMIT": str(LIMIT), "GLOBAL_LIMIT": "1000000", "TRUSTED_PROXIES": "127.0.0.1"}
    yield model_variables(fakes, "one") | limits | {"WORKER_THREADS": "1"}
    fakes.release()


def test_on_sqlite(tmp_path: Path, env: dict[str, str]) -> None:
    with Served(tmp_path, **env) as served:
        assert_exact([served])


def test_on_postgresql_with_two_servers(tmp_path: Path, env: dict[str, str]) -> None:
    if not answers(POSTGRES):
        pytest.skip(f"PostgreSQL does not answer at {POSTGRES}")
    with ExitStack() as stack:
        url = stack.enter_context(fresh_postgres(POSTGRES.rsplit("/", 1)[0] + "/postgres"))
        shared = {"DATABASE_URL": url, "SECRET_KEY": KEY, "FIELD_ENCRYPTION_KEYS": KEY}
        names = ("one", "two")
        servers = [stack.enter_context(Served(tmp_path / n, **env, **shared)) for n in names]
        assert_exact(servers)


def test_on_redis(tmp_path: Path, env: dict[str, str]) -> None:
    if not answers(REDIS):
        pytest.skip(f"Redis does not answer at {REDIS}")
    with Served(tmp_path, **env, CACHE_URL=REDIS) as served:
        assert_exact([served], alone=False)


def assert_exact(servers: list[Served], *, alone: bool = True) -> None:
    """`alone`: nobody else counts with these counters, as others may in a Redis."""
    client = somebody(servers[0])
    before = limits(servers[0], client)["global"]
    statuses = rush([served.root for served in servers], client)
    assert statuses == {200: LIMIT, 429: 480 - LIMIT}
    told = limits(servers[0], client)
    assert told["address"]["left"] == 0
    assert limits(servers[0], "192.0.2.1")["address"]["left"] == LIMIT
    if alone and told["global"]["resetsAt"] == before["resetsAt"]:
        assert before["left"] - told["global"]["left"] == LIMIT


def somebody(served: Served) -> str:
    """A client nobody else is, whose day does not end during the test."""
    while True:
        client = f"198.51.{secrets.randbelow(256)}.{secrets.randbelow(256)}"
        until = datetime.fromisoformat(limits(served, client)["address"]["resetsAt"])
        if until - datetime.now(UTC) > timedelta(minutes=5):
            return client


def limits(served: Served, client: str) -> dict[str, Any]:
    told = served.get("/limits", headers={"X-Forwarded-For": client}).json()["limits"]
    return {each["name"]: each for each in told}
