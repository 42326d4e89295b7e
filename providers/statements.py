"""Statements that are built once and run often.

Django spends a millisecond or more on building a statement that a database answers in a tenth of
one. A statement here is built by Django at its first use, from a queryset whose values are `Slot`s,
and then only filled in and executed:

    NAMED = Look(lambda name: Provider.objects.filter(name=name))
    NAMED(name="OpenAI")
"""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import sql
from django.db.models.expressions import Expression, ExpressionWrapper
from django.db.models.query import get_related_populators

from providers.clock import Moment, moment

M = TypeVar("M", bound=models.Model)
R = TypeVar("R")
Parameters = tuple[Any, ...]


class Filled(str):
    """The name of a slot, in the place of a parameter."""

    __slots__ = ()


class Slot(Expression):
    """A value that is known when the statement runs."""

    def __init__(self, name: str) -> None:
        super().__init__(output_field=models.Field())
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Parameters]:
        return "%s", (Filled(self.name),)


class Statement(ABC):
    """What `build` makes of one `Slot` for each of its parameters, or for each of `names`. All
    threads share it."""

    def __init__(self, build: Callable[..., Any], names: Iterable[str] | None = None) -> None:
        self._build = build
        wanted = inspect.signature(build).parameters if names is None else names
        self._slots = {name: Slot(name) for name in wanted}
        self._sql = ""
        self._parameters: Parameters = ()
        STATEMENTS.append(self)

    def forget(self) -> None:
        """Build it anew when it is used next."""
        self._sql = ""

    def prepare(self) -> None:
        """Build it, unless that is done."""
        if not self._sql:
            # A connection of its own, which is never opened.
            own = connections.create_connection(DEFAULT_DB_ALIAS)
            built, self._parameters = self._compile(self._build(**self._slots), own)
            self._sql = built

    def execute(self, values: Mapping[str, Any]) -> Any:
        """An open cursor with the answer."""
        self.prepare()
        here = connections[DEFAULT_DB_ALIAS]
        cursor = here.cursor()
        cursor.execute(self._sql, self._filled(values, here))
        return cursor

    def _filled(self, values: Mapping[str, Any], here: Any) -> list[Any]:
        return [filled(given, values, here) for given in self._parameters]

    @abstractmethod
    def _compile(self, built: Any, own: Any) -> tuple[str, Parameters]:
        """The statement's SQL and its parameters, some of them `Filled`."""


STATEMENTS: list[Statement] = []


