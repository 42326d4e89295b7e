"""Queries that are built once.

Django spends two milliseconds on building a query that a database answers in a tenth of one. Where
watchers ask all the time, that is nearly all of the work.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.query import get_related_populators

from providers.clock import Moment, moment

M = TypeVar("M", bound=models.Model)
PLACE = UUID("5b7a3f0e-93d4-4d57-8a53-0f1e6c2d9b48")  # and those after it stand for ids asked for
MOST = 256  # ids in one query


class Prepared(Generic[M]):
    """A query for one id, which `build` makes. It may select related rows and annotate.

    It is compiled at its first use, by what Django's own iteration over a queryset uses
    (`django.db.models.query.ModelIterable`).
    """

    def __init__(self, build: Callable[[UUID], models.QuerySet[M]]) -> None:
        self._compiled = cache(lambda: Instances(build(place(0)).query, 1))

    def __call__(self, key: UUID) -> list[M]:
        compiled = self._compiled()
        return [compiled.instance(row) for row in compiled.rows([key])]


class PreparedRows:
    """A query for the values of several ids. It is compiled for one, two, four and so on; what is
    not needed of these places is filled with an id once more."""

    def __init__(self, build: Callable[[Sequence[UUID]], Any]) -> None:
        self._compiled = cache(lambda size: Compiled(build(places(size)).query, size))

    def __call__(self, keys: Iterable[UUID]) -> list[Any]:
        wanted = list(keys)
        found: list[Any] = []
        for start in range(0, len(wanted), MOST):
            some = wanted[start : start + MOST]
            size = 1 << (len(some) - 1).bit_length()
            filled = some + some[-1:] * (size - len(some))
            found += self._compiled(size).rows(filled)
        return found


def place(number: int) -> UUID:
    return UUID(int=PLACE.int + number)


def places(count: int) -> list[UUID]:
    return [place(number) for number in range(count)]


class Compiled:
    """The SQL of a query for so many ids."""

    def __init__(self, query: Any, size: int) -> None:
        # A connection of its own, which is never opened: compiled once, used by all threads.
        self.compiler = query.get_compiler(connection=connections.create_connection("default"))
        self.sql, self._parameters = self.compiler.as_sql()
        self.converters = self.compiler.get_converters([column[0] for column in self.select])
        self._places = [stored(uuid) for uuid in places(size)]

    @property
    def select(self) -> Any:
        return self.compiler.select

    def rows(self, keys: Sequence[UUID]) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self._parameters_for(keys))
            rows = cursor.fetchall()
        return list(self.compiler.apply_converters(rows, self.converters))

    def _parameters_for(self, keys: Sequence[UUID]) -> list[Any]:
        """The parameters with the ids in their places and the clock as it is, each as the database
        wants it."""
        ids = dict(zip(self._places, map(stored, keys), strict=True))
        fresh = [ids.get(given, given) for given in self._parameters]
        return [moment(given.ahead) if isinstance(given, Moment) else given for given in fresh]


def stored(uuid: UUID) -> Any:
    return models.UUIDField().get_db_prep_value(uuid, connection)


class Instances(Compiled):
    """And how its rows become instances."""

    def __init__(self, query: Any, size: int) -> None:
        super().__init__(query, size)
        klass_info = self.compiler.klass_info
        fields = klass_info["select_fields"]
        self.model = klass_info["model"]
        self.columns = slice(fields[0], fields[-1] + 1)
        self.names = [column[0].target.attname for column in self.select[self.columns]]
        self.related = get_related_populators(klass_info, self.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # the stubs are Django 6's
        self.annotations = list(self.compiler.annotation_col_map.items())

    def instance(self, row: list[Any]) -> Any:
        made = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[self.columns])
        for related in self.related:
            related.populate(row, made)
        for name, position in self.annotations:
            setattr(made, name, row[position])
        return made
