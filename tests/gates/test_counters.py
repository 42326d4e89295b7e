"""The cache that counts: exact, and with nothing left over of what failed."""

import contextvars
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections, transaction

from generation import sweeper
from generation.gates.counters import counters, passage
from generation.models import Counter

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8
TURNS = 5


def count(key: str) -> int:
    """As django-ratelimit does it."""
    cache = counters()
    return 1 if cache.add(key, 1, 60) else cache.incr(key)


class Failed(Exception):
    pass


def count_in_vain(*keys: str) -> None:
    def attempt() -> None:
        with passage():
            for key in keys:
                count(key)
            raise Failed

    with pytest.raises(Failed):
        attempt()


@pytest.mark.usefixtures("each_counter")
def test_a_counter_begins_once_and_then_goes_up() -> None:
    cache = counters()
    assert cache.get("one") is None
    assert cache.add("one", 1, 60)
    assert not cache.add("one", 1, 60)
    assert cache.incr("one") == 2
    assert cache.decr("one") == 1
    assert cache.get("one") == 1
    with pytest.raises(ValueError, match="another"):
        cache.incr("another")


@pytest.mark.usefixtures("each_counter")
def test_who_only_looks_stores_nothing() -> None:
    assert counters().add("one", 0, 60)
    assert counters().get("one") is None


@pytest.mark.usefixtures("each_counter")
def test_what_fails_has_not_counted() -> None:
    count("one")
    count_in_vain("one", "two")
    assert counters().get("one") == 1
    assert not counters().get("two")


@pytest.mark.usefixtures("each_counter")
def test_a_count_can_be_taken_back_later() -> None:
    with passage() as counted:
        count("one")
    with passage():
        count("one")
    counters().take_back([*counted, "never"])
    assert counters().get("one") == 1


@pytest.mark.usefixtures("each_counter")
def test_passages_do_not_mix_up_what_they_counted() -> None:
    with passage() as outer:
        count("one")
        count_in_vain("two")
        count("three")
    assert list(outer) == ["one", "three"]
    assert not counters().get("two")


@pytest.mark.usefixtures("each_counter")
def test_many_at_once_each_get_a_number_of_their_own() -> None:
    together = threading.Barrier(THREADS)

    def take(_: int) -> list[int]:
        together.wait()
        try:
            return [take_one() for _ in range(TURNS)]
        finally:
            connections.close_all()

    def take_one() -> int:
        with passage():
            return count("contested")

    with ThreadPoolExecutor(THREADS) as pool:
        numbers = [number for taken in pool.map(take, range(THREADS)) for number in taken]
    assert sorted(numbers) == list(range(1, THREADS * TURNS + 1))


@pytest.mark.usefixtures("redis_counters")
def test_redis_is_reached_by_one_pool_of_connections() -> None:
    found: list[Any] = [contextvars.Context().run(counters) for _ in range(2)]
    assert found[0] is not found[1]
    assert found[0]._cache is found[1]._cache


def test_an_expired_counter_begins_anew_and_is_swept_away() -> None:
    count("old")
    count("young")
    Counter.objects.filter(key__contains="old").update(expires_at=int(time.time()) - 1)
    assert counters().get("old") is None
    assert count("old") == 1
    Counter.objects.filter(key__contains="old").update(expires_at=int(time.time()) - 1)
    sweeper.sweep()
    assert [row.key for row in Counter.objects.all()] == [":1:young"]


def test_a_count_is_part_of_the_transaction_around_it() -> None:
    with transaction.atomic():
        count("one")
        transaction.set_rollback(True)
    assert not Counter.objects.exists()
