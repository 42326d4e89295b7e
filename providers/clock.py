"""The clock that deadlines, leases, pauses and bells run on. No jump of a wall clock moves it.

Where processes share a database, its clock is the only one. On SQLite there is one process: the
clock tells what the wall clock told when the process started, and what `time.monotonic` has counted
since. What people are shown (when a job was made, when it ended) is told by the wall clock.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, ExpressionWrapper
from django.db.models.functions import Now

STARTED = time.time() - time.monotonic()


def counted() -> datetime:
    """The wall clock at the start of this process, and the time since then."""
    return datetime.fromtimestamp(STARTED + time.monotonic(), UTC)


class Moment(str):
    """What the clock said when a query was built. One that is built once must ask again."""

    __slots__ = ()


def moment() -> Moment:
    """What the clock says, as SQLite wants it."""
    return Moment(connection.ops.adapt_datetimefield_value(counted()))


class SteadyNow(Now):
    """What the clock says, in a query."""

    def as_sqlite(
        self, compiler: Any, connection: Any, **extra_context: Any
    ) -> tuple[str, tuple[str, ...]]:
        return "%s", (moment(),)


def now() -> datetime:
    """What the clock says; elsewhere than on SQLite, the database is asked."""
    if connection.vendor == "sqlite":
        return counted()
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        told: datetime = cursor.fetchone()[0]
        return told


def from_now(seconds: float) -> Any:
    """The clock plus so many seconds, in a query."""
    return ExpressionWrapper(SteadyNow() + timedelta(seconds=seconds), output_field=DateTimeField())
