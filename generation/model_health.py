"""How each model or account has been doing: last success, median time, share of failures."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import OuterRef, QuerySet, Subquery
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
    return health_by({pk: pk for pk in model_ids})


def account_health(provider_ids: Iterable[UUID]) -> dict[UUID, Health]:
    """The same of accounts, each over all of its image models."""
    ids = list(provider_ids)
    owned = ImageModel.objects.filter(provider__in=ids).values_list("pk", "provider_id")
    return dict.fromkeys(ids, Health()) | health_by(dict(owned))


def health_by(groups: Mapping[UUID, UUID]) -> dict[UUID, Health]:
    """The health of each group of image models; `groups` tells the group of a model."""
    times: dict[UUID, list[float]] = defaultdict(list)
    failures: dict[UUID, int] = defaultdict(int)
    for pk, state, started, finished in judged(groups)[:MOST_ROWS]:
        if pk is None or finished is None:
            continue
        if state == Result.State.COMPLETED:
            times[groups[pk]].append((finished - (started or finished)).total_seconds())
        else:
            failures[groups[pk]] += 1
    last: dict[UUID, datetime] = {}
    for pk, moment in last_successes(groups):
        if moment is not None:
            last[groups[pk]] = max(moment, last.get(groups[pk], moment))
    return {
        group: Health(
            last_success=last.get(group),
            pictures=len(times[group]),
            failures=failures[group],
            seconds=median(times[group]) if times[group] else None,
        )
        for group in groups.values()
    }


def judged(ids: Collection[UUID]) -> QuerySet[Result, Any]:
    """What of the last day says something about these models, newest first."""
    since = timezone.now() - WINDOW
    ended = Result.objects.filter(model__in=ids, state__in=ENDED, finished_at__gte=since)
    told = ended.exclude(error_code__in=OUR_DOING).order_by("-finished_at")
    return told.values_list("model_id", "state", "started_at", "finished_at")


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
