"""How each model has been doing: its last success, its median time, its share of failures."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from generation.models import Result

WINDOW = timedelta(hours=24)
MOST_ROWS = 20_000
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
    ended = Result.objects.filter(model__in=ids, finished_at__isnull=False)
    done = ended.filter(state=Result.State.COMPLETED)
    last = dict(done.values_list("model").annotate(Max("finished_at")).order_by())
    recent = ended.filter(finished_at__gte=timezone.now() - WINDOW).exclude(
        error_code__in=OUR_DOING
    )
    times: dict[UUID, list[float]] = defaultdict(list)
    failures: dict[UUID, int] = defaultdict(int)
    needed = recent.only("model", "state", "started_at", "finished_at")
    for result in needed.order_by("-finished_at")[:MOST_ROWS]:
        if result.model_id is None:
            continue
        if result.state == Result.State.COMPLETED:
            times[result.model_id].append(result.duration or 0)
        else:
            failures[result.model_id] += 1
    return {
        pk: Health(
            last_success=last.get(pk),
            pictures=len(times[pk]),
            failures=failures[pk],
            seconds=median(times[pk]) if times[pk] else None,
        )
        for pk in ids
    }
