"""How each model has been doing: its last success, its median time, its share of failures."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from django.core.cache import cache
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from generation.models import Result
from providers.models import ImageModel

WINDOW = timedelta(hours=24)
KEY, AGE = "model-health", 30
MOST_ROWS = 20_000
ENDED = (Result.State.COMPLETED, Result.State.ERROR)
OUR_DOING = (
    "CANCELLED",
    "MODEL_DISABLED",
    "DEADLINE_EXCEEDED",
    "BUDGET_EXHAUSTED",
    "PRICE_UNKNOWN",
)


@dataclass(frozen=True, slots=True)
class Health:
    """Of the last 24 hours, but for `last_success`. `seconds` is the median of its pictures."""

    last_success: datetime | None = None
    pictures: int = 0
    failures: int = 0
    seconds: float | None = None

    @property
    def error_rate(self) -> float | None:
        """From 0 to 1, or None when nothing was drawn."""
        calls = self.pictures + self.failures
        return self.failures / calls if calls else None


def health_of(model_ids: Iterable[UUID]) -> dict[UUID, Health]:
    """The health of these image models, in two queries."""
    ids = list(model_ids)
    since = timezone.now() - WINDOW
    ended = Result.objects.filter(model__in=ids, state__in=ENDED, finished_at__gte=since)
    judged = ended.exclude(error_code__in=OUR_DOING).order_by("-finished_at")
    last = dict(last_successes(ids))
    times: dict[UUID, list[float]] = defaultdict(list)
    failures: dict[UUID, int] = defaultdict(int)
    needed = judged.values_list("model_id", "state", "started_at", "finished_at")
    for pk, state, started, finished in needed[:MOST_ROWS]:
        if pk is None or finished is None:
            continue
        if state == Result.State.COMPLETED:
            times[pk].append((finished - (started or finished)).total_seconds())
        else:
            failures[pk] += 1
    return {
        pk: Health(
            last_success=last.get(pk),
            pictures=len(times[pk]),
            failures=failures[pk],
            seconds=median(times[pk]) if times[pk] else None,
        )
        for pk in ids
    }


def recent_health(model_ids: Collection[UUID]) -> dict[UUID, Health]:
    """The same, at most half a minute old: cheap enough for every page."""
    kept: dict[UUID, Health] = cache.get(KEY, {})
    if not kept.keys() >= set(model_ids):
        kept = health_of(model_ids)
        cache.set(KEY, kept, AGE)
    return kept


def last_successes(ids: Collection[UUID]) -> Iterable[tuple[UUID, datetime | None]]:
    """One look into the index for each model, however many pictures it has drawn."""
    done = Result.objects.filter(model=OuterRef("pk"), state=Result.State.COMPLETED)
    last = Subquery(done.order_by("-finished_at").values("finished_at")[:1])
    return ImageModel.objects.filter(pk__in=ids).values_list("pk", last)
