"""The queue bound: above it a new order is asked to come back, and no accepted one is dropped."""

from django.conf import settings

from generation.models import Result

RETRY_AFTER = 10  # seconds


class QueueFull(Exception):
    """Too many results wait already."""


def check_room(count: int) -> None:
    """Let `count` more results in, or raise QueueFull."""
    waiting = Result.objects.active().filter(state=Result.State.PENDING).count()
    if waiting + count > settings.QUEUE_BOUND:
        raise QueueFull
