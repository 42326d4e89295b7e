"""How a result's state may change, and who may change it."""

import pytest
from django.db import connection

from generation import sweeper
from generation.execution import BOOT_ID
from generation.models import Attempt, Job, Result
from generation.models.claim import Claim
from generation.pictures import CheckedPicture, place, store
from providers.models import ImageModel, Provider
from tests.support import claimed, make_job, make_model, only_result

pytestmark = pytest.mark.django_db

PICTURE = CheckedPicture(b"bytes", "image/png", "png", 4, 4, cut=0)


def sweep() -> None:
    """A round by a process that has just started, long after every lease but its own ran out."""
    if connection.vendor != "sqlite":
        dead = Result.objects.exclude(lease_owner__in=("", BOOT_ID))
        dead.update(lease_expires_at="2020-01-01T00:00:00Z")
    sweeper.sweep(starting=True)


def received(claim: Claim) -> str:
    result = claim.result
    stored = place(PICTURE, result.job_id, result.pk, result.epoch)
    assert claim.received(stored, {})
    return stored.key


def test_a_row_is_claimed_once(aurora: ImageModel) -> None:
    job = make_job(aurora)
    pk = only_result(job).pk
    assert Result.objects.claim(pk, "one") is not None
    assert Result.objects.claim(pk, "two") is None
    assert only_result(job).lease_owner == "one"


def test_a_claim_commits_its_intent_to_call(aurora: ImageModel) -> None:
    claim = claimed(make_job(aurora))
    attempt = Attempt.objects.get()
    assert (attempt.state, attempt.epoch) == ("intended", claim.result.epoch == 1)


@pytest.mark.parametrize("change", [{"deadline": -1}, {"not_before": True}])
def test_what_is_overdue_or_not_yet_due_is_not_claimed(
    aurora: ImageModel, change: dict[str, float]
) -> None:
    job = make_job(aurora, deadline=change.get("deadline", 300))
    if "not_before" in change:
        first = claimed(job)
        assert first.release(wait=60, tries=1, facts={})
    assert Result.objects.claim(only_result(job).pk, "later") is None


def test_a_released_row_can_be_claimed_again_under_a_new_epoch(aurora: ImageModel) -> None:
    job = make_job(aurora)
    assert claimed(job).release(wait=-1, tries=1, facts={"state": Attempt.State.RELEASED})
    assert claimed(job).result.epoch == 2
    assert Attempt.objects.count() == 2


def test_a_worker_that_lost_its_claim_changes_nothing(aurora: ImageModel) -> None:
    job = make_job(aurora)
    old = claimed(job)
    assert old.release(wait=-1, tries=0, facts={})
    new = claimed(job)
    before = (Result.objects.values().get(), Job.objects.values().get())
    attempts = list(Attempt.objects.order_by("epoch").values())
    stored = place(PICTURE, job.pk, old.result.pk, old.result.epoch)
    assert not old.received(stored, {})
    assert not old.task_known("task-1")
    assert not old.complete()
    assert not old.fail("NETWORK", "lost", retryable=True, facts={})
    assert not old.release(wait=0, tries=9, facts={})
    assert (Result.objects.values().get(), Job.objects.values().get()) == before
    assert list(Attempt.objects.order_by("epoch").values()) == attempts
    assert new.fail("NETWORK", "the holder may", retryable=True, facts={})


def test_a_terminal_row_never_changes_again(aurora: ImageModel) -> None:
    job = make_job(aurora)
    claim = claimed(job)
    received(claim)
    assert claim.complete()
    assert not claim.fail("NETWORK", "too late", retryable=True, facts={})
    assert not claim.release(wait=0, tries=0, facts={})
    Result.objects.filter(job=job).update(deadline_at="2020-01-01T00:00:00Z")
    Result.objects.all().expire()
    result = only_result(job)
    assert (result.state, result.picture.width) == ("completed", 4)


def test_completing_counts_the_picture_and_moves_the_version(aurora: ImageModel) -> None:
    job = make_job(aurora)
    claim = claimed(job)
    received(claim)
    before = Job.objects.get().version
    assert claim.complete()
    job.refresh_from_db()
    assert job.image_count == 1
    assert job.version > before


def test_overdue_work_ends_with_a_reason(aurora: ImageModel) -> None:
    job = make_job(aurora, deadline=-1)
    version = job.version
    assert Result.objects.all().expire() == 1
    assert Result.objects.all().expire() == 0
    result = only_result(job)
    assert (result.state, result.error_code) == ("error", "DEADLINE_EXCEEDED")
    job.refresh_from_db()
    assert job.version == version + 1


def test_a_picture_that_comes_after_the_deadline_does_not_count(aurora: ImageModel) -> None:
    job = make_job(aurora)
    claim = claimed(job)
    received(claim)
    Result.objects.update(deadline_at="2020-01-01T00:00:00Z")
    assert not claim.complete()
    assert only_result(job).state == "in_progress"


class TestRecovery:
    """What a sweep decides about claims whose worker is gone."""

    def test_own_claims_are_left_alone(self, aurora: ImageModel) -> None:
        job = make_job(aurora)
        claimed(job, owner=BOOT_ID)
        sweep()
        assert only_result(job).state == "in_progress"

    def test_a_kind_that_costs_nothing_runs_again(self, aurora: ImageModel) -> None:
        job = make_job(aurora)
        claimed(job)
        sweep()
        assert only_result(job).state == "pending"
        assert Attempt.objects.get().state == "released"

    def test_what_may_have_been_billed_is_not_bought_again(self, server: Provider) -> None:
        job = make_job(make_model(server))
        claimed(job)
        sweep()
        result = only_result(job)
        assert (result.state, result.error_code) == ("error", "OUTCOME_UNKNOWN")
        assert Attempt.objects.get().state == "unknown"

    def test_a_stored_picture_is_adopted(self, server: Provider) -> None:
        job = make_job(make_model(server))
        store(received(claimed(job)), PICTURE.content)
        sweep()
        result = only_result(job)
        assert (result.state, result.picture.sha256) == ("completed", PICTURE.sha256)

    def test_a_picture_that_never_reached_the_storage_is_reported(self, server: Provider) -> None:
        job = make_job(make_model(server))
        received(claimed(job))
        sweep()
        assert only_result(job).error_code == "OUTCOME_UNKNOWN"

    def test_a_known_provider_task_is_polled_on(self, server: Provider) -> None:
        job = make_job(make_model(server))
        assert claimed(job).task_known("task-1")
        sweep()
        again = claimed(job)
        assert again.attempt.task == "task-1"
        assert Attempt.objects.count() == 1

    def test_sweeping_twice_changes_nothing_more(self, aurora: ImageModel) -> None:
        job = make_job(aurora)
        claimed(job)
        sweep()
        before = Result.objects.values("state", "epoch", "tries").get()
        sweeper.sweep()
        assert Result.objects.values("state", "epoch", "tries").get() == before
        assert job.results.count() == 1
