"""What is wrong with the database's server. SQLite has none."""

from collections.abc import Iterator

from django.db import Error, NotSupportedError, connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

USUAL = 3  # processes: web, worker, and the old one beside the new one
FARTHEST = 5.0  # seconds between two clocks


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def old_server() -> Iterator[str]:
    """Django refuses releases that it does not support, but only the first time it connects."""
    try:
        connection.check_database_version_supported()
    except NotSupportedError as problem:
        yield f"{problem} Move the database to a newer release."
    except Error:  # that it is away is found by others
        return


def room() -> tuple[int, int]:
    """How many connections one process may hold, and the server allows us."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('max_connections')::int"
            " - current_setting('superuser_reserved_connections')::int"
        )
        (allowed,) = cursor.fetchone()
    return connection.settings_dict["OPTIONS"]["pool"]["max_size"], allowed


def too_few_connections() -> Iterator[str]:
    if is_postgres() and (sizes := room()) and sizes[0] > sizes[1]:
        yield f"{told_sizes(*sizes)} Lower DATABASE_CONNECTIONS, or raise max_connections."


def few_connections() -> Iterator[str]:
    if is_postgres() and (sizes := room()) and sizes[0] <= sizes[1] < USUAL * sizes[0]:
        yield (
            f"{told_sizes(*sizes)} That is enough for {sizes[1] // sizes[0]} processes, and an "
            "upgrade needs one more than usual. Lower DATABASE_CONNECTIONS, raise max_connections, "
            "or put a pooler between."
        )


def told_sizes(wanted: int, allowed: int) -> str:
    return f"A process may open {wanted} connections, and PostgreSQL allows {allowed}."


def clocks_apart() -> Iterator[str]:
    if not is_postgres():
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
    apart = abs((theirs - timezone.now()).total_seconds())
    if apart > FARTHEST:
        yield (
            f"The clocks of this machine and of the database are {apart:.0f} seconds apart. "
            "Deadlines go by the database's, limits and logs by this one's: let NTP set both."
        )


def newer_tables() -> Iterator[str]:
    loader = MigrationLoader(connection)
    ours = {app for app, _ in loader.disk_migrations}
    unknown = [name for name in loader.applied_migrations if name not in loader.disk_migrations]
    count = sum(app in ours for app, _ in unknown)
    if count:
        yield (
            f"The database has {count} migrations that this release does not know: a newer one was "
            "here. That is right during an upgrade and after going back by one release."
        )
