"""What ties a log line to the request that caused it, and to the work it is about."""

import logging
import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.core.signals import request_finished

if TYPE_CHECKING:
    from generation.models import Result

NOTHING: Mapping[str, object] = MappingProxyType({})
current: ContextVar[str] = ContextVar("correlation_id", default="-")
about: ContextVar[Mapping[str, object]] = ContextVar("about", default=NOTHING)
SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")


def sane_or_new(value: str) -> str:
    """The id, if it is a sane one; else a new one."""
    return value if SANE.fullmatch(value) else str(uuid.uuid4())


def forget(**signal: object) -> None:
    """Django logs a refused request after every middleware, so the id stays until then."""
    current.set("-")


request_finished.connect(forget)


@contextmanager
def work_on(result: "Result", **more: object) -> Iterator[None]:
    """Log lines within are about this result. They carry the id of the request that asked for it,
    whoever rang for it since."""
    told = {"job": result.job_id, "result": result.pk, "model": result.slug, "kind": result.kind}
    id_before = current.set(result.correlation_id or current.get())
    about_before = about.set(told | more)
    try:
        yield
    finally:
        about.reset(about_before)
        current.reset(id_before)


def facts(**told: object) -> dict[str, dict[str, object]]:
    """The `extra` of a log line: what it says besides its sentence, but for what is unknown."""
    return {"facts": {name: value for name, value in told.items() if value not in (None, "")}}


class Context(logging.Filter):
    """Gives every log record its `correlation_id`, and what it is `about`."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.correlation_id = current.get()
        record.about = about.get()
        return True
