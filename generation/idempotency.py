"""Idempotency-Key: the same key and the same order give the same job, also when two race."""

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from django.db import transaction

from generation.models import IdempotencyKey, Job

if TYPE_CHECKING:
    from generation.submission import Order


class KeyReused(Exception):
    """The key came before with another order."""


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def order_digest(order: "Order") -> str:
    return digest(json.dumps(asdict(order), sort_keys=True))


def remembered(key: str, order: "Order") -> Job | None:
    """The job that this key stands for, or None. Another order under it raises KeyReused."""
    known = IdempotencyKey.objects.current().filter(digest=digest(key))
    found = known.select_related("job").first()
    if found is None:
        return None
    if found.order_digest != order_digest(order):
        raise KeyReused
    return found.job


def remember(key: str, order: "Order", job: Job) -> None:
    """Bind the key to a job about to be created in this transaction. A key that another request
    has just bound raises IntegrityError, before any gate counts anything."""
    with transaction.atomic():
        IdempotencyKey.objects.expired().filter(digest=digest(key)).delete()
        IdempotencyKey.objects.create(
            digest=digest(key), order_digest=order_digest(order), job_id=job.pk
        )
