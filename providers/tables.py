"""Tables of a TOML file read into dataclasses, strictly: a ValueError names the row and the key."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar, get_args, get_type_hints

Row = TypeVar("Row")


def read(row_type: Callable[..., Row], table: object, where: str, **ours: object) -> Row:
    """The table, with what we already know of it, as a dataclass.

    No key too many, none too few, none that is ours, each of its type.
    """
    if not isinstance(table, dict):
        raise ValueError(f"{where}: must be a table")
    hints, required = _columns(row_type)
    _no(table.keys() - (hints.keys() - ours.keys()), "unknown key", where)
    _no(required - table.keys() - ours.keys(), "missing key", where)
    values = {name: _value(hints[name], value, f"{where}: {name}") for name, value in table.items()}
    return row_type(**values, **ours)


def _no(keys: set[str], problem: str, where: str) -> None:
    if keys:
        raise ValueError(f"{where}: {problem} {', '.join(sorted(keys))}")


@cache
def _columns(row_type: Any) -> tuple[dict[str, Any], set[str]]:
    """The type of each column, and the columns that have no default."""
    required = {
        column.name
        for column in fields(row_type)
        if column.default is MISSING and column.default_factory is MISSING
    }
    return get_type_hints(row_type), required


def _value(hint: Any, value: object, where: str) -> Any:
    nested = _nested(hint)
    if nested:
        return read(nested, value, where)
    wanted, fits = _FITS[hint]
    if not fits(value):
        raise ValueError(f"{where} must be {wanted}, not {value!r}")
    return tuple(value) if isinstance(value, list) else _frozen(value)


@cache
def _nested(hint: Any) -> type[Any] | None:
    """The dataclass of a column such as `Parameter | None`."""
    return next(
        (part for part in get_args(hint) if isinstance(part, type) and is_dataclass(part)), None
    )


def _frozen(value: object) -> object:
    return MappingProxyType(value) if isinstance(value, dict) else value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_date(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_text_by_text(value: object) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


_FITS: dict[Any, tuple[str, Callable[[Any], bool]]] = {
    str: ("text", _is_text),
    bool: ("true or false", lambda value: isinstance(value, bool)),
    int: ("a whole number above 0", _is_count),
    int | None: ("a whole number above 0", _is_count),
    int | float | None: ("a number", _is_number),
    date: ("a date", _is_date),
    date | None: ("a date", _is_date),
    tuple[str, ...]: ("a list of texts", _is_texts),
    tuple[Any, ...]: ("a list", lambda value: isinstance(value, list)),
    Mapping[str, str]: ("a table of texts", _is_text_by_text),
    Mapping[str, Any]: ("a table", lambda value: isinstance(value, dict)),
}
