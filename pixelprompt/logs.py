"""How log lines look: for people (`line`), or as one JSON object each (`json`).

Both tell the same, and only what we chose to tell: libraries attach whole requests to their
records. Neither lets a value begin a new line.
"""

import json
import logging
import re
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.json import JsonFormatter

log = logging.getLogger(__name__)

PLAIN = re.compile(r"[\w./:@-]+", re.ASCII)

# Servers and Django bring handlers of their own, which would write past ours.
OURS_ONLY: dict[str, Any] = {"handlers": [], "propagate": True}
LOGGERS = {
    "django": OURS_ONLY,
    "django.request": {"level": "ERROR"},  # a caller's mistakes are in the access log
    # A wrong Host header is the caller's mistake and no error of ours.
    "django.security.DisallowedHost": {"level": "CRITICAL"},
    "django.server": OURS_ONLY | {"level": "WARNING"},
    "uvicorn": OURS_ONLY,
    "uvicorn.access": OURS_ONLY | {"level": "WARNING"},
    "dramatiq": {"level": "WARNING"},
    # It warns of two workers on one broker, which is what we want: calls and display copies.
    "dramatiq.broker": {"level": "ERROR"},
    "pika": {"level": "CRITICAL"},  # it tells each step of each connection; we tell what failed
}


def configuration(level: str, form: str) -> dict[str, Any]:
    """Django's LOGGING: everything goes to standard error, in this form."""
    console = {"class": "logging.StreamHandler", "formatter": form, "filters": ["context"]}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"context": {"()": "generation.correlation.Context"}},
        "formatters": {"line": {"()": Lines}, "json": {"()": JsonLines}},
        "handlers": {"console": console},
        "root": {"handlers": ["console"], "level": level},
        "loggers": LOGGERS,
    }


def capture_strays() -> None:
    """Log what Python would write to standard error by itself: warnings, and what ends a thread."""
    logging.captureWarnings(True)
    threading.excepthook = tell_of_death


def tell_of_death(died: threading.ExceptHookArgs) -> None:
    error = died.exc_value or died.exc_type()
    name = died.thread.name if died.thread else "unknown"
    log.critical("A thread ended.", exc_info=error, extra={"facts": {"thread": name}})


class JsonLines(JsonFormatter):
    """One JSON object a line, in ASCII; a traceback is a field of it."""

    def __init__(self) -> None:
        super().__init__(json_default=str)

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        log_data["time"] = datetime.fromtimestamp(record.created, UTC).isoformat()
        log_data["level"] = record.levelname
        log_data["logger"] = record.name
        log_data["message"] = record.getMessage()
        log_data["correlation_id"] = getattr(record, "correlation_id", "-")
        log_data.update(getattr(record, "about", {}))
        log_data.update(getattr(record, "facts", {}))
        if record.exc_info or record.exc_text:
            log_data["traceback"] = message_dict["exc_info"]


class Lines(logging.Formatter):
    """Time, level, logger, correlation id, sentence, facts. A traceback follows, indented."""

    def format(self, record: logging.LogRecord) -> str:
        head = f"{self.formatTime(record)} {record.levelname} {record.name}"
        told = [head, f"[{getattr(record, 'correlation_id', '-')}]", record.getMessage()]
        line = escaped(" ".join([*told, *pairs(getattr(record, "facts", {}))]))
        if record.exc_info:
            trace = self.formatException(record.exc_info).split("\n")
            line += "".join(f"\n    {escaped(part)}" for part in trace)
        return line


def pairs(facts: Mapping[str, object]) -> list[str]:
    return [f"{name}={quoted(value)}" for name, value in facts.items()]


def quoted(value: object) -> str:
    text = str(value)
    if PLAIN.fullmatch(text):
        return text
    return json.dumps(value if isinstance(value, dict) else text, default=str)


def escaped(text: str) -> str:
    """The text with what is no printable character (line ends, escapes, bidi marks) spelled out."""
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )
