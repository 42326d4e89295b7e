"""What a provider answered."""

import json
import math
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from providers.errors import InvalidResponse

MAX_RETRY_AFTER = 86400.0
REQUEST_ID_HEADERS = (
    "x-request-id",
    "x-amzn-requestid",
    "x-recraft-requestid",
    "request-id",
    "x-goog-request-id",
)


@dataclass(frozen=True)
class Answer:
    """One complete HTTP answer of any status. The names of `headers` come in small letters."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)

    def __post_init__(self) -> None:
        small = {name.lower(): value for name, value in self.headers.items()}
        object.__setattr__(self, "headers", small)

    def json(self) -> Any:
        """The body, parsed. Raises `InvalidResponse` where it is not JSON."""
        with suppress(orjson.JSONDecodeError):  # which a half of a character is, too
            return orjson.loads(self.content)
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError) as problem:
            reason = type(problem).__name__
        raise InvalidResponse(
            detail=f"an answer of {len(self.content)} bytes is no JSON: {reason}",
            status=self.status,
            request_id=self.request_id,
        )

    @property
    def request_id(self) -> str:
        """The provider's own name for this call, or "". Printable ASCII, at most 128 characters."""
        found = next(filter(None, map(self.headers.get, REQUEST_ID_HEADERS)), "")
        return "".join(letter for letter in found if " " <= letter <= "~")[:128]

    @property
    def retry_after(self) -> float | None:
        """The seconds the provider asks us to wait, 0 to a day, or None where it does not say."""
        milliseconds = _number(self.headers.get("retry-after-ms", ""))
        if milliseconds is not None:
            return _bounded(milliseconds / 1000)
        wish = self.headers.get("retry-after", "")
        seconds = _number(wish)
        if seconds is None:
            seconds = _seconds_until(wish, self.headers.get("date", ""))
        return None if seconds is None else _bounded(seconds)


def object_of(value: object) -> dict[str, Any]:
    """A part of an answer that should be an object; an empty one where it is not."""
    return value if isinstance(value, dict) else {}


def list_of(value: object) -> list[Any]:
    """A part of an answer that should be a list; an empty one where it is not."""
    return value if isinstance(value, list) else []


def first_of(value: object) -> Any:
    """The first entry of a list in an answer, or None."""
    return next(iter(list_of(value)), None)


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), MAX_RETRY_AFTER)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return None if math.isnan(number) else number


def _seconds_until(text: str, now: str) -> float | None:
    """From the provider's own clock where it sends one: ours may be wrong."""
    then = _timestamp(text)
    if then is None:
        return None
    start = _timestamp(now)
    return then - (time.time() if start is None else start)


def _timestamp(text: str) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
        # A date in -0000 comes without a zone, and means UTC.
        return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