class Look(Statement, Generic[M]):
    """A query for instances, with their annotations and the rows that are selected with them. It
    reads rows by what Django's own iteration uses (`django.db.models.query.ModelIterable`)."""

    def __init__(
        self, build: Callable[..., models.QuerySet[M]], names: Iterable[str] | None = None
    ) -> None:
        super().__init__(build, names)

    def __call__(self, **values: Any) -> list[M]:
        with closing(self.execute(values)) as cursor:
            rows = cursor.fetchall()
        if not rows:
            return []
        return [
            self._instance(row) for row in self._compiler.apply_converters(rows, self._converters)
        ]

    def _compile(self, built: models.QuerySet[M], own: Any) -> tuple[str, Parameters]:
        compiler: Any = built.query.get_compiler(connection=own)
        text, parameters = compiler.as_sql()
        select, info = compiler.select, compiler.klass_info
        fields = info["select_fields"]
        self._compiler = compiler
        self._model = info["model"]
        self._columns = slice(fields[0], fields[-1] + 1)
        self._names = [column[0].target.attname for column in select[self._columns]]
        self._related = get_related_populators(info, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # the stubs are Django 6's
        self._annotations = list(compiler.annotation_col_map.items())
        self._converters = compiler.get_converters([column[0] for column in select])
        return text, parameters

    def _instance(self, row: list[Any]) -> M:
        made: M = self._model.from_db(DEFAULT_DB_ALIAS, self._names, row[self._columns])
        for related in self._related:
            related.populate(row, made)
        for name, position in self._annotations:
            setattr(made, name, row[position])
        return made


class Ask(Statement):
    """A query for plain values: a queryset of `values_list`, or of `values` that are aggregated."""

    def __call__(self, **values: Any) -> list[Parameters]:
        with closing(self.execute(values)) as cursor:
            rows: list[Parameters] = cursor.fetchall()
        return list(self._compiler.apply_converters(rows, self._converters)) if rows else []

    def _compile(self, built: Any, own: Any) -> tuple[str, Parameters]:
        self._compiler: Any = built.query.get_compiler(connection=own)
        text, parameters = self._compiler.as_sql()
        self._converters = self._compiler.get_converters([row[0] for row in self._compiler.select])
        return text, parameters


class OfMany(Generic[R]):
    """An `Ask` or a `Look` about any number of keys. It is built for one, two, four and so on; what
    is not needed of these places is filled with a key once more."""

    MOST = 256  # in one query

    def __init__(
        self,
        kind: Callable[[Callable[..., Any], Iterable[str]], Callable[..., list[R]]],
        build: Callable[[Collection[Any]], Any],
    ) -> None:
        self._sized = cache(
            lambda size: kind(lambda **slots: build(list(slots.values())), self._names(size))
        )

    def __call__(self, keys: Iterable[Any]) -> list[R]:
        wanted, found = list(keys), list[R]()
        for start in range(0, len(wanted), self.MOST):
            some = wanted[start : start + self.MOST]
            size = 1 << (len(some) - 1).bit_length()
            filled_up = some + some[-1:] * (size - len(some))
            found += self._sized(size)(**dict(zip(self._names(size), filled_up, strict=True)))
        return found

    @staticmethod
    def _names(size: int) -> list[str]:
        return [f"key{number}" for number in range(size)]


class Change(Statement):
    """An UPDATE: `build` gives the rows and what becomes of them; the columns of `names` become
    what is given under their names. Returns how many rows there were."""

    def __init__(
        self, build: Callable[..., tuple[models.QuerySet[Any], Mapping[str, Any]]], *names: str
    ) -> None:
        super().__init__(build)
        self._given = {name: Slot(name) for name in names}

    def __call__(self, **values: Any) -> int:
        with closing(self.execute(values)) as cursor:
            return int(cursor.rowcount)

    def _compile(self, built: Any, own: Any) -> tuple[str, Parameters]:
        rows, changes = built
        query = rows.query.chain(sql.UpdateQuery)
        query.add_update_values({**changes, **self._given})
        query.clear_ordering(force=True)
        text, parameters = query.get_compiler(connection=own).as_sql()
        return text, parameters


class Addition(Statement):
    """An INSERT of one row, which gives the columns of `names`; what is not `fixed` either has its
    default."""

    def __init__(self, model: type[models.Model], *names: str, **fixed: Any) -> None:
        super().__init__(lambda: model(**{name: Slot(name) for name in names}, **fixed))

    def __call__(self, **values: Any) -> None:
        self.execute(values).close()

    def many(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self.prepare()
        here = connections[DEFAULT_DB_ALIAS]
        with here.cursor() as cursor:
            cursor.executemany(self._sql, [self._filled(values, here) for values in rows])

    def _compile(self, built: Any, own: Any) -> tuple[str, Parameters]:
        query = sql.InsertQuery(type(built))
        counted = built._meta.auto_field  # its numbers come from the database
        fields = [field for field in built._meta.concrete_fields if field is not counted]
        query.insert_values(fields, [built], raw=True)
        ((text, parameters),) = query.get_compiler(connection=own).as_sql()
        return text, parameters


def filled(given: Any, values: Mapping[str, Any], here: Any) -> Any:
    """A parameter as this database wants it, now."""
    if type(given) is Filled:
        return adapted(values[given], here)
    if type(given) is Moment:
        return moment(given.ahead)
    return given


def whole(slot: Slot) -> "ExpressionWrapper[Slot]":
    """The slot as a whole number, to reckon with."""
    return ExpressionWrapper(slot, output_field=models.BigIntegerField())


def adapted(value: Any, here: Any) -> Any:
    if value is None or type(value) in (str, int, float):
        return value
    if isinstance(value, UUID):
        return value if here.features.has_native_uuid_field else value.hex
    if isinstance(value, datetime):
        return here.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return here.ops.adapt_datefield_value(value)
    if isinstance(value, dict):
        return here.ops.adapt_json_value(value, None)
    return value.value if isinstance(value, Enum) else value


def forget_all() -> None:
    """Build all statements anew: what they are built from has changed, as it does in a test."""
    for statement in STATEMENTS:
        statement.forget()
