"""The log lines of a call to a provider, whatever it is for."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from generation.correlation import facts
from providers.errors import (
    Interrupted,
    NotAllowed,
    OutcomeUnknown,
    ProviderError,
    TimedOut,
    Unreachable,
)

log = logging.getLogger(__name__)

# What these say is in our own words and names a host at most.
OUR_WORDS = (Unreachable, NotAllowed, Interrupted, TimedOut, OutcomeUnknown)


@contextmanager
def logged(**what: object) -> Iterator[None]:
    """Tells that a provider is called, and how that ended: outcome, HTTP status, seconds.

    A provider's own words are told at DEBUG only, because they may repeat the prompt. They are
    also kept on the Attempt.
    """
    log.info("Calling a provider.", extra=facts(**what))
    started = time.monotonic()
    ended: dict[str, object] = {"outcome": "failed"}
    try:
        yield
        ended = {"outcome": "answered"}
    except ProviderError as error:
        ended = {"outcome": error.code, "status": error.status, "request_id": error.request_id}
        if isinstance(error, OUR_WORDS):
            ended["detail"] = error.detail
        else:
            log.debug("The provider said: %s", error.detail)
        raise
    finally:
        seconds = round(time.monotonic() - started, 3)
        log.info("The call ended.", extra=facts(**what, **ended, duration=seconds))
