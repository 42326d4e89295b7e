"""What must work so that a job can be drawn. Each check tells a problem in a sentence, or nothing.

The sentences are public: they name no host, no key, and quote no exception.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_noop
from dramatiq.errors import BrokerConnectionError

from generation import bells
from generation.gates.counters import counters
from generation.models import Result, SweeperLease
from providers.models import ImageModel

# Both last longer than what is usual: a sweep every minute on Lambda, a bell rung again after 30 s.
PATIENCE_WITH_SWEEPER = 150.0  # seconds
PATIENCE_WITH_QUEUE = 60.0


def database_problem() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return gettext_noop("The database does not answer.")
    return ""


def migration_problem() -> str:
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return gettext_noop("The migrations could not be read.")
    return f"{len(waiting)} migrations are not applied." if waiting else ""


def broker_problem() -> str:
    try:
        bells.reach()
    except BrokerConnectionError as problem:
        return str(problem)
    return ""


def counter_problem() -> str:
    cache = counters()
    try:
        cache.get("readiness")
    except cache.failures:
        return gettext_noop("Requests cannot be counted, so none is accepted.")
    return ""


def storage_problem() -> str:
    key = f"readiness/{get_random_string(16)}"
    try:
        default_storage.delete(default_storage.save(key, ContentFile(b"ready")))
    except OSError:
        return gettext_noop("The picture storage cannot be written.")
    return ""


def model_problem() -> str:
    try:
        offered = list(ImageModel.objects.offered())
    except Error:
        return gettext_noop("The models could not be read.")
    usable = [model for model in offered if not model.unavailable]
    return "" if usable else gettext_noop("No image model is enabled and usable.")


def sweeper_problem() -> str:
    try:
        seconds = SweeperLease.objects.seconds_since_round()
    except Error:
        return gettext_noop("Nobody can say when the sweeper was last seen.")
    if seconds is None:
        return gettext_noop("No sweeper has been seen yet.")
    if seconds > PATIENCE_WITH_SWEEPER:
        return f"The sweeper was last seen {seconds:.0f} seconds ago."
    return ""


def queue_problem() -> str:
    """Results that wait for a busy account are no problem; that nobody draws at all is one."""
    try:
        waiting = oldest_waiting()
        drawing = Result.objects.active().filter(state=Result.State.IN_PROGRESS).exists()
    except Error:
        return gettext_noop("The queue could not be read.")
    if waiting < PATIENCE_WITH_QUEUE or drawing:
        return ""
    return f"Results have been waiting for {waiting:.0f} seconds, and nobody draws."


def oldest_waiting() -> float:
    """For how many seconds the oldest result that could be drawn now has been waiting; 0: none."""
    due = Result.objects.claimable().order_by("created_at")
    since = due.values_list("created_at", flat=True).first()
    return max(0.0, (timezone.now() - since).total_seconds()) if since else 0.0


@dataclass(frozen=True, slots=True)
class Check:
    """One of the things that drawing needs. What was found is good for `kept` seconds."""

    problem: Callable[[], str]
    advice: str
    kept: float = 2.0


SEE_DATABASE = gettext_noop("See DATABASE_URL, and whether the server runs.")
SEE_STORAGE = gettext_noop(
    "See S3_BUCKET and its credentials, or the data directory's free space and owner."
)
START_A_SWEEPER = gettext_noop("Start the server or a worker: each of them sweeps.")
CHECKS: dict[str, Check] = {
    "database": Check(database_problem, SEE_DATABASE),
    "migrations": Check(migration_problem, gettext_noop("Run: manage.py migrate."), kept=60.0),
    "broker": Check(broker_problem, gettext_noop("See BROKER_URL, and whether the broker runs.")),
    "counters": Check(counter_problem, gettext_noop("See CACHE_URL, and whether Redis runs.")),
    "storage": Check(
        storage_problem,
        SEE_STORAGE,
        kept=20.0,
    ),
    "models": Check(model_problem, gettext_noop("Add one in the admin, with its provider's key.")),
    "sweeper": Check(sweeper_problem, START_A_SWEEPER),
    "queue": Check(
        queue_problem, gettext_noop("Start a worker, or look into the log of those that run.")
    ),
}
