"""A provider that is slow, asks for a pause or keeps failing harms nobody else."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from generation import bells, sweeper
from generation.models import Job, Result
from pixelprompt.broker import Workers
from providers import clock, pressure
from providers.models import ImageModel, Provider
from tests.fakes import FakeProviders, behaviours
from tests.generation.test_sweeper import rung
from tests.support import Api, at_once, make_job, make_model, only_result, until

pytestmark = pytest.mark.django_db(transaction=True)


def second_account(fakes: FakeProviders) -> Provider:
    other = Provider(
        name="Other", kind="openai-compatible", base_url=fakes.base_url("openai-compatible")
    )
    other.key = fakes.key("openai-compatible")
    other.save()
    return other


def test_an_account_has_no_more_calls_under_way_than_it_may(
    api: Api, server: Provider, fakes: FakeProviders, workers: Workers
) -> None:
    Provider.objects.update(concurrency=3)
    for number in range(9):
        make_model(server, f"model-{number}", position=number)
    fakes.hold()
    job_id = api.generate("three at a time")
    fakes.wait_until_in_flight(3)
    fakes.release()
    told = api.finished(job_id)
    assert told["completedModels"] == 9
    assert fakes.max_concurrent == 3
    assert len(fakes.charged) == 9


def test_a_hanging_account_does_not_hold_another_up(
    api: Api, server: Provider, fakes: FakeProviders, workers: Workers
) -> None:
    Provider.objects.update(concurrency=4)
    for number in range(12):
        make_model(server, f"slow-{number}", position=number, timeout=3)
    make_model(second_account(fakes), "quick", position=99)
    fakes.plan(behaviours.hang(), prompt="slow")
    api.generate("slow", models=[f"slow-{number}" for number in range(12)])
    fakes.wait_until_in_flight(4)
    quick = api.generate("quick", models=["quick"])
    assert api.finished(quick, seconds=10)["status"] == "completed"
    assert fakes.in_flight == 4
    Result.objects.all().cancel()


def test_an_account_never_has_all_threads_of_a_process(
    server: Provider, fakes: FakeProviders, settings: Any
) -> None:
    settings.WORKER_THREADS = 4
    Provider.objects.update(concurrency=None)
    hangs, quick = make_model(server), make_model(second_account(fakes))
    pks = [only_result(make_job(model)).pk for model in (hangs, hangs, hangs, hangs, quick)]
    heard = [Result.objects.claim(pk, "this process") is not None for pk in pks]
    assert heard == [True, True, True, False, True]
    assert Result.objects.claim(pks[3], "another process") is not None


class TestTheLineAtAnAccount:
    """Rows whose bell was heard while their account was busy."""

    @pytest.fixture
    def jobs(self, server: Provider) -> list[Job]:
        Provider.objects.update(concurrency=1)
        model = make_model(server)
        rung()
        return [make_job(model) for _ in range(4)]

    def hear(self, job: Job) -> bool:
        return Result.objects.claim(only_result(job).pk, "somebody") is not None

    def line(self) -> list[UUID]:
        rows = Result.objects.filter(in_line=True).order_by("created_at")
        return list(rows.values_list("job", flat=True))

    def test_goes_on_when_a_call_ends(self, jobs: list[Job]) -> None:
        assert [self.hear(job) for job in jobs] == [True, False, False, False]
        assert self.line() == [job.pk for job in jobs[1:]]
        first = only_result(jobs[0])
        bells.ring_next(first)
        assert self.line() == [job.pk for job in jobs[2:]]
        assert rung() == [only_result(jobs[1]).pk]

    def test_goes_on_when_the_worker_of_a_call_is_gone(self, jobs: list[Job]) -> None:
        assert [self.hear(job) for job in jobs[:2]] == [True, False]
        Result.objects.filter(state="in_progress").update(lease_expires_at="2020-01-01T00:00:00Z")
        Result.objects.update(bell_at=clock.from_now(0))
        sweeper.sweep()
        assert only_result(jobs[0]).error_code == "OUTCOME_UNKNOWN"
        assert rung() == [only_result(jobs[1]).pk]

    def test_is_rung_for_by_a_sweeper_after_everything_else(self, jobs: list[Job]) -> None:
        assert [self.hear(job) for job in jobs[:3]] == [True, False, False]
        expected = [only_result(jobs[number]).pk for number in (3, 1, 2)]
        assert Result.objects.all().take_bells(older_than=30, most=9) == expected
        assert self.line() == []
        assert Result.objects.all().take_bells(older_than=30, most=9) == []

    def test_of_two_calls_that_end_at_once_each_lets_another_in(self, jobs: list[Job]) -> None:
        for job in jobs:
            self.hear(job)
        first = only_result(jobs[0])
        at_once(lambda _: bells.ring_next(first), 2)
        assert sorted(rung()) == sorted(only_result(job).pk for job in jobs[1:3])


def test_a_pause_that_a_provider_asks_for_holds_for_the_whole_account(
    server: Provider, fakes: FakeProviders, workers: Workers, api: Api
) -> None:
    make_model(server, "first", position=1)
    make_model(server, "second", position=2)
    fakes.plan(behaviours.rate_limited(30), model="first")
    job_id = api.generate("pause", models=["first"])
    until(lambda: Provider.objects.get().paused_until, bool)
    other = api.generate("waits too", models=["second"])
    until(lambda: Result.objects.get(job_id=UUID(other)).not_before, bool)
    assert api.status(other)["results"][0]["status"] == "pending"
    assert api.status(job_id)["results"][0]["status"] == "in_progress"  # it had begun
    assert not fakes.ledger_for(model="second")


def test_a_pause_longer_than_the_job_ends_at_once(
    api: Api, server: Provider, fakes: FakeProviders, workers: Workers
) -> None:
    make_model(server, "first")
    pressure.pause(server.pk, 1000)
    told = api.finished(api.generate("too long"), seconds=10)
    assert told["results"][0]["errorCode"] == "RATE_LIMITED"
    assert not fakes.ledger


def test_a_pause_only_grows(server: Provider) -> None:
    pressure.pause(server.pk, 100)
    longer = Provider.objects.get().paused_until
    pressure.pause(server.pk, 10)
    assert Provider.objects.get().paused_until == longer


def test_a_model_that_keeps_failing_rests_and_a_success_wakes_it(
    api: Api, server: Provider, fakes: FakeProviders, workers: Workers
) -> None:
    make_model(server, "bad")
    fakes.plan(behaviours.server_error(500))
    for _ in range(pressure.PATIENCE):
        api.finished(api.generate("again and again"))
    model = ImageModel.objects.get()
    assert model.failures == pressure.PATIENCE
    assert model.resting_until is not None
    job_id = api.generate("spared")
    until(lambda: Result.objects.get(job_id=UUID(job_id)).not_before, bool)
    assert len(fakes.ledger) == pressure.PATIENCE
    fakes.reset()
    ImageModel.objects.update(resting_until=None)
    Result.objects.filter(job_id=UUID(job_id)).update(not_before=None)
    told = api.finished(api.generate("well again"))
    assert told["status"] == "completed"
    until(lambda: ImageModel.objects.get().failures, lambda failures: failures == 0)


def test_a_refusal_is_no_failure_of_the_provider(
    api: Api, server: Provider, fakes: FakeProviders, workers: Workers
) -> None:
    make_model(server, "strict")
    fakes.plan(behaviours.moderated())
    api.finished(api.generate("refused"))
    assert ImageModel.objects.get().failures == 0


def test_each_further_failure_doubles_the_rest_up_to_a_bound() -> None:
    rests = [pressure.rest_after(pressure.PATIENCE + n) for n in range(40)]
    assert rests[:3] == [timedelta(seconds=30), timedelta(seconds=60), timedelta(seconds=120)]
    assert rests[-1] == pressure.LONGEST_REST


def test_above_the_queue_bound_a_job_is_refused_and_nothing_is_kept(
    api: Api, server: Provider, settings: Any
) -> None:
    settings.QUEUE_BOUND = 5
    for number in range(3):
        make_model(server, f"model-{number}")
    make_job(*ImageModel.objects.all())
    refused = api.post("/generate", {"prompt": "one too many"})
    assert refused.status_code == 503
    assert refused.json()["error"] == "SERVICE_UNAVAILABLE"
    assert refused["Retry-After"] == str(refused.json()["retryAfter"])
    assert Job.objects.count() == 1


def test_a_resting_model_puts_its_results_off(server: Provider) -> None:
    model = make_model(server, "model-1", resting_until=timezone.now() + timedelta(seconds=60))
    job = make_job(model)
    assert Result.objects.claim(only_result(job).pk, "somebody") is None
    result = only_result(job)
    assert (result.state, result.not_before) == ("pending", model.resting_until)
