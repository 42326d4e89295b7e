"""Counters in the database and in Redis."""

import uuid
from typing import Any

import pytest

from pixelprompt import environment
from tests.services import REDIS, answers


@pytest.fixture
def redis_counters(settings: Any) -> None:
    """Counts are kept in Redis, under a prefix of their own."""
    if not answers(REDIS):
        pytest.skip(f"Redis does not answer at {REDIS}")
    prefix = f"test-{uuid.uuid4().hex}"
    counters = environment.counters(REDIS) | {"KEY_PREFIX": prefix}
    settings.CACHES = settings.CACHES | {"counters": counters}


@pytest.fixture(params=["the database", "Redis"])
def each_counter(request: pytest.FixtureRequest) -> str:
    """Runs a test on both kinds of counters."""
    if request.param == "Redis":
        request.getfixturevalue("redis_counters")
    kind: str = request.param
    return kind


@pytest.fixture
def dead_redis(settings: Any) -> None:
    """Counts would be kept in a Redis that is down."""
    counters = environment.counters("redis://127.0.0.1:1/0")
    settings.CACHES = settings.CACHES | {"counters": counters}
