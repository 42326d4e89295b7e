"""Workers, some of them with stale claims, and sweepers in any order, against a simple model."""

import dramatiq
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from generation import sweeper
from generation.models import Attempt, Job, Picture, Result
from generation.models.claim import Claim
from generation.pictures import CheckedPicture, place, store
from providers.models import Provider
from tests.faults.scale import scaled
from tests.support import make_job, make_model

PICTURE = CheckedPicture(b"bytes", "image/png", "png", 4, 4, cut=0)
PAST = "2020-01-01T00:00:00Z"
OVER = ("completed", "error")


class Transitions(RuleBasedStateMachine):
    """One result of a model that costs. The model is: a state, an epoch, and what is known of
    the last call."""

    claims: Bundle[Claim] = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        account = Provider.objects.create(name="Costly", kind="openai-compatible")
        self.job = make_job(make_model(account))
        self.pk = self.job.results.get().pk
        self.state, self.epoch, self.overdue = "pending", 0, False
        self.task = self.received = self.stored = False
        self.bought = 0
        self.called: set[int] = set()
        self.version = 0

    def teardown(self) -> None:
        dramatiq.get_broker().flush_all()
        transaction.savepoint_rollback(self.savepoint)

    def holds(self, claim: Claim) -> bool:
        return self.state == "in_progress" and claim.result.epoch == self.epoch

    @rule(target=claims, worker=st.integers(1, 3))
    def claim(self, worker: int) -> Claim | MultipleResults[Claim]:
        claim = Result.objects.claim(self.pk, f"worker {worker}")
        assert (claim is not None) == (self.state == "pending" and not self.overdue)
        if claim is None:
            return multiple()
        self.state, self.epoch = "in_progress", self.epoch + 1
        assert bool(claim.attempt.task) == self.task
        if not self.task:
            self.received = self.stored = False
        return claim

    @rule(claim=claims, answer=st.sampled_from(["picture", "task", "refused"]))
    def call(self, claim: Claim, answer: str) -> None:
        """A worker calls once a claim, however late it is; a known task is polled instead."""
        if claim.result.epoch in self.called or claim.attempt.task:
            return
        self.called.add(claim.result.epoch)
        held = self.holds(claim)
        if answer == "refused":
            uncharged = {"state": Attempt.State.RELEASED, "finished_at": None}
            assert claim.release(wait=0, tries=0, facts=uncharged) == held
            self.state = "pending" if held else self.state
            return
        self.bought += 1
        if answer == "task":
            assert claim.task_known("task-1") == held
            self.task = self.task or held

    def answered(self, claim: Claim) -> bool:
        return claim.result.epoch in self.called or bool(claim.attempt.task)

    @rule(claim=claims)
    def receive(self, claim: Claim) -> None:
        if self.answered(claim):
            held = self.holds(claim)
            result = claim.result
            assert claim.received(place(PICTURE, self.job.pk, self.pk, result.epoch), {}) == held
            if held:
                self.received, self.stored = True, False

    @rule(claim=claims)
    def store(self, claim: Claim) -> None:
        if self.holds(claim) and self.received:
            store(place(PICTURE, self.job.pk, self.pk, self.epoch).key, PICTURE.content)
            self.stored = Attempt.objects.filter(pk=claim.attempt.pk, state="received").exists()

    @rule(claim=claims)
    def complete(self, claim: Claim) -> None:
        """A worker completes what it stored; one that lost its claim tries all the same."""
        held = self.holds(claim)
        if held and not self.stored:
            return
        assert claim.complete() == (held and not self.overdue)
        if held and not self.overdue:
            self.state = "completed"

    @rule(claim=claims)
    def fail(self, claim: Claim) -> None:
        held = self.holds(claim)
        facts = {"state": Attempt.State.FAILED}
        assert claim.fail("NETWORK", "no", retryable=True, facts=facts) == held
        self.state = "error" if held else self.state

    @rule(worker=st.integers(1, 3))
    def renew(self, worker: int) -> None:
        row = Result.objects.get(pk=self.pk)
        mine = self.state == "in_progress" and row.lease_owner == f"worker {worker}"
        claim = Claim(row, Attempt())
        assert Result.objects.renew([claim], f"worker {worker}") == mine

    @rule()
    def recover(self) -> None:
        """The lease runs out, and two sweepers see it."""
        if connection.vendor != "sqlite":
            Result.objects.filter(pk=self.pk, state="in_progress").update(lease_expires_at=PAST)
        seen = [list(Result.objects.filter(pk=self.pk).abandoned("somebody")) for _ in range(2)]
        assert bool(seen[0]) == (self.state == "in_progress")
        for row in (row for rows in seen for row in rows):
            sweeper.recover(row)
        if self.state == "in_progress":
            self.state = self.after_recovery()

    def after_recovery(self) -> str:
        if self.received and self.stored:
            return "in_progress" if self.overdue else "completed"
        return "pending" if self.task else "error"

    @rule()
    def time_runs_out(self) -> None:
        self.overdue = True
        Result.objects.filter(pk=self.pk).update(deadline_at=PAST)

    @rule()
    def expire(self) -> None:
        ends = self.overdue and self.state not in OVER
        assert Result.objects.filter(pk=self.pk).expire() == ends
        self.state = "error" if ends else self.state

    @invariant()
    def the_row_is_as_the_model_says(self) -> None:
        row = Result.objects.get(pk=self.pk)
        assert (row.state, row.epoch) == (self.state, self.epoch)
        assert (row.finished_at is not None) == (self.state in OVER)

    @invariant()
    def nothing_is_bought_twice(self) -> None:
        assert self.bought <= 1

    @invariant()
    def a_picture_belongs_to_a_completed_row(self) -> None:
        job = Job.objects.get(pk=self.job.pk)
        done = self.state == "completed"
        assert Picture.objects.filter(result=self.pk).count() == done == job.image_count
        assert job.version >= self.version
        self.version = job.version


@pytest.fixture
def bounded() -> settings:
    return settings(
        max_examples=scaled(25, 1000),
        stateful_step_count=scaled(20, 40),
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.django_db
def test_every_order_of_events_keeps_the_row_the_model_and_the_money_together(
    bounded: settings,
) -> None:
    run_state_machine_as_test(Transitions, settings=bounded)
