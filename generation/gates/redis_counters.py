"""Counters in Redis. A module of its own, because its client is slow to import."""

from typing import Any, ClassVar

from django.core.cache.backends.redis import RedisCache
from django.utils.functional import cached_property
from redis import ConnectionError as Unreachable
from redis import RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from generation.gates.counters import Noting


class RedisCounters(Noting, RedisCache):
    """One pool of connections for the whole process.

    Django keeps a cache for each context, and behind a2wsgi every request has a context of its
    own: each would connect anew. Redis's client waits seconds between tries of its own accord; a
    visitor does not. One more try replaces a connection that went stale.
    """

    failures = (RedisError,)
    clients: ClassVar[dict[str, Any]] = {}

    def __init__(self, location: Any, params: dict[str, Any]) -> None:
        options = {
            "socket_connect_timeout": 2,
            "socket_timeout": 2,
            "retry": Retry(NoBackoff(), 1, supported_errors=(Unreachable,)),
        }
        super().__init__(location, params | {"OPTIONS": options})

    @cached_property
    def _cache(self) -> Any:
        return self.clients.setdefault(self.location, super()._cache)
