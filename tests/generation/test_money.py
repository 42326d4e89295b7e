"""Money: what is reserved, what is spent, and what is refused, exact whatever happens."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from generation import changes, submission, sweeper
from generation.deletion import delete_jobs
from generation.gates import budget
from generation.gates.budget import BudgetExhausted
from generation.models import Attempt, Job, Result, SpendWindow
from generation.models.claim import Claim
from generation.pictures import StoredPicture
from generation.submission import Order
from providers.models import ImageModel, Provider
from tests.generation.books import balanced, limit
from tests.support import Api, make_model

pytestmark = pytest.mark.django_db

PRICE = 40_000
PAST = "2020-01-01T00:00:00Z"


@pytest.fixture
def model(server: Provider) -> ImageModel:
    return make_model(server, "model-1", price_micros=PRICE)


def order(prompt: str = "a red fox", *slugs: str) -> Job:
    return submission.submit(Order(prompt, slugs=slugs or None), client=None)


def claim(job: Job, index: int = 1) -> Claim:
    pk = Result.objects.get(job=job, index=index).pk
    taken = Result.objects.claim(pk, "somebody")
    assert taken is not None
    return taken


def received(held: Claim, cost: int | None = None) -> bool:
    key = f"{held.result.job_id}/{held.result.pk}/{held.result.epoch}-{'0' * 64}.png"
    stored = StoredPicture(key, "0" * 64, "image/png", 4, 4, 5)
    return held.received(stored, {"cost_micros": cost})


def fail(held: Claim, state: Attempt.State) -> bool:
    return held.fail("NETWORK", "It failed.", retryable=True, facts={"state": state})


def overdue() -> None:
    Result.objects.active().update(deadline_at=PAST)


class TestACallsLife:
    def test_waiting_reserves_the_price_and_drawing_spends_it(self, model: ImageModel) -> None:
        job = order()
        assert balanced() == (PRICE, 0)
        held = claim(job)
        assert balanced() == (0, PRICE)
        assert received(held)
        assert held.complete()
        assert balanced() == (0, PRICE)
        assert Attempt.objects.get().cost_micros == PRICE

    def test_the_true_price_replaces_the_expected_one(self, model: ImageModel) -> None:
        held = claim(order())
        assert received(held, cost=PRICE - 7)
        assert held.complete()
        assert balanced() == (0, PRICE - 7)

    @pytest.mark.parametrize(
        ("state", "spent"),
        [
            (Attempt.State.RELEASED, 0),
            (Attempt.State.FAILED, PRICE),
            (Attempt.State.UNKNOWN, PRICE),
        ],
    )
    def test_only_what_is_proven_uncharged_is_given_back(
        self, model: ImageModel, state: Attempt.State, spent: int
    ) -> None:
        assert fail(claim(order()), state)
        assert balanced() == (0, spent)

    def test_waiting_for_another_try_keeps_the_money_reserved(self, model: ImageModel) -> None:
        job = order()
        facts = {"state": Attempt.State.RELEASED}
        assert claim(job).release(wait=-1, tries=1, facts=facts)
        assert balanced() == (PRICE, 0)
        assert fail(claim(job), Attempt.State.UNKNOWN)
        assert balanced() == (0, PRICE)

    def test_a_task_that_is_polled_on_is_paid_once(self, model: ImageModel) -> None:
        job = order()
        held = claim(job)
        assert held.task_known("task-1")
        assert held.release(wait=-1, tries=0, facts={})
        assert balanced() == (0, PRICE)
        assert claim(job).attempt == held.attempt
        assert balanced() == (0, PRICE)

    def test_a_bought_task_of_a_waiting_result_stays_spent(self, model: ImageModel) -> None:
        job = order()
        held = claim(job)
        assert held.task_known("task-1")
        assert held.release(wait=-1, tries=0, facts={})
        assert changes.cancel(job) == 1
        assert balanced() == (0, PRICE)

    @pytest.mark.parametrize("how", ["expired", "cancelled", "deleted", "stopped"])
    def test_what_ends_unsent_costs_nothing(self, model: ImageModel, how: str) -> None:
        job = order()
        if how == "expired":
            overdue()
            assert Result.objects.all().expire() == 1
        elif how == "cancelled":
            assert changes.cancel(job) == 1
        elif how == "deleted":
            delete_jobs([job.pk])
        else:
            limit(stopped=True)
            assert Result.objects.claim(job.results.get().pk, "somebody") is None
            assert job.results.get().error_code == "BUDGET_EXHAUSTED"
        assert balanced() == (0, 0)

    def test_what_a_dead_worker_left_behind_stays_spent(self, model: ImageModel) -> None:
        claim(order())
        Result.objects.update(lease_expires_at=PAST)
        sweeper.sweep()
        assert Result.objects.get().error_code == "OUTCOME_UNKNOWN"
        assert balanced() == (0, PRICE)

    def test_it_settles_in_the_day_and_month_that_it_was_reserved_in(
        self, model: ImageModel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(budget, "today", lambda: date(2026, 1, 31))
        held = claim(order())
        monkeypatch.setattr(budget, "today", lambda: date(2026, 2, 1))
        order()
        assert received(held, cost=1000)
        assert held.complete()
        assert balanced() == (PRICE, 1000)
        january = SpendWindow.objects.get(scope="", period="month", starts=date(2026, 1, 1))
        assert (january.reserved_micros, january.spent_micros) == (0, 1000)

    def test_a_picture_that_could_not_be_read_costs_what_the_answer_said(
        self, model: ImageModel
    ) -> None:
        facts = {"state": Attempt.State.FAILED, "cost_micros": 123}
        assert claim(order()).fail("INVALID_IMAGE", "No picture.", retryable=True, facts=facts)
        assert balanced() == (0, 123)


class TestLateAnswers:
    """The row ended over a call that went on: the row stays, the money follows the truth."""

    def test_a_late_picture_is_counted_at_its_price(self, model: ImageModel) -> None:
        held = claim(order())
        overdue()
        assert Result.objects.all().expire() == 1
        assert balanced() == (0, PRICE)
        assert not received(held, cost=1000)
        assert balanced() == (0, 1000)
        assert Attempt.objects.get().state == "received"
        assert Result.objects.get().error_code == "DEADLINE_EXCEEDED"

    def test_a_late_refusal_is_given_back(self, model: ImageModel) -> None:
        held = claim(order())
        overdue()
        Result.objects.all().expire()
        assert not fail(held, Attempt.State.RELEASED)
        assert balanced() == (0, 0)

    def test_a_picture_that_could_not_be_shown_in_time_is_counted(self, model: ImageModel) -> None:
        held = claim(order())
        assert received(held, cost=1000)
        overdue()
        assert not held.complete()
        Result.objects.all().expire()
        assert balanced() == (0, 1000)

    def test_a_received_picture_is_counted_though_its_worker_died(self, model: ImageModel) -> None:
        assert received(claim(order()), cost=1000)
        overdue()
        Result.objects.all().expire()
        assert balanced() == (0, 1000)

    def test_deleting_a_job_does_not_lose_what_its_calls_cost(self, model: ImageModel) -> None:
        job = order("a word of the prompt")
        held = claim(job)
        delete_jobs([job.pk])
        assert balanced() == (0, PRICE)
        assert not received(held, cost=1000)
        assert balanced() == (0, 1000)
        assert Attempt.objects.get().prompt_sent == ""

    def test_who_lost_the_claim_changes_no_money(self, model: ImageModel) -> None:
        job = order()
        old = claim(job)
        assert old.task_known("task-1")
        assert old.release(wait=-1, tries=0, facts={})
        assert not fail(old, Attempt.State.RELEASED)
        assert claim(job).attempt == old.attempt
        assert not fail(old, Attempt.State.RELEASED)
        assert not received(old, cost=1)
        assert balanced() == (0, PRICE)

    def test_an_end_that_was_decided_is_not_decided_again(self, model: ImageModel) -> None:
        held = claim(order())
        assert fail(held, Attempt.State.UNKNOWN)
        assert not fail(held, Attempt.State.RELEASED)
        assert balanced() == (0, PRICE)


class TestCaps:
    @pytest.mark.parametrize("cap", ["daily_cap_micros", "monthly_cap_micros"])
    def test_a_cap_over_all_models_is_never_passed(self, model: ImageModel, cap: str) -> None:
        limit(**{cap: 2 * PRICE + 1})
        order()
        order()
        with pytest.raises(BudgetExhausted, match="all models"):
            order()
        assert balanced() == (2 * PRICE, 0)

    @pytest.mark.parametrize("cap", ["daily_cap_micros", "monthly_cap_micros"])
    def test_a_model_s_own_cap_is_never_passed(self, server: Provider, cap: str) -> None:
        make_model(server, "capped", price_micros=PRICE, **{cap: PRICE})
        make_model(server, "other", price_micros=PRICE)
        order()
        with pytest.raises(BudgetExhausted, match="capped"):
            order()
        order("still there", "other")
        assert balanced() == (3 * PRICE, 0)

    def test_what_is_spent_counts_as_much_as_what_is_reserved(self, model: ImageModel) -> None:
        limit(daily_cap_micros=PRICE)
        held = claim(order())
        with pytest.raises(BudgetExhausted):
            order()
        assert received(held, cost=0)
        assert held.complete()
        order()

    def test_a_new_day_has_its_own_money(
        self, model: ImageModel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        limit(daily_cap_micros=PRICE)
        order()
        tomorrow = timezone.now().date() + timedelta(days=1)
        monkeypatch.setattr(budget, "today", lambda: tomorrow)
        order()
        assert balanced() == (2 * PRICE, 0)

    def test_a_retry_passes_the_budget_too(self, model: ImageModel) -> None:
        limit(daily_cap_micros=PRICE)
        job = order()
        assert fail(claim(job), Attempt.State.UNKNOWN)
        with pytest.raises(BudgetExhausted):
            changes.retry(job.results.get(), None)
        limit(daily_cap_micros=2 * PRICE)
        changes.retry(job.results.get(), None)
        assert balanced() == (PRICE, PRICE)

    def test_what_costs_nothing_always_passes(self, aurora: ImageModel, server: Provider) -> None:
        limit(daily_cap_micros=0, stopped=True)
        order("by a demo", "aurora")
        make_model(server, "own-machine", price_micros=0)
        order("by a free server", "own-machine")
        for result in Result.objects.all():
            assert Result.objects.claim(result.pk, "somebody") is not None
        assert balanced() == (0, 0)

    def test_the_switch_stops_everything_that_is_paid(self, model: ImageModel) -> None:
        limit(stopped=True)
        with pytest.raises(BudgetExhausted, match="stopped"):
            order()
        assert not Job.objects.exists()

    def test_the_switch_leaves_a_bought_task_to_be_fetched(self, model: ImageModel) -> None:
        job = order()
        held = claim(job)
        assert held.task_known("task-1")
        assert held.release(wait=-1, tries=0, facts={})
        limit(stopped=True)
        assert claim(job).attempt.task == "task-1"


class TestUnknownPrices:
    def test_without_a_cap_they_are_drawn_and_their_cost_is_counted(self, server: Provider) -> None:
        make_model(server, "who-knows")
        held = claim(order())
        assert balanced() == (0, 0)
        assert received(held, cost=1234)
        assert held.complete()
        assert balanced() == (0, 1234)
        assert ImageModel.objects.get().enabled

    def test_under_a_cap_they_end_at_once_and_the_others_go_on(
        self, api: Api, server: Provider
    ) -> None:
        limit(monthly_cap_micros=10 * PRICE)
        make_model(server, "who-knows", position=1)
        make_model(server, "known", position=2, price_micros=PRICE)
        told = api.status(api.generate("one of two"))
        assert [result["status"] for result in told["results"]] == ["error", "pending"]
        unknown = told["results"][0]
        assert unknown["errorCode"] == "PRICE_UNKNOWN"
        assert unknown["priceMicros"] is None
        assert not unknown["retryable"]
        assert balanced() == (PRICE, 0)

    def test_an_assumed_price_stands_in(self, server: Provider) -> None:
        limit(daily_cap_micros=PRICE)
        make_model(server, "assumed", assumed_micros=PRICE)
        held = claim(order())
        assert balanced() == (0, PRICE)
        assert received(held)
        assert held.complete()
        assert balanced() == (0, PRICE)
        assert Attempt.objects.get().cost_micros is None

    def test_its_own_cap_counts_as_a_cap(self, server: Provider) -> None:
        make_model(server, "who-knows", daily_cap_micros=PRICE)
        assert order().results.get().error_code == "PRICE_UNKNOWN"


def test_a_model_that_costs_more_than_it_may_is_switched_off(
    model: ImageModel, caplog: pytest.LogCaptureFixture
) -> None:
    held = claim(order())
    assert received(held, cost=PRICE + 1)
    assert held.complete()
    assert Result.objects.get().state == "completed"
    assert balanced() == (0, PRICE + 1)
    model.refresh_from_db()
    assert not model.enabled
    assert "Switched off" in model.note
    assert "switched off" in caplog.text


class TestTheAnswer:
    def test_a_refusal_says_which_cap_and_until_when(self, api: Api, model: ImageModel) -> None:
        limit(daily_cap_micros=PRICE - 1)
        refused = api.post("/generate", {"prompt": "too dear"})
        told = refused.json()
        assert refused.status_code == 402
        assert told["error"] == told["code"] == "BUDGET_EXHAUSTED"
        midnight = datetime.now(UTC).date() + timedelta(days=1)
        assert f"{midnight} 00:00 UTC" in told["message"]
        assert "today" in told["message"]
        assert 0 < told["retryAfter"] <= 86_400
        assert refused["Retry-After"] == str(told["retryAfter"])

    def test_a_refused_job_creates_nothing(self, api: Api, server: Provider) -> None:
        make_model(server, "first", price_micros=PRICE)
        make_model(server, "second", price_micros=PRICE, monthly_cap_micros=0)
        refused = api.post("/generate", {"prompt": "no"}, **{"Idempotency-Key": "k-1"})
        assert refused.status_code == 402
        assert "second" in refused.json()["message"]
        assert not Job.objects.exists()
        assert not Result.objects.exists()
        assert not SpendWindow.objects.exists()
        ImageModel.objects.update(monthly_cap_micros=None)
        accepted = api.post("/generate", {"prompt": "no"}, **{"Idempotency-Key": "k-1"})
        assert accepted.status_code == 200

    def test_the_page_says_it_too(self, api: Api, model: ImageModel) -> None:
        limit(stopped=True)
        answer = api.client.post("/", {"prompt": "a fox", "models": [model.slug]})
        assert answer.status_code == 402
        assert "stopped all paid calls" in answer.content.decode()


@pytest.mark.parametrize(
    ("period", "starts", "ends"),
    [
        ("day", date(2026, 2, 28), datetime(2026, 3, 1, tzinfo=UTC)),
        ("day", date(2026, 12, 31), datetime(2027, 1, 1, tzinfo=UTC)),
        ("month", date(2026, 1, 1), datetime(2026, 2, 1, tzinfo=UTC)),
        ("month", date(2026, 2, 1), datetime(2026, 3, 1, tzinfo=UTC)),
        ("month", date(2026, 12, 1), datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_window_ends_when_the_next_begins(period: str, starts: date, ends: datetime) -> None:
    assert SpendWindow(period=period, starts=starts).ends == ends


def test_free_work_asks_nothing_of_the_books(
    aurora: ImageModel, django_assert_num_queries: Any
) -> None:
    funds = budget.reserve([aurora])
    assert funds[aurora.pk].ceiling == 0
    with django_assert_num_queries(0):
        budget.reserve([aurora])
