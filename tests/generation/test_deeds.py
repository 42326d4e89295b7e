"""What operators do about jobs: retry, cancel, run again, delete, through every gate, on record."""

import uuid
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from generation.models import BlockedTerm, Job, Limit, Result, SpendingLimits, SpendWindow
from providers.models import ImageModel, Provider
from tests.gates.limiting import allow
from tests.support import make_job, make_model

pytestmark = pytest.mark.django_db
JOBS = "admin:generation_job_changelist"
RESULTS = "admin:generation_result_changelist"


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("operator"))
    return client


@pytest.fixture
def model(server: Provider) -> ImageModel:
    return make_model(server, "one", price_micros=40_000)


@pytest.fixture
def failed(model: ImageModel) -> Job:
    job = make_job(model)
    fail(job)
    return job


def fail(job: Job) -> None:
    job.results.update(state=Result.State.ERROR, error_code="PROVIDER_ERROR")


def do(desk: Client, action: str, *rows: Any, to: str = JOBS, **fields: Any) -> str:
    """Press a button or carry out an action in a list; returns the page that follows."""
    form = {"action": action, "_selected_action": [row.pk for row in rows]} | fields
    answer = desk.post(reverse(to), form, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def records() -> list[str]:
    return list(LogEntry.objects.order_by("action_time").values_list("change_message", flat=True))


class TestRetry:
    def test_draws_what_failed_once_more_and_is_on_record(self, desk: Client, failed: Job) -> None:
        assert "1 picture is drawn anew" in do(desk, "retry", failed)
        fresh = failed.results.get(round=1)
        assert (fresh.state, fresh.reserved_micros) == ("pending", 40_000)
        assert records() == ["Retried: one."]
        assert "Nothing here has failed" in do(desk, "retry", failed)

    def test_takes_one_result_from_the_job_s_page_and_returns_there(
        self, desk: Client, failed: Job
    ) -> None:
        page = reverse("admin:generation_job_change", args=[failed.pk])
        result = failed.results.get()
        assert str(result.pk) in desk.get(page).content.decode().partition("result-deed")[2]
        form = {"action": "retry", "_selected_action": result.pk, "job": failed.pk}
        assert desk.post(reverse(RESULTS), form)["Location"] == page
        assert failed.results.count() == 2

    def test_of_a_result_that_did_not_fail_is_refused(
        self, desk: Client, model: ImageModel
    ) -> None:
        job = make_job(model)
        shown = do(desk, "retry", job.results.get(), to=RESULTS)
        assert "Only a failed result can be retried" in shown
        assert job.results.count() == 1

    def test_says_for_each_reason_what_was_refused(
        self, desk: Client, failed: Job, server: Provider
    ) -> None:
        other = make_job(make_model(server, "off", name="Old one", enabled=False))
        fail(other)
        shown = do(desk, "retry", failed, other)
        assert "1 picture is drawn anew" in shown
        assert "Refused for 1 (Old one): Old one cannot draw now. It is switched off" in shown


class TestCancel:
    def test_ends_what_waits_and_gives_its_money_back(
        self, desk: Client, failed: Job, model: ImageModel
    ) -> None:
        do(desk, "retry", failed)
        idle = make_job(model)
        idle.results.update(state=Result.State.COMPLETED)
        assert "1 result was cancelled" in do(desk, "cancel", failed, idle)
        assert failed.results.get(round=1).error_code == "CANCELLED"
        assert set(SpendWindow.objects.values_list("reserved_micros", flat=True)) == {0}
        assert records() == ["Retried: one.", "Cancelled."]
        assert "Nothing was waiting" in do(desk, "cancel", failed)


class TestRunningAgain:
    def order(self, desk: Client, *jobs: Job, models: Any = (), **fields: Any) -> str:
        form = {"run": "1", "key": str(uuid.uuid4()), "models": models} | fields
        return do(desk, "run_again", *jobs, **form)

    def test_asks_first_and_names_the_prices(self, desk: Client, failed: Job) -> None:
        shown = do(desk, "run_again", failed)
        assert "Each picture is paid for anew" in shown
        assert "one · Local server · $0.04" in shown
        assert Job.objects.count() == 1

    def test_draws_with_the_same_models_or_with_others(
        self, desk: Client, failed: Job, server: Provider
    ) -> None:
        make_model(server, "two")
        self.order(desk, failed)
        self.order(desk, failed, models=["two"])
        slugs = [job.results.get().slug for job in Job.objects.order_by("created_at")]
        assert slugs == ["one", "one", "two"]
        assert {job.prompt for job in Job.objects.all()} == {failed.prompt}
        assert [told.partition(" as ")[0] for told in records()] == ["Run again"] * 2

    def test_a_form_that_is_sent_twice_is_one_job(self, desk: Client, failed: Job) -> None:
        for _time in range(2):
            self.order(desk, failed, key="7b0c0f6e-24a7-4b8f-8a3e-0d2f0d3b1c55")
        assert Job.objects.count() == 2

    def test_with_an_unknown_model_or_no_key_asks_again(self, desk: Client, failed: Job) -> None:
        assert "not one of the available choices" in self.order(desk, failed, models=["nobody"])
        assert "Each picture is paid for anew" in self.order(desk, failed, key="x")
        assert Job.objects.count() == 1


class TestGates:
    @pytest.fixture(params=["retry", "run_again"])
    def again(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    def ask(self, desk: Client, job: Job, again: str) -> str:
        return do(desk, again, job, run="1", key=str(uuid.uuid4()))

    def refused(self, desk: Client, job: Job, again: str, words: str) -> None:
        before = Result.objects.count()
        assert words in self.ask(desk, job, again)
        assert Result.objects.count() == before
        assert records() == []
        assert not SpendWindow.objects.exclude(reserved_micros=0).exists()

    def test_the_filter_holds(self, desk: Client, failed: Job, again: str) -> None:
        BlockedTerm.objects.create(text="red fox", category="hate")
        self.refused(desk, failed, again, "inappropriate content")

    def test_the_caps_hold(self, desk: Client, failed: Job, again: str) -> None:
        SpendingLimits.objects.create(daily_cap_micros=39_999)
        self.refused(desk, failed, again, "What is left of today&#x27;s budget")

    def test_the_switch_holds(self, desk: Client, failed: Job, again: str) -> None:
        SpendingLimits.objects.create(stopped=True)
        self.refused(desk, failed, again, "stopped all paid calls")

    def test_the_queue_bound_holds(
        self, desk: Client, failed: Job, again: str, settings: Any
    ) -> None:
        settings.QUEUE_BOUND = 0
        self.refused(desk, failed, again, "Many pictures are waiting")

    def test_a_model_without_a_key_draws_nothing(
        self, desk: Client, failed: Job, again: str
    ) -> None:
        Provider.objects.update(kind="openai", sealed_key="")
        self.refused(desk, failed, again, "has no key yet")

    def test_the_limits_of_visitors_neither_hold_nor_count(
        self, desk: Client, failed: Job, again: str
    ) -> None:
        for name in Limit.Name:
            allow(name, 0)
        self.ask(desk, failed, again)
        assert Result.objects.count() == 2


class TestDeleting:
    def test_asks_first_says_how_much_goes_and_is_on_record(
        self, desk: Client, failed: Job
    ) -> None:
        shown = do(desk, "delete_selected", failed)
        assert "Results: 1" in shown
        assert Job.objects.exists()
        do(desk, "delete_selected", failed, post="yes")
        assert not Job.objects.exists()
        assert LogEntry.objects.get().is_deletion()


class TestPermissions:
    def test_who_may_only_look_changes_nothing(self, client: Client, failed: Job) -> None:
        looker = User.objects.create_user("looker", is_staff=True)
        looker.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
        client.force_login(looker)
        page = client.get(reverse("admin:generation_job_change", args=[failed.pk]))
        assert b"deed" not in page.content
        for action in ("retry", "cancel", "run_again", "hide", "delete_selected"):
            do(client, action, failed, post="yes", run="1", key=str(uuid.uuid4()))
        do(client, "retry", failed.results.get(), to=RESULTS)
        failed.refresh_from_db()
        assert (Job.objects.count(), Result.objects.count(), failed.hidden) == (1, 1, False)
