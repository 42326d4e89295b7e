"""The wall clock jumps by two hours, ahead or back, while results wait and are drawn."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from generation import sweeper
from generation.models import IdempotencyKey, Job, Result
from pixelprompt.broker import Workers
from providers import clock, pressure
from providers.models import Provider
from tests.fakes import FakeProviders, behaviours
from tests.support import Api, make_job, make_model, only_result, until

pytestmark = pytest.mark.django_db(transaction=True)
Jump = Callable[[], None]


@pytest.fixture
def each_storage() -> None:
    """Here one is enough."""


@pytest.fixture(params=[2, -2], ids=["ahead", "back"])
def jump(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Jump:
    """Shifts whatever tells the wall clock in this process: Python's clocks, Django's, and, on
    SQLite, where this process is the database, what it says in a query."""
    shift = timedelta(hours=request.param)

    def do() -> None:
        told, now = time.time, timezone.now
        monkeypatch.setattr(time, "time", lambda: told() + shift.total_seconds())
        monkeypatch.setattr(timezone, "now", lambda: now() + shift)
        if connection.vendor == "sqlite":
            monkeypatch.setattr(Now, "as_sqlite", shifted(shift))

    return do


def shifted(shift: timedelta) -> Any:
    seconds = shift.days * 86400 + shift.seconds
    template = f"STRFTIME('%%%%Y-%%%%m-%%%%d %%%%H:%%%%M:%%%%f', 'NOW', '{seconds} seconds')"

    def as_sqlite(self: Now, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template=template, **extra)

    return as_sqlite


def test_what_is_being_drawn_goes_on_and_is_paid_for_once(
    api: Api, server: Provider, fakes: FakeProviders, workers: Workers, jump: Jump
) -> None:
    make_model(server)
    fakes.hold()
    job_id = api.generate("in the middle")
    fakes.wait_until_in_flight(1)
    jump()
    sweeper.sweep()
    assert api.status(job_id)["results"][0]["status"] == "in_progress"
    fakes.release()
    assert api.finished(job_id)["status"] == "completed"
    sweeper.sweep()
    assert len(fakes.ledger) == 1


def test_what_waits_is_drawn_once_and_in_time(
    api: Api, server: Provider, fakes: FakeProviders, request: pytest.FixtureRequest, jump: Jump
) -> None:
    job = make_job(make_model(server))
    jump()
    sweeper.sweep()
    request.getfixturevalue("workers")
    assert api.finished(str(job.pk))["status"] == "completed"
    assert len(fakes.ledger) == 1


def test_a_call_begun_after_the_jump_has_the_time_that_its_job_has_left(
    server: Provider, jump: Jump
) -> None:
    job = make_job(make_model(server), deadline=100)
    jump()
    claim = Result.objects.claim(only_result(job).pk, "somebody")
    assert claim is not None
    assert 50 < claim.seconds_left < 101


def test_a_job_ends_when_its_time_is_over_and_not_before(server: Provider, jump: Jump) -> None:
    model = make_model(server)
    over, not_over = make_job(model, deadline=-1), make_job(model, deadline=100)
    jump()
    sweeper.sweep()
    assert only_result(over).error_code == "DEADLINE_EXCEEDED"
    assert only_result(not_over).state == "pending"


def test_a_bell_that_rang_is_not_rung_again_by_a_jump(server: Provider, jump: Jump) -> None:
    pk = only_result(make_job(make_model(server))).pk
    assert Result.objects.all().take_bells(older_than=30, most=1) == [pk]
    jump()
    assert Result.objects.all().take_bells(older_than=30, most=1) == []


def test_a_pause_that_a_provider_asked_for_is_kept(
    api: Api, server: Provider, fakes: FakeProviders, workers: Workers, jump: Jump
) -> None:
    make_model(server)
    fakes.plan(behaviours.rate_limited(60), times=1)
    first = api.generate("is asked to wait")
    until(lambda: Result.objects.get(job_id=UUID(first)).not_before, bool)
    jump()
    second = api.generate("waits as well")
    until(lambda: Result.objects.get(job_id=UUID(second)).not_before, bool)
    sweeper.sweep()
    for result in Result.objects.all():
        assert result.state == "pending"
        assert result.not_before is not None
        assert 0 < (result.not_before - clock.now()).total_seconds() < 120
    assert len(fakes.ledger) == 1


def test_a_model_that_rests_rests_on(server: Provider, jump: Jump) -> None:
    model = make_model(server)
    for _ in range(pressure.PATIENCE):
        pressure.failed(model.pk)
    jump()
    model.refresh_from_db()
    rest = pressure.resting_until(model)
    assert rest is not None
    assert 0 < (rest[0] - clock.now()).total_seconds() < 31


def test_an_order_repeated_within_a_day_is_still_the_same_job(
    api: Api, server: Provider, jump: Jump
) -> None:
    make_model(server)
    headers = {"Idempotency-Key": "k-1"}
    first = api.post("/generate", {"prompt": "a red fox"}, **headers).json()
    almost_a_day_ago = timezone.now() - timedelta(hours=23, minutes=59)
    IdempotencyKey.objects.update(created_at=almost_a_day_ago)
    jump()
    assert api.post("/generate", {"prompt": "a red fox"}, **headers).json() == first
    assert Job.objects.count() == 1
