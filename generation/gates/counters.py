"""The cache that counts requests: in the database, or in Redis. Every step of it is atomic.

Of Django's own backends, only Redis counts right when many ask at once. In the database a count
belongs to the transaction of what it lets in; in Redis, what was counted in vain is taken back.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, ClassVar, cast

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import InterfaceError, OperationalError, connection, transaction

log = logging.getLogger(__name__)

ADD = """
    INSERT INTO generation_counter ("key", value, expires_at) VALUES (%s, %s, %s)
    ON CONFLICT ("key") DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
    WHERE generation_counter.expires_at <= %s RETURNING value
"""
INCREASE = """
    UPDATE generation_counter SET value = value + %s WHERE "key" = %s AND expires_at > %s
    RETURNING value
"""
GET = 'SELECT value FROM generation_counter WHERE "key" = %s AND expires_at > %s'


class SqlCache(BaseCache):
    """Whole numbers in a table. What Django's cache does besides, no counter needs."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def add(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Store a number that is not there yet. Who comes second waits until the first is done."""
        expires_at = int(cast(float, self.get_backend_timeout(timeout)))
        place = self.make_and_validate_key(key, version)
        return run(ADD, place, value, expires_at, int(time.time())) is not None

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        found = run(GET, self.make_and_validate_key(key, version), int(time.time()))
        return default if found is None else found

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        place = self.make_and_validate_key(key, version)
        value = run(INCREASE, delta, place, int(time.time()))
        if value is None:
            raise ValueError(f"There is no counter {key!r}.")
        return value


def run(query: str, *parameters: str | int) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        rows = cursor.fetchall()
    return cast(int, rows[0][0]) if rows else None


class Noting(BaseCache):
    """Notes what it counts, and stores nothing for one who only looks.

    `failures` is what it raises when it cannot be reached.
    """

    transactional = False
    failures: ClassVar[tuple[type[Exception], ...]]

    def __init__(self, location: Any, params: dict[str, Any]) -> None:
        super().__init__(location, params)  # type: ignore[call-arg]
        self.location = str(location)
        self.counted: list[str] = []

    def add(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        if not value:
            return self.get(key, version=version) is None
        added = super().add(key, value, timeout, version)
        if added:
            self.counted.append(key)
        return added

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        value = super().incr(key, delta, version)
        if delta > 0:
            self.counted.append(key)
        return value

    def take_back(self, keys: Iterable[str]) -> None:
        """Count one less under each of these keys. A window that is over needs no repair."""
        for key in keys:
            try:
                self.decr(key)
            except ValueError:
                continue
            except self.failures as problem:
                log.warning("A count could not be taken back: %s", type(problem).__name__)


class SqlCounters(Noting, SqlCache):
    transactional = True
    failures = (OperationalError, InterfaceError)


def counters() -> Noting:
    """This thread's cache, on which django-ratelimit counts."""
    return cast(Noting, caches[settings.RATELIMIT_USE_CACHE])


@contextmanager
def passage() -> Iterator[list[str]]:
    """A transaction that counts, too: if it fails, nothing was counted. Gives the keys it counts
    under, for who wants to take them back later."""
    cache = counters()
    outer, cache.counted = cache.counted, []
    counted = cache.counted
    try:
        with ExitStack() as unless_committed:
            if not cache.transactional:
                unless_committed.callback(cache.take_back, counted)
            with transaction.atomic():
                yield counted
            unless_committed.pop_all()
    finally:
        cache.counted = outer
