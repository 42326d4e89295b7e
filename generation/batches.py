"""Going through a table piece by piece, and deleting from it so."""

from collections.abc import Iterator
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

SIZE = 500
M = TypeVar("M", bound=Model)


def pages(rows: QuerySet[M]) -> Iterator[list[M]]:
    """All rows in the order of their keys. What is deleted or added meanwhile moves nothing."""
    ordered = rows.order_by("pk")
    page = list(ordered[:SIZE])
    while page:
        yield page
        page = list(ordered.filter(pk__gt=page[-1].pk)[:SIZE])


def delete(rows: QuerySet[Any]) -> int:
    """Delete rows to which nothing belongs; returns how many went here, not elsewhere at once."""
    gone = 0
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:SIZE]):
        gone += rows.filter(pk__in=keys).delete()[0]
    return gone
