"""Asking for a picture that was ordered, and so paid for, until it is there."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from providers.answers import Answer
from providers.base import Adapter
from providers.errors import Interrupted, ProviderError, Unreachable

SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 2.0
BUSY = (408, 425, 429)


def asked(adapter: Adapter, address: str, headers: Mapping[str, str]) -> Iterator[Answer]:
    """What is answered each time, until the caller knows enough or the deadline comes.

    Trouble on the line or at the provider is no reason to give up what is paid for: it is passed
    over. Raises `TimedOut`, or whatever makes asking again useless.
    """
    pause = SHORTEST_PAUSE
    while True:
        answer = heard(adapter, address, headers)
        if answer is not None and answer.status < 500 and answer.status not in BUSY:
            yield answer
        adapter.wait(pause)
        pause = min(pause * 1.25, LONGEST_PAUSE)


def heard(adapter: Adapter, address: str, headers: Mapping[str, str]) -> Answer | None:
    try:
        return adapter.transport.get(address, headers=headers)
    except (Interrupted, Unreachable):
        return None


@contextmanager
def ordered(request_id: str) -> Iterator[None]:
    """After an order was taken, no error within proves that nothing was charged."""
    try:
        yield
    except ProviderError as error:
        error.uncharged = False
        error.request_id = error.request_id or request_id
        raise
