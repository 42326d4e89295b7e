"""How log lines look: for people (`line`), or as one JSON object each (`json`).

Both tell the same, and only what we chose to tell: libraries attach whole requests to their
records. Neither lets a value begin a new line.
"""

import json
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.json import JsonFormatter

PLAIN = re.compile(r"[\w./:@-]+", re.ASCII)


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
