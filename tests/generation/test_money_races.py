"""Money under any order of events and any concurrency: the books always balance."""

import random
from collections import Counter
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generation import changes, submission
from generation.deletion import delete_jobs
from generation.gates import budget
from generation.gates.budget import BudgetExhausted
from generation.models import Attempt, Job, Result, SpendWindow
from generation.models.claim import Claim
from generation.pictures import StoredPicture
from generation.submission import Order
from providers.models import Provider
from tests.generation.books import balanced, limit
from tests.support import Api, at_once, make_model

PRICE = 40_000
CAP = 6 * PRICE
ORDERS = 40
PAST = "2020-01-01T00:00:00Z"
STATES = (Attempt.State.RELEASED, Attempt.State.FAILED, Attempt.State.UNKNOWN)


def submit(*slugs: str) -> bool:
    """Whether an order was accepted."""
    try:
        submission.submit(Order("a red fox", slugs=slugs or None), client=None)
    except BudgetExhausted:
        return False
    return True


def receive(claim: Claim, cost: int | None) -> bool:
    key = f"{claim.result.job_id}/{claim.result.pk}/{claim.result.epoch}-{'0' * 64}.png"
    stored = StoredPicture(key, "0" * 64, "image/png", 4, 4, 5)
    return claim.received(stored, {"cost_micros": cost})


class Story:
    """What may happen to results and to the workers that hold them, in any order."""

    def __init__(self, day: date) -> None:
        self.day = day
        self.claims: list[Claim] = []

    def submit(self, pick: int) -> None:
        slugs = (["one"], ["two"], ["one", "two"], ["free"], ["one", "two", "free"])[pick % 5]
        submit(*slugs)

    def claim(self, pick: int) -> None:
        pks = list(Result.objects.filter(state="pending").values_list("pk", flat=True))
        if pks:
            claim = Result.objects.claim(pks[pick % len(pks)], "somebody")
            self.claims += [claim] if claim else []

    def task(self, pick: int) -> None:
        if self.claims:
            self.claims[pick % len(self.claims)].task_known(f"task-{pick}")

    def receive(self, pick: int) -> None:
        if self.claims:
            claim = self.claims[pick % len(self.claims)]
            ceiling = claim.result.ceiling_micros
            assert ceiling is not None
            receive(claim, (None, 0, ceiling // 2, ceiling)[pick % 4])

    def complete(self, pick: int) -> None:
        if self.claims:
            claim = self.claims[pick % len(self.claims)]
            line = Attempt.objects.get(pk=claim.attempt.pk)
            if line.state == Attempt.State.RECEIVED:
                claim.complete()

    def fail(self, pick: int) -> None:
        if self.claims:
            claim = self.claims[pick % len(self.claims)]
            facts = {"state": STATES[pick % 3]}
            claim.fail("NETWORK", "It failed.", retryable=True, facts=facts)

    def release(self, pick: int) -> None:
        """Proven uncharged before anything came back, or a dead worker's task to poll on."""
        if self.claims:
            claim = self.claims[pick % len(self.claims)]
            line = Attempt.objects.get(pk=claim.attempt.pk)
            if line.task:
                claim.release(wait=-1, tries=0, facts={})
            elif line.state == Attempt.State.INTENDED:
                claim.release(wait=-1, tries=1, facts={"state": Attempt.State.RELEASED})

    def expire(self, pick: int) -> None:
        pks = list(Result.objects.active().values_list("pk", flat=True))
        if pks:
            one = Result.objects.filter(pk=pks[pick % len(pks)])
            one.update(deadline_at=PAST)
            if pick % 2:
                one.expire()

    def cancel(self, pick: int) -> None:
        if jobs := list(Job.objects.all()):
            changes.cancel(jobs[pick % len(jobs)])

    def delete(self, pick: int) -> None:
        if jobs := list(Job.objects.all()):
            delete_jobs([jobs[pick % len(jobs)].pk])

    def midnight(self, pick: int) -> None:
        self.day += timedelta(days=1)

    def stop(self, pick: int) -> None:
        limit(stopped=bool(pick % 2))


STEPS = [
    "submit", "claim", "claim", "claim", "task", "receive", "complete", "complete", "fail",
    "release", "expire", "cancel", "delete", "midnight", "stop",
]  # fmt: skip


@pytest.mark.django_db
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 59)), min_size=5, max_size=40))
def test_whatever_happens_the_books_balance_and_no_cap_is_passed(
    server: Provider, monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, int]]
) -> None:
    with transaction.atomic():
        make_model(server, "one", price_micros=PRICE)
        make_model(server, "two", price_micros=PRICE, monthly_cap_micros=3 * PRICE)
        make_model(server, "free", price_micros=0)
        limit(daily_cap_micros=3 * PRICE, monthly_cap_micros=CAP)
        story = Story(date(2026, 1, 30))
        monkeypatch.setattr(budget, "today", lambda: story.day)
        for name, pick in [("submit", 0), ("submit", 2), *steps]:
            getattr(story, name)(pick)
            balanced()
            no_cap_is_passed()
        Result.objects.active().update(deadline_at=PAST)
        Result.objects.all().expire()
        assert balanced()[0] == 0
        transaction.set_rollback(True)


