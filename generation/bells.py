"""Bells: Dramatiq messages that carry a result's id and wake whoever should act.

The database is the queue of record. A bell that is lost, late, doubled or unknown does no harm.
"""

import logging
from collections.abc import Collection, Iterable
from typing import Any, cast
from uuid import UUID

import dramatiq
from dramatiq.errors import BrokerConnectionError

from generation import correlation
from generation.failpoints import failpoint
from generation.models import Picture, Result
from providers.clock import from_now

log = logging.getLogger(__name__)

DRAW_QUEUE = "draw"
COPY_QUEUE = "copies"


def ring(result_ids: Iterable[UUID], *, delay: float = 0) -> None:
    """Wake workers for these results, now or in `delay` seconds, and note when the bell rings."""
    ids = list(result_ids)
    Result.objects.filter(pk__in=ids).update(bell_at=from_now(delay))
    sound(ids, delay)


def ring_again(*, older_than: float, most: int) -> None:
    """Ring for at most so many results whose last bell must be lost."""
    sound(Result.objects.all().take_bells(older_than=older_than, most=most))


def ring_next(result: Result) -> None:
    """Ring for the next in line at this result's account, which has a call less under way."""
    if result.model is not None:
        sound(Result.objects.all().take_next_bell(result.model.provider_id))


def sound(ids: Collection[UUID], delay: float = 0) -> None:
    """Send bells that are noted already; where they could not be sent, they did not ring."""
    failpoint("after-bell-noted")
    if not send_all(DRAW_QUEUE, ids, delay):
        Result.objects.filter(pk__in=ids).update(bell_at=None)


def ring_for_copies(result_ids: Iterable[UUID]) -> None:
    """Ask for the display copies of these results' pictures."""
    send_all(COPY_QUEUE, result_ids)


def ring_again_for_copies(*, older_than: float, most: int) -> None:
    ring_for_copies(Picture.objects.all().take_bells(older_than=older_than, most=most))


def send_all(queue: str, pks: Iterable[UUID], delay: float = 0) -> bool:
    """False when the broker is away. Nothing is lost: the sweeper rings again."""
    try:
        for pk in pks:
            send(queue, pk, delay)
    except BrokerConnectionError:
        log.exception("The broker is away; the sweeper will ring again.")
        return False
    return True


def reach() -> None:
    """Ask the broker whether it is there; BrokerConnectionError, in a sentence, if not."""
    cast(Any, dramatiq.get_broker()).ping()


def send(queue: str, pk: UUID, delay: float = 0) -> None:
    message: dramatiq.Message[None] = dramatiq.Message(
        queue_name=queue,
        actor_name=queue,
        args=(str(pk), correlation.current.get()),
        kwargs={},
        options={},
    )
    dramatiq.get_broker().enqueue(message, delay=int(delay * 1000) or None)
