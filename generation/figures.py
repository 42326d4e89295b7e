"""Figures for Prometheus, all read from the database: any process tells them, and all the same.

What is under way is read through the index of active results, what is over through a window of
WINDOW, so that the cost follows the load and not the age of the installation.
"""

import platform
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone
from prometheus_client.core import GaugeHistogramMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from generation.models import Attempt, Job, Result, SpendingLimits, SpendWindow, SweeperLease
from generation.models.money import ALL, today
from generation.readiness import oldest_waiting
from providers import pressure
from providers.models import ImageModel
from providers.version import VERSION

WINDOW = timedelta(minutes=15)
MOST_SERIES = 500  # of one figure
MOST_CALLS = 5000  # whose durations are told
BUCKETS = (1, 2, 5, 10, 20, 30, 60, 120, 180, 300)  # seconds
STATUSES = ("pending", "in_progress", "completed", "partial", "failed")


def collect() -> Iterator[Metric]:
    """Every figure there is. The names are part of docs/operations.md and of the dashboard."""
    yield build()
    yield from queue()
    yield jobs()
    yield ended()
    yield attempts()
    yield durations()
    yield available()
    yield from money()
    yield sweeper()


def gauge(
    name: str, told: str, labels: Iterable[str], samples: Iterable[tuple[Any, ...]]
) -> GaugeMetricFamily:
    """A figure; each sample is its labels' values and the value."""
    family = GaugeMetricFamily(f"pixelprompt_{name}", told, labels=tuple(labels))
    for *values, value in samples:
        family.add_metric([str(each) for each in values], value)
    return family


def build() -> Metric:
    labels = ("version", "python", "database")
    value = (VERSION, platform.python_version(), connection.vendor, 1)
    return gauge("build_info", "What runs here; always 1.", labels, [value])


def queue() -> Iterator[Metric]:
    counted = Result.objects.active().order_by().values_list("state").annotate(Count("pk"))
    now = {str(state): 0 for state in (Result.State.PENDING, Result.State.IN_PROGRESS)}
    now |= dict(counted)
    yield gauge("results", "Results that wait or are drawn now.", ["state"], now.items())
    bound = [(settings.QUEUE_BOUND,)]
    yield gauge("queue_bound", "Waiting results above which jobs are refused.", [], bound)
    age = [(oldest_waiting(),)]
    yield gauge("queue_oldest_seconds", "How long the oldest one that is due waits.", [], age)


def jobs() -> Metric:
    latest = Result.objects.filter(job=OuterRef("pk")).latest_round()
    begun = latest.filter(~Q(state=Result.State.PENDING) | Q(started_at__isnull=False))
    going_on = Exists(latest.active())
    status = Case(
        When(going_on & Exists(begun), then=Value("in_progress")),
        When(going_on, then=Value("pending")),
        When(~Exists(latest.filter(state=Result.State.ERROR)), then=Value("completed")),
        When(Exists(latest.filter(state=Result.State.COMPLETED)), then=Value("partial")),
        default=Value("failed"),
        output_field=CharField(),
    )
    recent = Job.objects.filter(created_at__gt=timezone.now() - WINDOW).annotate(status=status)
    counted = recent.order_by().values_list("status").annotate(Count("pk"))
    samples = dict.fromkeys(STATUSES, 0) | dict(counted)
    return gauge("jobs", "Jobs of the last 15 minutes.", ["status"], samples.items())


def ended() -> Metric:
    over = Result.objects.filter(finished_at__gt=timezone.now() - WINDOW)
    outcome = Case(When(error_code="", then=F("state")), default=F("error_code"))
    counted = over.order_by().values_list("slug", outcome).annotate(n=Count("pk"))
    told = "Results that ended in the last 15 minutes."
    return gauge("results_ended", told, ["model", "outcome"], counted.order_by("-n")[:MOST_SERIES])


def attempts() -> Metric:
    labels = ("purpose", "kind", "model", "outcome")
    columns = ("purpose", "kind", "provider_model", "state")
    counted = recent_attempts().order_by().values_list(*columns).annotate(n=Count("pk"))
    told = "Calls that began in the last 15 minutes; `model` is the provider's own name."
    return gauge("attempts", told, labels, counted.order_by("-n")[:MOST_SERIES])


def recent_attempts() -> Any:
    return Attempt.objects.filter(created_at__gt=timezone.now() - WINDOW)


def durations() -> Metric:
    """Of the newest calls only, because each is a row."""
    done = recent_attempts().filter(state=Attempt.State.SETTLED, finished_at__isnull=False)
    columns = ("kind", "provider_model", "created_at", "finished_at")
    seconds: dict[tuple[str, str], list[float]] = defaultdict(list)
    for kind, model, begun, over in done.values_list(*columns)[:MOST_CALLS]:
        seconds[kind, model].append((over - begun).total_seconds())
    told = "How long the settled calls of the last 15 minutes took."
    name = "pixelprompt_call_seconds"
    family = GaugeHistogramMetricFamily(name, told, labels=["kind", "model"])
    for labels, found in seconds.items():
        family.add_metric(labels, buckets(sorted(found)), gsum_value=sum(found))
    return family


def buckets(ascending: list[float]) -> list[tuple[str, int]]:
    within = [(f"{bound:.1f}", bisect_right(ascending, bound)) for bound in BUCKETS]
    return [*within, ("+Inf", len(ascending))]


def available() -> Metric:
    samples = (
        (model.slug, model.provider.kind, int(not pressure.resting_until(model)))
        for model in ImageModel.objects.offered()[:MOST_SERIES]
        if not model.unavailable
    )
    told = "1 if a model that visitors can choose can draw now, 0 while it or its account rests."
    return gauge("model_available", told, ["model", "kind"], samples)


def money() -> Iterator[Metric]:
    """`model` is a slug, the model id of a language model, or `all`. Two accounts may have language
    models of one name, and Prometheus refuses answers that hold a series twice."""
    slugs = {str(pk): slug for pk, slug in ImageModel.objects.values_list("pk", "slug")}
    windows = list(SpendWindow.objects.around(today()).order_by("scope")[:MOST_SERIES])
    names = {ALL: "all"} | slugs
    labels = ("period", "model")
    for column, told in (
        ("spent", "Millionths of a dollar that this day's or month's calls count for."),
        ("reserved", "Millionths of a dollar reserved for what waits."),
    ):
        sums = Counter({(period, "all"): 0 for period in SpendWindow.Period.values})
        for each in windows:
            label = names.get(each.scope, each.name)
            sums[each.period, label] += getattr(each, f"{column}_micros")
        samples = [(*values, micros) for values, micros in sums.items()]
        yield gauge(f"{column}_micros", told, labels, samples)
    limits = SpendingLimits.objects.current()
    caps = {"day": limits.daily_cap_micros, "month": limits.monthly_cap_micros}
    known = [(period, cap) for period, cap in caps.items() if cap is not None]
    yield gauge("spending_cap_micros", "Caps over all models, where set.", ["period"], known)


def sweeper() -> Metric:
    seconds = SweeperLease.objects.seconds_since_round()
    told = "Since the sweeper's last round; absent if there was none."
    return gauge("sweeper_age_seconds", told, [], [] if seconds is None else [(seconds,)])
