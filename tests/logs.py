"""The log as an operator's collector reads it."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from generation.correlation import Context
from pixelprompt.logs import JsonLines, Lines


class Log:
    """What was logged since this began, in both formats."""

    def __init__(self) -> None:
        self.handlers = [written(JsonLines()), written(Lines())]

    def _text(self, place: int) -> str:
        stream: io.StringIO = self.handlers[place].stream
        return stream.getvalue()

    @property
    def entries(self) -> list[dict[str, Any]]:
        """The JSON lines."""
        return [json.loads(line) for line in self._text(0).splitlines()]

    @property
    def lines(self) -> list[str]:
        """What people read."""
        return self._text(1).splitlines()

    @property
    def whole(self) -> str:
        return self._text(0) + self._text(1)

    def of(self, message: str) -> dict[str, Any]:
        """The only entry with this sentence."""
        (entry,) = (entry for entry in self.entries if entry["message"] == message)
        return entry


def written(formatter: logging.Formatter) -> "logging.StreamHandler[io.StringIO]":
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(formatter)
    handler.addFilter(Context())
    return handler


@contextmanager
def logged(level: int) -> Iterator[Log]:
    """A log of everything at this level and above."""
    log, root = Log(), logging.getLogger()
    before = root.level
    root.setLevel(level)
    for handler in log.handlers:
        root.addHandler(handler)
    yield log
    for handler in log.handlers:
        root.removeHandler(handler)
    root.setLevel(before)
