"""Strict checks of a request's fields, in the words that each provider then makes its own."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Check = Callable[[Any], str]
"""Says what is wrong with a value, or "" when nothing is."""


@dataclass(frozen=True, slots=True)
class Problem:
    """`reason` is "missing", "unknown" or "wrong"; `field` is a dotted path."""

    reason: str
    field: str
    message: str


def text(least: int = 0, most: int = 1_000_000) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str):
            return "must be a string"
        return "" if least <= len(value) <= most else f"must have {least} to {most} characters"

    return check


def matching(pattern: str) -> Check:
    def check(value: Any) -> str:
        good = isinstance(value, str) and re.fullmatch(pattern, value)
        return "" if good else f"must match {pattern}"

    return check


def one_of(*allowed: str) -> Check:
    def check(value: Any) -> str:
        return "" if isinstance(value, str) and value in allowed else f"must be one of {allowed}"

    return check


def whole(least: int, most: int, step: int = 1) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, int) or isinstance(value, bool):
            return "must be an integer"
        if not least <= value <= most:
            return f"must be between {least} and {most}"
        return "" if value % step == 0 else f"must be a multiple of {step}"

    return check


def number(least: float = -1e9, most: float = 1e9) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, int | float) or isinstance(value, bool):
            return "must be a number"
        return "" if least <= value <= most else f"must be between {least} and {most}"

    return check


def boolean(value: Any) -> str:
    return "" if isinstance(value, bool) else "must be a boolean"


def mapping(value: Any) -> str:
    return "" if isinstance(value, dict) else "must be an object"


def nullable(inner: Check) -> Check:
    return lambda value: "" if value is None else inner(value)


def list_of(inner: Check, least: int = 0, most: int = 1000) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, list) or not least <= len(value) <= most:
            return f"must be a list of {least} to {most} entries"
        return next((wrong for wrong in map(inner, value) if wrong), "")

    return check


def problems(
    body: Any, fields: Mapping[str, Check], required: Iterable[str] = (), *, at: str = ""
) -> list[Problem]:
    """Everything that is wrong with an object whose fields are all known."""
    if not isinstance(body, dict):
        return [Problem("wrong", at.rstrip("."), "must be an object")]
    missing = [
        Problem("missing", at + name, "is required") for name in required if name not in body
    ]
    return missing + [
        problem for name, value in body.items() for problem in _judge(name, value, fields, at)
    ]


def _judge(name: str, value: Any, fields: Mapping[str, Check], at: str) -> list[Problem]:
    if name not in fields:
        return [Problem("unknown", at + name, "is not a known field")]
    wrong = fields[name](value)
    return [Problem("wrong", at + name, wrong)] if wrong else []
