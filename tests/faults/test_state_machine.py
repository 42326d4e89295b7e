"""Workers, some of them with stale claims, and sweepers in any order, against a simple model."""

from collections.abc import Iterator
from uuid import UUID

import dramatiq
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
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
from providers import statements
from providers.models import Provider
from tests.faults.mutants import MUTANTS
from tests.faults.scale import scaled
from tests.support import make_job, make_model

PICTURE = CheckedPicture(b"bytes", "image/png", "png", 4, 4, cut=0)
PAST = "2020-01-01T00:00:00Z"
OVER = ("completed", "error")


class Transitions(RuleBasedStateMachine):
    """One result after another of a model that costs. What is kept of the last one: a state, an
    epoch, and what is known of the last call."""

    claims: Bundle[Claim] = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        account = Provider.objects.create(name="Costly", kind="openai-compatible")
        self.model = make_model(account)
        self.called: set[tuple[UUID, int]] = set()
        self.begin()

    def begin(self) -> None:
        """The next result. Claims of those before it stay, and hold nothing."""
        self.job = make_job(self.model)
        self.pk = self.job.results.get().pk
        self.state, self.epoch, self.overdue = "pending", 0, False
        self.task = self.received = self.stored = False
        self.bought = 0
        self.version = 0

    def teardown(self) -> None:
        dramatiq.get_broker().flush_all()
        transaction.savepoint_rollback(self.savepoint)

    def holds(self, claim: Claim) -> bool:
        last = (claim.result.pk, claim.result.epoch) == (self.pk, self.epoch)
        return last and self.state == "in_progress"

    @rule(target=claims, worker=st.integers(1, 3))
    def claim(self, worker: int) -> Claim | MultipleResults[Claim]:
        claim = Result.objects.claim(self.pk, f"worker {worker}")
        assert (claim is not None) == (self.state == "pending" and not self.overdue)
        if claim is None:
            if self.state in OVER:
                self.begin()
            return multiple()
        self.state, self.epoch = "in_progress", self.epoch + 1
        assert bool(claim.attempt.task) == self.task
        self.received = self.stored = False
        return claim

    @rule(claim=claims, answer=st.sampled_from(["picture", "task", "refused"]))
    def call(self, claim: Claim, answer: str) -> None:
        """A worker calls once a claim, however late it is; a known task is polled instead."""
        if self.answered(claim):
            return
        self.called.add((claim.result.pk, claim.result.epoch))
        held = self.holds(claim)
        if answer == "refused":
            uncharged = {"state": Attempt.State.RELEASED, "finished_at": None}
            assert claim.release(wait=0, tries=0, facts=uncharged) == held
            self.state = "pending" if held else self.state
            return
        self.bought += claim.result.pk == self.pk
        if answer == "task":
            assert claim.task_known("task-1") == held
            self.task = self.task or held

    @rule(target=claims, claim=claims)
    def refused_and_claimed_by_another(self, claim: Claim) -> Claim | MultipleResults[Claim]:
        """Chance comes here too seldom by single steps; who lost the claim goes on at once."""
        if self.holds(claim):
            self.call(claim, "refused")
        taken = self.claim(4)
        if isinstance(taken, Claim):
            assert not claim.task_known("late")
            assert not claim.complete()
        return taken

    def answered(self, claim: Claim) -> bool:
        return (claim.result.pk, claim.result.epoch) in self.called or bool(claim.attempt.task)

    @rule(claim=claims)
    def receive(self, claim: Claim) -> None:
        if self.answered(claim):
            held = self.holds(claim)
            result = claim.result
            stored = place(PICTURE, result.job_id, result.pk, result.epoch)
            assert claim.received(stored, {}) == held
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


@pytest.fixture
def fresh_statements() -> Iterator[None]:
    statements.forget_all()
    yield
    statements.forget_all()


@pytest.mark.django_db
@pytest.mark.usefixtures("fresh_statements")
@pytest.mark.parametrize("name", MUTANTS)
def test_what_keeps_the_promises_cannot_be_missing_unseen(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    MUTANTS[name](monkeypatch.setattr)
    until_found = settings(
        max_examples=500,
        stateful_step_count=20,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    with pytest.raises((AssertionError, ExceptionGroup)):
        run_state_machine_as_test(Transitions, settings=until_found)
