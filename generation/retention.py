"""What goes when it is old: jobs with their pictures, the words of old calls, spent records.

Each job is a transaction of its own, and counts only what went here: stopped anywhere, done twice,
or done in parallel, the next round goes on with what is left.
"""

from collections.abc import Callable
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from generation import batches
from generation.deletion import ObjectsRemain, delete_resting
from generation.models import Attempt, Counter, IdempotencyKey, Job

MOST_FAILURES = 10  # then the storage is away, and the rest would fail likewise


def remove_old_jobs(days: int, *, apply: bool, failed: Callable[[ObjectsRemain], None]) -> int:
    """Jobs at rest for so many days, objects first; returns how many went, or would go."""
    old = Job.objects.at_rest_for(days)
    if not apply:
        return old.count()
    removed = failures = 0
    for page in batches.pages(old.only("pk")):
        for job in page:
            try:
                removed += delete_resting(old, job.pk)
            except ObjectsRemain as problem:
                failed(problem)
                failures += 1
                if failures == MOST_FAILURES:
                    return removed
    return removed


def forget_old_words(days: int, *, apply: bool) -> int:
    """Calls that stand alone keep what they cost, and forget what was said. Those of a job go on
    remembering until their job goes."""
    alone = Attempt.objects.filter(result=None, created_at__lt=Now() - timedelta(days=days))
    wordy = alone.wordy()
    if not apply:
        return wordy.count()
    forgotten = 0
    while keys := list(wordy.values_list("pk", flat=True)[: batches.SIZE]):
        forgotten += wordy.filter(pk__in=keys).forget_words()
    return forgotten


def remove_spent_records(*, apply: bool) -> dict[str, int]:
    """Records that mean nothing any more, by their name."""
    spent: dict[str, QuerySet[IdempotencyKey] | QuerySet[Counter] | QuerySet[Session]] = {
        "expired idempotency keys": IdempotencyKey.objects.expired(),
        "expired counters": Counter.objects.expired(),
        "expired sessions": Session.objects.filter(expire_date__lt=timezone.now()),
    }
    remove = batches.delete if apply else QuerySet.count
    return {name: remove(rows) for name, rows in spent.items()}
