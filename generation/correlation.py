"""The id that ties a request to its answer, its log lines and the work it started."""

import logging
import re
import uuid
from contextvars import ContextVar

from django.core.signals import request_finished

current: ContextVar[str] = ContextVar("correlation_id", default="-")
SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")


def sane_or_new(value: str) -> str:
    """The id, if it is a sane one; else a new one."""
    return value if SANE.fullmatch(value) else str(uuid.uuid4())


def forget(**signal: object) -> None:
    """Django logs a refused request after every middleware, so the id stays until then."""
    current.set("-")


request_finished.connect(forget)


class CorrelationFilter(logging.Filter):
    """Gives every log record its `correlation_id`."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.correlation_id = current.get()
        return True