def no_cap_is_passed() -> None:
    for window in SpendWindow.objects.all():
        cap = {"day": 3 * PRICE, "month": 3 * PRICE if window.name == "two" else CAP}
        used = window.reserved_micros + window.spent_micros
        assert used <= cap[window.period], window
        assert min(window.reserved_micros, window.spent_micros) >= 0, window


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unlimited")
class TestRaces:
    def test_a_cap_admits_exactly_what_it_pays_for(self, server: Provider) -> None:
        make_model(server, "one", price_micros=PRICE)
        limit(daily_cap_micros=7 * PRICE + 1)
        accepted = at_once(lambda _: submit(), ORDERS)
        assert accepted.count(True) == 7
        assert Job.objects.count() == Result.objects.count() == 7
        assert balanced() == (7 * PRICE, 0)

    def test_who_is_refused_by_one_model_s_cap_reserves_nothing_for_the_others(
        self, server: Provider
    ) -> None:
        make_model(server, "one", price_micros=PRICE)
        make_model(server, "two", price_micros=1, monthly_cap_micros=5)
        accepted = at_once(lambda _: submit(), ORDERS)
        assert accepted.count(True) == 5
        assert Result.objects.count() == 10
        assert balanced() == (5 * (PRICE + 1), 0)

    def test_over_http_too(self, server: Provider) -> None:
        make_model(server, "one", price_micros=PRICE)
        limit(monthly_cap_micros=3 * PRICE)

        def post(number: int) -> object:
            return Api(Client()).post("/generate", {"prompt": f"number {number}"}).status_code

        assert Counter(at_once(post, 16)) == {200: 3, 402: 13}
        assert Job.objects.count() == 3
        assert balanced() == (3 * PRICE, 0)

    def test_money_that_comes_back_is_spent_again_and_never_twice(self, server: Provider) -> None:
        """Threads order, draw, fail, cancel, end and delete at once under a cap."""
        for slug in ("one", "two", "three"):
            make_model(server, slug, price_micros=PRICE)
        limit(daily_cap_micros=8 * PRICE)
        at_once(lambda number: muddle(random.Random(number)), 12)
        reserved, spent = balanced()
        assert reserved + spent <= 8 * PRICE
        Result.objects.active().update(deadline_at=PAST)
        Result.objects.all().expire()
        assert balanced()[0] == 0


def muddle(chance: random.Random) -> None:
    """A dozen things that a client, a worker, an operator or a sweeper may do."""
    for _ in range(12):
        submit(*chance.sample(["one", "two", "three"], chance.randint(1, 3)))
        for pk in list(Result.objects.filter(state="pending").values_list("pk", flat=True))[:2]:
            work(pk, chance)
        jobs = list(Job.objects.all())
        if jobs and chance.random() < 0.3:
            changes.cancel(chance.choice(jobs))
        if chance.random() < 0.2:
            Result.objects.filter(index=chance.randint(1, 3)).update(deadline_at=PAST)
            Result.objects.all().expire()
        if jobs and chance.random() < 0.1:
            delete_jobs([chance.choice(jobs).pk])
        assert sum_over_all() <= 8 * PRICE


def work(pk: UUID, chance: random.Random) -> None:
    claim = Result.objects.claim(pk, "somebody")
    if claim is None:
        return
    if chance.random() < 0.3 and receive(claim, chance.choice([None, PRICE // 2])):
        claim.complete()
        return
    facts = {"state": chance.choice([Attempt.State.RELEASED] * 3 + [Attempt.State.UNKNOWN])}
    if facts["state"] == Attempt.State.RELEASED and chance.random() < 0.5:
        claim.release(wait=-1, tries=1, facts=facts)
    else:
        claim.fail("NETWORK", "It failed.", retryable=True, facts=facts)


def sum_over_all() -> int:
    window = SpendWindow.objects.filter(scope="", period="day").first()
    return window.reserved_micros + window.spent_micros if window else 0
