"""Money of real calls: pictures drawn by workers, enhancements, an operator's tests, the desk."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from generation.models import Attempt, Job, Result, SpendingLimits, SpendWindow
from generation.models.money import MOST, credible
from pixelprompt.broker import Workers
from providers.models import ChatModel, ImageModel, Provider
from tests.fakes import FakeProviders, behaviours
from tests.generation.books import balanced, limit
from tests.support import Api, make_model

PRICE = 40_000


@pytest.fixture
def xai(fakes: FakeProviders, db: None) -> Provider:
    """A server that says what each picture cost: 20,000."""
    made = Provider(
        name="xAI",
        kind="openai-compatible",
        base_url=fakes.base_url("openai-compatible", "xai"),
        options={"flavour": "xai"},
    )
    made.key = fakes.key("openai-compatible", "xai")
    made.save()
    return made


@pytest.mark.django_db(transaction=True)
class TestPictures:
    @pytest.mark.parametrize(
        ("behaviour", "spent"),
        [
            (behaviours.ok(), PRICE),
            (behaviours.moderated(), 0),
            (behaviours.bad_key(), 0),
            (behaviours.server_error(500), PRICE),
            (behaviours.reset_before_answer(), PRICE),
            (behaviours.junk_image(), PRICE),
        ],
    )
    def test_what_a_call_counts_for(
        self,
        api: Api,
        server: Provider,
        fakes: FakeProviders,
        workers: Workers,
        behaviour: behaviours.Behaviour,
        spent: int,
    ) -> None:
        make_model(server, "model-1", price_micros=PRICE)
        fakes.plan(behaviour)
        api.finished(api.generate("count it"))
        assert balanced() == (0, spent)

    def test_a_second_try_is_paid_once(
        self, api: Api, server: Provider, fakes: FakeProviders, workers: Workers
    ) -> None:
        limit(daily_cap_micros=PRICE)
        make_model(server, "model-1", price_micros=PRICE)
        fakes.plan(behaviours.server_error(503), times=1)
        assert api.finished(api.generate("again"))["status"] == "completed"
        assert balanced() == (0, PRICE)

    def test_what_the_provider_says_it_cost_counts(
        self, api: Api, xai: Provider, workers: Workers
    ) -> None:
        make_model(xai, "grok-imagine-image", price_micros=PRICE)
        assert api.finished(api.generate("cheaper"))["status"] == "completed"
        assert balanced() == (0, 20_000)

    def test_a_dearer_picture_switches_its_model_off(
        self, api: Api, xai: Provider, workers: Workers
    ) -> None:
        make_model(xai, "grok-imagine-image", price_micros=19_999)
        told = api.finished(api.generate("dearer"))
        assert told["status"] == "completed"
        assert balanced() == (0, 20_000)
        assert not ImageModel.objects.get().enabled

    def test_an_unreadable_picture_counts_at_what_it_cost(
        self, api: Api, xai: Provider, fakes: FakeProviders, workers: Workers
    ) -> None:
        make_model(xai, "grok-imagine-image", price_micros=PRICE)
        fakes.plan(behaviours.junk_image())
        api.finished(api.generate("junk"))
        assert Attempt.objects.get().cost_micros == 20_000
        assert balanced() == (0, 20_000)

    @pytest.mark.usefixtures("each_storage")
    def test_results_that_wait_when_paid_calls_are_stopped_are_not_drawn(
        self, api: Api, server: Provider, fakes: FakeProviders, request: pytest.FixtureRequest
    ) -> None:
        make_model(server, "model-1", price_micros=PRICE)
        job_id = api.generate("too late")
        limit(stopped=True)
        request.getfixturevalue("workers")
        told = api.finished(job_id)
        assert told["results"][0]["errorCode"] == "BUDGET_EXHAUSTED"
        assert not fakes.ledger
        assert balanced() == (0, 0)


@pytest.mark.parametrize(
    ("told", "believed"), [(None, None), (0, 0), (7, 7), (-1, None), (MOST + 1, None)]
)
def test_a_cost_that_cannot_be_true_is_not_believed(told: int | None, believed: int | None) -> None:
    assert credible(told) == believed


@pytest.mark.django_db
class TestEnhancements:
    @pytest.fixture
    def writer(self, server: Provider) -> ChatModel:
        return ChatModel.objects.create(provider=server, model_id="writer")

    def enhance(self, api: Api) -> dict[str, Any]:
        answer = api.post("/enhance", {"prompt": "cat"})
        assert answer.status_code == 200
        told: dict[str, Any] = answer.json()
        return told

    def test_one_counts_at_its_assumed_price(
        self, api: Api, writer: ChatModel, fakes: FakeProviders
    ) -> None:
        fakes.plan(behaviours.says('{"short": "A cat.", "long": "A cat sits."}'), stage="text")
        assert "fallback" not in self.enhance(api)
        assert balanced() == (0, 2000)
        assert Attempt.objects.get().cost_micros is None

    def test_one_that_was_refused_costs_nothing(
        self, api: Api, writer: ChatModel, fakes: FakeProviders
    ) -> None:
        fakes.plan(behaviours.bad_key(), stage="text")
        assert self.enhance(api)["fallback"] is True
        assert balanced() == (0, 0)

    @pytest.mark.parametrize("how", [{"daily_cap_micros": 1999}, {"stopped": True}])
    def test_without_money_the_built_in_enhancer_writes(
        self, api: Api, writer: ChatModel, fakes: FakeProviders, how: dict[str, Any]
    ) -> None:
        limit(**how)
        assert self.enhance(api)["fallback"] is True
        assert not fakes.ledger
        assert not Attempt.objects.exists()


@pytest.fixture
def desk(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_superuser("operator"))
    return client


class TestAnOperatorsTests:
    def post(self, desk: Client, model: ImageModel) -> str:
        address = reverse("admin:providers_imagemodel_test", args=[model.pk])
        return desk.post(address).content.decode()

    def test_one_counts_at_what_it_cost(self, desk: Client, xai: Provider) -> None:
        model = make_model(xai, "grok-imagine-image", price_micros=PRICE)
        assert "$0.02" in self.post(desk, model)
        assert balanced() == (0, 20_000)

    def test_one_that_is_refused_costs_nothing(
        self, desk: Client, server: Provider, fakes: FakeProviders
    ) -> None:
        fakes.plan(behaviours.bad_key())
        self.post(desk, make_model(server, "model-1", price_micros=PRICE))
        assert balanced() == (0, 0)

    @pytest.mark.parametrize(
        ("price", "limits", "words"),
        [
            (PRICE, {"stopped": True}, "stopped all paid calls"),
            (PRICE, {"monthly_cap_micros": PRICE - 1}, "this month&#x27;s budget"),
            (None, {"monthly_cap_micros": PRICE}, "price of this model is unknown"),
        ],
    )
    def test_without_money_there_is_no_call(
        self,
        desk: Client,
        server: Provider,
        fakes: FakeProviders,
        price: int | None,
        limits: dict[str, Any],
        words: str,
    ) -> None:
        limit(**limits)
        assert words in self.post(desk, make_model(server, "model-1", price_micros=price))
        assert not fakes.ledger
        assert not Attempt.objects.exists()
        assert balanced() == (0, 0)


class TestTheDesk:
    @pytest.fixture
    def job(self, api: Api, server: Provider) -> Job:
        limit(daily_cap_micros=3 * PRICE)
        make_model(server, "model-1", price_micros=PRICE, monthly_cap_micros=2 * PRICE)
        return Job.objects.get(pk=api.generate("on the books"))

    def page(self, desk: Client, name: str, query: str = "") -> str:
        answer = desk.get(reverse(f"admin:{name}") + query)
        assert answer.status_code == 200
        return answer.content.decode()

    def test_spending_is_shown_in_total_and_by_model(self, desk: Client, job: Job) -> None:
        pk = job.results.get().pk
        assert Result.objects.claim(pk, "somebody")
        shown = self.page(desk, "generation_spendwindow_changelist", "?when=now")
        assert "all models" in shown
        assert "model-1" in shown
        assert shown.count(">$0.04<") == 5  # spent in four windows, and left for the model
        assert "$0.08" in shown  # left of the day
        assert "$0.12" in shown  # the day's cap
        assert "$0.04" in self.page(desk, "providers_imagemodel_changelist")
        query = "?provider_model=model-1&purpose=picture"
        assert "model-1" in self.page(desk, "generation_attempt_changelist", query)

    def test_limits_are_one_row_that_is_changed(self, desk: Client, job: Job) -> None:
        listed = desk.get(reverse("admin:generation_spendinglimits_changelist"))
        address = reverse("admin:generation_spendinglimits_change", args=[1])
        assert listed["Location"] == address
        assert "$0.04 reserved" in desk.get(address).content.decode()
        fields = {"daily_cap_micros": "", "monthly_cap_micros": "5", "stopped": "on"}
        assert desk.post(address, fields | {"enhancement_micros": "0.00001"}).status_code == 302
        limits = SpendingLimits.objects.current()
        assert (limits.stopped, limits.daily_cap_micros) == (True, None)
        assert (limits.monthly_cap_micros, limits.enhancement_micros) == (5_000_000, 10)
        assert desk.get(reverse("admin:generation_spendinglimits_add")).status_code == 403
        delete = reverse("admin:generation_spendinglimits_delete", args=[1])
        assert desk.get(delete).status_code == 403

    def test_the_books_are_for_reading(self, desk: Client, job: Job) -> None:
        window = SpendWindow.objects.all()[0]
        assert desk.get(reverse("admin:generation_spendwindow_add")).status_code == 403
        for name in ("spendwindow", "attempt"):
            pk = window.pk if name == "spendwindow" else claimed(job).pk
            delete = reverse(f"admin:generation_{name}_delete", args=[pk])
            assert desk.post(delete, {"post": "yes"}).status_code == 403

    def test_a_corrected_price_takes_the_warning_away(self, desk: Client, job: Job) -> None:
        ImageModel.objects.update(note="Switched off: too dear.", enabled=False)
        model = ImageModel.objects.get()
        fields = {
            "provider": str(model.provider_id), "model_id": model.model_id, "name": model.name,
            "slug": model.slug, "position": "1", "enabled": "on", "price_micros": "0.05",
            "timeout": "60", "options": "{}", "daily_cap_micros": "7",
        }  # fmt: skip
        change = reverse("admin:providers_imagemodel_change", args=[model.pk])
        assert desk.post(change, fields).status_code == 302
        model.refresh_from_db()
        assert (model.note, model.price_micros, model.daily_cap_micros) == ("", 50_000, 7_000_000)


def claimed(job: Job) -> Attempt:
    claim = Result.objects.claim(job.results.get().pk, "somebody")
    assert claim is not None
    return claim.attempt
