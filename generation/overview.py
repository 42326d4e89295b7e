"""What the desk's first page shows: money, jobs by the hour, what waits, how each model is doing.

The number of queries is constant, and each is bounded: by windows, by a day, by MOST_MODELS.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.db.models.functions import TruncHour
from django.utils import timezone

from generation import checkup
from generation.health import watch
from generation.model_health import Health, health_of
from generation.models import Job, Result, SpendingLimits, SpendWindow
from generation.models.money import ALL, today
from providers.models import ImageModel, Provider

MOST_MODELS = 40
HOURS = 24


@dataclass(frozen=True, slots=True)
class Spending:
    """Of one window over all models, in millionths of a dollar; `cap` None: none is set."""

    period: str
    spent: int
    reserved: int
    cap: int | None

    @property
    def used(self) -> int:
        return self.spent + self.reserved


@dataclass(frozen=True, slots=True)
class Bar:
    """The jobs of one hour, and its bar in a drawing that is 100 high."""

    hour: datetime
    count: int
    place: int
    height: int

    @property
    def top(self) -> int:
        return 100 - self.height


@dataclass(frozen=True, slots=True)
class Line:
    """An image model: its state in words, its last 24 hours, what it spent this month."""

    model: ImageModel
    state: str
    health: Health
    spent: int


def overview() -> dict[str, Any]:
    limits = SpendingLimits.objects.current()
    windows = list(SpendWindow.objects.around(today()))
    models = list(ImageModel.objects.filter(enabled=True).select_related("provider"))
    real = any(not model.demo for model in models)
    shown = [model for model in models if not (model.demo and real)]
    bars = jobs_by_hour()
    return {
        "problems": list(checkup.problems(watch.problems())),
        "warnings": list(checkup.warnings()),
        "first_steps": None if real else first_steps(),
        "limits": limits,
        "spending": [spending(windows, period, limits) for period in SpendWindow.Period.values],
        "bars": bars,
        "jobs_today": sum(bar.count for bar in bars),
        "most_in_an_hour": max(bar.count for bar in bars),
        "queue": queue(),
        "lines": lines(shown[:MOST_MODELS], windows, real=real),
        "models_left_out": len(models) - len(shown[:MOST_MODELS]),
    }


def first_steps() -> dict[str, Any]:
    """How far an operator is on the way to a first real model."""
    provider = Provider.objects.exclude(kind="demo").first()
    model = ImageModel.objects.exclude(provider__kind="demo").first()
    return {"provider": provider, "model": model}


def spending(windows: list[SpendWindow], period: str, limits: SpendingLimits) -> Spending:
    cap = limits.daily_cap_micros if period == "day" else limits.monthly_cap_micros
    for window in windows:
        if (window.scope, window.period) == (ALL, period):
            return Spending(period, window.spent_micros, window.reserved_micros, cap)
    return Spending(period, 0, 0, cap)


def jobs_by_hour() -> list[Bar]:
    """The last 24 hours, this one included, oldest first."""
    this = timezone.now().replace(minute=0, second=0, microsecond=0)
    hours = [this - timedelta(hours=ago) for ago in reversed(range(HOURS))]
    found = Job.objects.filter(created_at__gte=hours[0]).order_by()
    counted = found.annotate(hour=TruncHour("created_at")).values_list("hour")
    counts = dict(counted.annotate(Count("pk")))
    most = max(counts.values(), default=0) or 1
    return [
        Bar(hour, counts.get(hour, 0), place, round(100 * counts.get(hour, 0) / most))
        for place, hour in enumerate(hours)
    ]


def queue() -> dict[str, Any]:
    """What waits and what is being drawn now."""
    pending = Q(state=Result.State.PENDING)
    return Result.objects.active().aggregate(
        waiting=Count("pk", filter=pending),
        drawing=Count("pk", filter=~pending),
        oldest=Min("created_at", filter=pending),
    )


def lines(models: list[ImageModel], windows: list[SpendWindow], *, real: bool) -> list[Line]:
    health = health_of(model.pk for model in models)
    spent = {window.scope: window.spent_micros for window in windows if window.period == "month"}
    return [
        Line(
            model, checkup.state_of(model, real=real), health[model.pk], spent.get(str(model.pk), 0)
        )
        for model in models
    ]
