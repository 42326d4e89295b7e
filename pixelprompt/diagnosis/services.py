"""What is wrong with storage, Redis and broker though they answer."""

from collections.abc import Iterator
from typing import Any, cast

import dramatiq
import redis
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.crypto import get_random_string
from dramatiq.errors import BrokerConnectionError

KEEPS = "noeviction"


def forgetful_storage() -> Iterator[str]:
    """Write, read, and delete: a bucket's policy may allow one and not the other."""
    content = get_random_string(64).encode()
    key = f"readiness/{get_random_string(16)}"
    doing = "written"
    try:
        default_storage.save(key, ContentFile(content))
        doing = "read"
        with default_storage.open(key) as file:
            same = file.read() == content
        doing = "deleted"
        default_storage.delete(key)
        gone = not default_storage.exists(key)
    except OSError as problem:
        yield f"An object cannot be {doing} in the picture storage: {problem}. {ALLOW}"
        return
    if not (same and gone):
        yield f"The picture storage does not give back what it is given. {ALLOW}"


ALLOW = (
    "A bucket must allow GetObject, PutObject, DeleteObject and ListBucket; a directory must "
    "belong to us and have space."
)


def forgetful_redis() -> Iterator[str]:
    """Redis that may evict keys forgets counts, and with them limits."""
    for name in ("CACHE_URL", "BROKER_URL"):
        url = getattr(settings, name)
        if not url.startswith("redis"):
            continue
        try:
            with redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2) as server:
                memory: dict[str, Any] = cast(dict[str, Any], server.info("memory"))
        except redis.RedisError:  # that it is away is found by others
            continue
        policy = memory.get("maxmemory_policy", KEEPS)
        if policy != KEEPS:
            yield (
                f"The Redis of {name} has the maxmemory-policy {policy}: when its memory is full, "
                f"it forgets what we count or rang. Run: CONFIG SET maxmemory-policy {KEEPS}"
            )


def nobody_listens() -> Iterator[str]:
    if not settings.BROKER_URL:
        return
    try:
        heard = cast(Any, dramatiq.get_broker()).heard()
    except BrokerConnectionError:
        return
    if not heard:
        yield "No worker listens to the broker. Start one: dramatiq pixelprompt.worker -t 64"
