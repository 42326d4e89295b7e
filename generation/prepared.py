"""Queries that are built once.

Django spends two milliseconds on building a query that a database answers in a tenth of one. Where
watchers ask all the time, that is nearly all of the work.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.query import get_related_populators

from providers.clock import Moment, moment

M = TypeVar("M", bound=models.Model)
PLACE = UUID("5b7a3f0e-93d4-4d57-8a53-0f1e6c2d9b48")  # stands for the id until one is asked for


class Prepared(Generic[M]):
    """A query for one id, which `build` makes. It may select related rows and annotate.

    It is compiled at its first use, by what Django's own iteration over a queryset uses
    (`django.db.models.query.ModelIterable`).
    """

    def __init__(self, build: Callable[[UUID], models.QuerySet[M]]) -> None:
        self._build = build
        self._compiled: Compiled | None = None

    def __call__(self, key: UUID) -> list[M]:
        compiled = self._compiled or self._compile()
        with connection.cursor() as cursor:
            cursor.execute(compiled.sql, compiled.parameters(key))
            return [compiled.instance(row) for row in compiled.converted(cursor.fetchall())]

    def _compile(self) -> "Compiled":
        self._compiled = Compiled(self._build(PLACE).query)
        return self._compiled


class Compiled:
    """The SQL of a query, and how its rows become instances."""

    def __init__(self, query: Any) -> None:
        # A connection of its own, which is never opened: compiled once, used by all threads.
        self.compiler = query.get_compiler(connection=connections.create_connection("default"))
        self.sql, self._parameters = self.compiler.as_sql()
        select, klass_info = self.compiler.select, self.compiler.klass_info
        fields = klass_info["select_fields"]
        self.model = klass_info["model"]
        self.columns = slice(fields[0], fields[-1] + 1)
        self.names = [column[0].target.attname for column in select[self.columns]]
        self.related = get_related_populators(klass_info, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # the stubs are Django 6's
        self.annotations = list(self.compiler.annotation_col_map.items())
        self.converters = self.compiler.get_converters([column[0] for column in select])

    def parameters(self, key: UUID) -> list[Any]:
        """The parameters with the id in its place and the clock as it is, each as the database
        wants it."""
        field = models.UUIDField()
        place, value = (field.get_db_prep_value(uuid, connection) for uuid in (PLACE, key))
        fresh = [value if given == place else given for given in self._parameters]
        return [moment() if isinstance(given, Moment) else given for given in fresh]

    def converted(self, rows: list[Any]) -> Any:
        return self.compiler.apply_converters(rows, self.converters)

    def instance(self, row: list[Any]) -> Any:
        made = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[self.columns])
        for related in self.related:
            related.populate(row, made)
        for name, position in self.annotations:
            setattr(made, name, row[position])
        return made
