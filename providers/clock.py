"""The clock that deadlines, leases, pauses and bells run on. No jump of a wall clock moves it.

Where processes share a database, its clock is the only one. On SQLite there is one process: the
clock tells what the wall clock told when the process started, and what `time.monotonic` has counted
since. What people are shown (when a job was made, when it ended) is told by the wall clock.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models.functions import Now

STARTED = time.time() - time.monotonic()


def counted() -> datetime:
    """The wall clock at the start of this process, and the time since then."""
    return datetime.fromtimestamp(STARTED + time.monotonic(), UTC)


class Moment(str):
    """What the clock said when a query was built. One that is built once must ask again, for a
    time so many seconds `ahead`."""

    __slots__ = ("ahead",)

    ahead: float


def moment(ahead: float = 0) -> Moment:
    """What the clock will say in so many seconds, as SQLite wants it."""
    then = counted() + timedelta(seconds=ahead)
    told = Moment(connection.ops.adapt_datetimefield_value(then))
    told.ahead = ahead
    return told


class SteadyNow(Now):
    """What the clock says, or will say in so many seconds, in a query."""

    def __init__(self, ahead: float = 0) -> None:
        super().__init__()
        self.ahead = ahead

    def as_sqlite(
        self, compiler: Any, connection: Any, **extra_context: Any
    ) -> tuple[str, tuple[str, ...]]:
        return "%s", (moment(self.ahead),)

    def as_postgresql(
        self, compiler: Any, connection: Any, **extra_context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        if not self.ahead:
            return "STATEMENT_TIMESTAMP()", ()
        return "(STATEMENT_TIMESTAMP() + %s)", (timedelta(seconds=self.ahead),)


def now() -> datetime:
    """What the clock says; elsewhere than on SQLite, the database is asked."""
    if connection.vendor == "sqlite":
        return counted()
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        told: datetime = cursor.fetchone()[0]
        return told


def from_now(seconds: float) -> SteadyNow:
    """The clock plus so many seconds, in a query."""
    return SteadyNow(seconds)
