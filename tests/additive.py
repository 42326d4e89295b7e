"""What a migration may do while the release before it still runs on the same database."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.migrations import operations as of
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models.fields import NOT_PROVIDED

HARMLESS = (
    of.AddIndex,
    of.AlterModelManagers,
    of.AlterModelOptions,
    of.RemoveConstraint,
    of.RemoveIndex,
    of.RenameIndex,
)


@dataclass(frozen=True, slots=True)
class Setting:
    """An operation of a migration, and the tables: as released, and as they are before it."""

    app: str
    released: ProjectState
    before: ProjectState

    def knows(self, model: str) -> bool:
        """Whether the release before has this model."""
        return (self.app, model.lower()) in self.released.models


def problems(name: tuple[str, str], released: dict[str, str]) -> Iterator[str]:
    """What the release that ends with `released` could not live with in this migration."""
    loader = MigrationLoader(None)
    before = loader.project_state(name, at_end=False)
    known = loader.project_state(list(released.items()))
    for operation in loader.graph.nodes[name].operations:
        yield from judged(operation, Setting(name[0], known, before))
        operation.state_forwards(name[0], before)


def judged(operation: Operation, place: Setting) -> Iterator[str]:
    if isinstance(operation, HARMLESS):
        return
    judge = JUDGES.get(type(operation))
    if judge is None:
        yield f"{operation.describe()}: the release before would not know of this"
        return
    yield from (f"{operation.describe()}: {text}" for text in judge(operation, place))


def created(operation: of.CreateModel, place: Setting) -> Iterator[str]:
    for _, field in operation.fields:
        yield from reference_problem(field, place)


def added(operation: of.AddField, place: Setting) -> Iterator[str]:
    if not place.knows(operation.model_name):
        return
    field: Any = operation.field
    if not field.null and field.db_default is NOT_PROVIDED and not field.many_to_many:
        yield "rows are inserted without it: give it null=True or a db_default"
    if field.unique:
        yield "a unique column can be added only where it is empty: make it null, and fill it later"
    yield from reference_problem(field, place)


def altered(operation: of.AlterField, place: Setting) -> Iterator[str]:
    if not place.knows(operation.model_name):
        return
    model = place.before.models[place.app, operation.model_name.lower()]
    earlier, later = model.fields[operation.name], operation.field
    if kind_of(earlier) != kind_of(later):
        yield "the column gets another type"
    elif (later.max_length or 0) < (earlier.max_length or 0):
        yield "longer values are refused"
    if earlier.null and not later.null:
        yield "empty values are refused: fill them, and refuse them a release later"
    if later.unique and not earlier.unique:
        yield "equal values are refused"
    if earlier.db_default is not NOT_PROVIDED and later.db_default is NOT_PROVIDED:
        yield "rows are inserted without it, and it has no db_default any more"


def constrained(operation: of.AddConstraint, place: Setting) -> Iterator[str]:
    if place.knows(operation.model_name):
        yield "rows of the release before may be refused"


def ran(operation: Any, place: Setting) -> Iterator[str]:
    if not operation.reversible:
        yield "there is no way back: give it a reverse, even if that does nothing"


def sql(operation: of.RunSQL, place: Setting) -> Iterator[str]:
    yield from ran(operation, place)
    yield "nobody but you can tell what SQL takes away"


def apart(operation: of.SeparateDatabaseAndState, place: Setting) -> Iterator[str]:
    for each in operation.database_operations:
        yield from judged(each, place)


def reference_problem(field: Any, place: Setting) -> Iterator[str]:
    """Django deletes what refers to a row by itself, and the release before does not know it."""
    to = field.remote_field and field.db_constraint and field.remote_field.model
    if to and tuple(to.lower().split(".")) in place.released.models:
        yield f"a row of {to} could not be deleted any more: give {field.name} db_constraint=False"


def kind_of(field: models.Field[Any, Any]) -> object:
    """A column's type. A reference has that of what it refers to."""
    return field.remote_field.model if field.remote_field else type(field)


JUDGES: dict[type[Operation], Callable[[Any, Setting], Iterator[str]]] = {
    of.CreateModel: created,
    of.AddField: added,
    of.AlterField: altered,
    of.AddConstraint: constrained,
    of.RunPython: ran,
    of.RunSQL: sql,
    of.SeparateDatabaseAndState: apart,
}
