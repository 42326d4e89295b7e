"""GET /metrics: what Prometheus reads, for whom, and what reading it costs."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from generation import figures, snapshots, sweeper
from generation.models import Attempt, Job, Result, SpendingLimits, SpendWindow
from generation.submission import Order, submit
from providers.models import ImageModel, Provider
from tests.api.drawing import Failing, draw, fail, refusal
from tests.support import make_job, make_model

pytestmark = pytest.mark.django_db

TOKEN = "a-token-of-24-characters"
Samples = dict[tuple[str, ...], float]


@pytest.fixture(autouse=True)
def switched_on(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN


def scrape(client: Client) -> str:
    answer = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200, answer.content
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    return str(answer.content.decode())


def read(client: Client) -> dict[str, Samples]:
    """The values of every sample, by its name and by its labels' values in the order of their
    names."""
    found: dict[str, Samples] = {}
    for family in text_string_to_metric_families(scrape(client)):
        for sample in family.samples:
            found.setdefault(sample.name, {})[
                tuple(sample.labels[name] for name in sorted(sample.labels))
            ] = sample.value
    return found


def test_without_a_token_set_there_is_no_such_address(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    for given in ("Bearer ", f"Bearer {TOKEN}", ""):
        assert client.get("/metrics", headers={"authorization": given}).status_code == 404


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer é", TOKEN]
)
def test_who_does_not_know_the_token_is_told_nothing(client: Client, given: str) -> None:
    answer = client.get("/metrics", HTTP_AUTHORIZATION=given)
    refusal(answer, 401, "UNAUTHORIZED")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_an_empty_installation_has_figures(client: Client) -> None:
    told = read(client)
    assert told["pixelprompt_results"] == {("pending",): 0, ("in_progress",): 0}
    assert told["pixelprompt_queue_oldest_seconds"] == {(): 0}
    assert told["pixelprompt_queue_bound"] == {(): configured.QUEUE_BOUND}
    assert list(told["pixelprompt_build_info"].values()) == [1]
    assert "pixelprompt_sweeper_age_seconds" not in told
    sweeper.sweep()
    assert 0 <= read(client)["pixelprompt_sweeper_age_seconds"][()] < 60


def test_jobs_and_results_are_counted_by_what_became_of_them(client: Client) -> None:
    server = Provider.objects.create(name="Local", kind="openai-compatible")
    one, two = (make_model(server, name, name=name) for name in ("one", "two"))
    for outcomes in ("cc", "ce", "ee", "c-", "--", "p-", "r-"):
        play(make_job(one, two), outcomes)
    Result.objects.filter(state="pending").update(created_at=timezone.now() - timedelta(minutes=1))
    told = read(client)
    shown = Counter(snapshots.of(job).status for job in Job.objects.all())
    assert told["pixelprompt_jobs"] == {(status,): count for status, count in shown.items()}
    assert shown == {"completed": 1, "partial": 1, "failed": 1, "in_progress": 3, "pending": 1}
    assert told["pixelprompt_results"] == {("pending",): 6, ("in_progress",): 1}
    assert told["pixelprompt_results_ended"] == {
        ("one", "completed"): 3, ("two", "completed"): 1,
        ("one", "MODERATED"): 1, ("two", "MODERATED"): 2,
    }  # fmt: skip
    assert told["pixelprompt_queue_oldest_seconds"][()] == pytest.approx(60, abs=30)


def play(job: Job, outcomes: str) -> None:
    """Let results complete, end in error, be drawn, be drawn and wait again, or just wait."""
    for result, outcome in zip(job.results.order_by("index"), outcomes, strict=True):
        if outcome == "c":
            draw(result)
        elif outcome == "e":
            fail(result)
        elif outcome in "pr":
            claim = Result.objects.claim(result.pk, "a worker")
            assert claim
            assert outcome == "p" or claim.release(wait=0, tries=1, facts={})


def test_calls_are_counted_and_timed(client: Client) -> None:
    for seconds in (0.5, 3, 3, 40, 1000):
        call(seconds, state=Attempt.State.SETTLED)
    call(7, state=Attempt.State.FAILED)
    told = read(client)
    labels = ("openai", "gpt-image")
    assert told["pixelprompt_attempts"] == {
        (*labels, "settled", "picture"): 5, (*labels, "failed", "picture"): 1,
    }  # fmt: skip
    within = told["pixelprompt_call_seconds_bucket"]
    found = {bound: count for (_kind, bound, _model), count in within.items()}
    assert [found[bound] for bound in ("1.0", "2.0", "5.0", "60.0", "300.0", "+Inf")] == [
        1, 1, 3, 4, 4, 5,
    ]  # fmt: skip
    assert list(told["pixelprompt_call_seconds_gsum"].values()) == [pytest.approx(1046.5)]


def call(seconds: float, **fields: Any) -> Attempt:
    begun = timezone.now() - timedelta(minutes=1)
    return Attempt.objects.create(
        kind="openai",
        provider_model="gpt-image",
        created_at=begun,
        finished_at=begun + timedelta(seconds=seconds),
        **fields,
    )


def test_what_is_long_over_is_not_counted(client: Client, aurora: ImageModel) -> None:
    job = make_job(aurora)
    play(job, "c")
    long_ago = timezone.now() - timedelta(hours=1)
    Job.objects.update(created_at=long_ago)
    Result.objects.update(finished_at=long_ago)
    Attempt.objects.update(created_at=long_ago)
    told = read(client)
    assert set(told["pixelprompt_jobs"].values()) == {0}
    assert "pixelprompt_results_ended" not in told
    assert "pixelprompt_attempts" not in told
    assert "pixelprompt_call_seconds_bucket" not in told


def test_money_is_told_by_model(client: Client, server: Provider) -> None:
    make_model(server, "dear", name="Dear", price_micros=40_000)
    make_model(server, "cheap", name="Cheap", price_micros=1000)
    SpendingLimits.objects.create(daily_cap_micros=5_000_000)
    job = submit(Order("a red fox"), client=None)
    draw(job.results.get(slug="dear"))
    told = read(client)
    assert told["pixelprompt_spent_micros"] == {
        (model, period): spent
        for period in ("day", "month")
        for model, spent in (("all", 40_000), ("dear", 40_000), ("cheap", 0))
    }
    assert told["pixelprompt_reserved_micros"]["cheap", "day"] == 1000
    assert told["pixelprompt_reserved_micros"]["all", "month"] == 1000
    assert told["pixelprompt_spending_cap_micros"] == {("day",): 5_000_000}


def test_money_of_two_models_of_one_name_is_one_series(client: Client) -> None:
    today = timezone.now().date()
    for scope in ("one", "two"):
        SpendWindow.objects.create(
            scope=scope, name="writer", period="day", starts=today, spent_micros=7
        )
    told = read(client)["pixelprompt_spent_micros"]
    assert told == {("writer", "day"): 14, ("all", "day"): 0, ("all", "month"): 0}
    assert scrape(client).count('pixelprompt_spent_micros{model="writer"') == 1


def test_a_model_that_rests_is_told(client: Client, demo: Provider) -> None:
    for name in ("well", "resting", "off"):
        make_model(demo, "aurora", name=name)
    ImageModel.objects.filter(slug="resting").update(
        resting_until=timezone.now() + timedelta(minutes=1)
    )
    ImageModel.objects.filter(slug="off").update(enabled=False)
    told = read(client)["pixelprompt_model_available"]
    assert told == {("demo", "well"): 1, ("demo", "resting"): 0}


def test_names_cannot_break_the_format(client: Client, demo: Provider) -> None:
    nasty = 'a"b\\c\nd}'
    call(1, state=Attempt.State.SETTLED, purpose=Attempt.Purpose.TEST)
    Attempt.objects.update(provider_model=nasty)
    assert read(client)["pixelprompt_attempts"] == {("openai", nasty, "settled", "test"): 1}


def test_the_cost_does_not_grow_with_what_is_stored(
    client: Client, aurora: ImageModel, django_assert_max_num_queries: Any
) -> None:
    for _ in range(20):
        play(make_job(aurora, aurora), "c-")
    with django_assert_max_num_queries(12):
        read(client)


def test_series_and_rows_have_a_greatest_number(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "MOST_SERIES", 3)
    monkeypatch.setattr(figures, "MOST_CALLS", 2)
    for number in range(6):
        call(1, state=Attempt.State.SETTLED, purpose="picture").refresh_from_db()
        Attempt.objects.filter(provider_model="gpt-image").update(provider_model=f"m-{number}")
    told = read(client)
    assert len(told["pixelprompt_attempts"]) == 3
    assert sum(told["pixelprompt_call_seconds_gcount"].values()) == 2


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (lambda: figures.recent_attempts(), "attempt_begun"),
        (lambda: Result.objects.filter(finished_at__gt=timezone.now()), "result_finished"),
        (lambda: Result.objects.active(), "result_active"),
    ],
)
def test_only_the_window_is_read(rows: Any, index: str) -> None:
    if connection.vendor == "postgresql":  # it would read small tables whole
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert index in rows().order_by().explain()


def test_a_dead_database_is_a_503(settings: Any) -> None:
    client = Client(raise_request_exception=False)
    with connection.execute_wrapper(Failing(OperationalError("gone"))):
        answer = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    refusal(answer, 503, "SERVICE_UNAVAILABLE", "retryAfter")


def test_no_figure_holds_a_key_or_a_prompt(client: Client, server: Provider) -> None:
    play(make_job(make_model(server), prompt="a very private unicorn"), "c")
    told = scrape(client)
    assert server.key not in told
    assert "unicorn" not in told
