"""The desk's first page and lists: how things are, what is wrong, what to do first."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from generation.models import Job, Result, SpendingLimits, SpendWindow
from generation.models.money import ALL, today
from pixelprompt import firstrun
from providers.models import ImageModel, Provider
from tests.support import make_job, make_model

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("operator"))
    return client


def first_page(desk: Client) -> str:
    answer = desk.get(reverse("admin:index"))
    assert answer.status_code == 200
    return answer.content.decode()


def spent(period: str, micros: int, reserved: int = 0) -> None:
    SpendWindow.objects.create(
        scope=ALL,
        period=period,
        starts=today() if period == "day" else today().replace(day=1),
        spent_micros=micros,
        reserved_micros=reserved,
    )


@pytest.mark.django_db(transaction=True)  # the checks look from threads of their own
class TestTheFirstPage:
    def test_shows_money_against_its_caps(self, desk: Client, server: Provider) -> None:
        make_model(server, "one", price_micros=1)
        spent("day", 850_000, 100_000)
        spent("month", 1_230_000)
        SpendingLimits.objects.create(daily_cap_micros=1_000_000)
        shown = first_page(desk)
        assert all(words in shown for words in ("$0.85", "of $1.00", "$0.10 reserved", "$1.23"))
        assert "$0.95 of the cap of $1.00 for this day are used" in shown

    def test_shows_how_each_model_is_doing(self, desk: Client, server: Provider) -> None:
        model = make_model(server, "one", name="Model one")
        job = make_job(*[model] * 4)
        now = timezone.now()
        ended = {"started_at": now - timedelta(seconds=3), "finished_at": now}
        job.results.update(state=Result.State.COMPLETED, **ended)
        job.results.filter(index=1).update(state=Result.State.ERROR, error_code="TIMEOUT")
        shown = first_page(desk)
        row = shown.partition(">Model one</a>")[2].partition("</tr>")[0]
        assert all(f">{cell}</td>" in row for cell in ("ready", "3", "25%", "3.0\xa0s", "$0"))

    def test_says_what_is_wrong_and_where_to_go(self, desk: Client, server: Provider) -> None:
        keyless = Provider.objects.create(name="OpenAI", kind="openai")
        model = make_model(keyless, "gpt-image-1", name="Old", price_micros=1)
        make_model(server, "one", price_micros=1)
        shown = first_page(desk)
        assert "Old: Its provider has no key yet" in shown
        assert "Old: Its provider has retired it" in shown
        assert reverse("admin:providers_imagemodel_change", args=[model.pk]) in shown
        Provider.objects.update(sealed_key="not sealed by us")
        assert "Nothing can be drawn until" in first_page(desk)

    def test_leads_a_newcomer_to_a_first_real_model(self, desk: Client) -> None:
        firstrun.seed()
        shown = first_page(desk)
        assert "Demo models are drawing" in shown
        assert reverse("admin:providers_provider_add") in shown
        mine = Provider(name="Mine", kind="openai-compatible", base_url="https://a.example/v1")
        mine.save()
        add_model = f"{reverse('admin:providers_imagemodel_add')}?provider={mine.pk}"
        assert add_model in first_page(desk)
        make_model(mine, "one")
        shown = first_page(desk)
        assert "Demo models are drawing" not in shown
        assert "Aurora" not in shown

    def test_costs_the_same_with_many_jobs_and_models(self, desk: Client, server: Provider) -> None:
        make_job(make_model(server, "one", price_micros=1))
        first_page(desk)
        with CaptureQueriesContext(
            connection,
        ) as few:
            first_page(desk)
        for number in range(60):
            make_job(make_model(server, f"m-{number}", price_micros=1))
        with CaptureQueriesContext(connection) as many:
            shown = first_page(desk)
        assert len(many) == len(few)
        assert "21 more are in the list" in shown
        assert Job.objects.count() == 61

    def test_is_shown_to_who_may_see_nothing_else(self, client: Client) -> None:
        client.force_login(User.objects.create_user("new", is_staff=True))
        shown = first_page(client)
        assert "Your account may look at nothing here" in shown
        assert "Stop all paid calls" not in shown


@pytest.mark.django_db(transaction=True)
class TestTheSwitch:
    def turn(self, client: Client, stopped: str) -> int:
        return int(client.post(reverse("admin:switch"), {"stopped": stopped}).status_code)

    def test_stops_and_allows_all_paid_calls_and_is_on_record(self, desk: Client) -> None:
        assert self.turn(desk, "on") == 302
        assert SpendingLimits.objects.current().stopped
        assert "All paid calls are stopped. Allow them again" in first_page(desk)
        assert self.turn(desk, "off") == 302
        assert not SpendingLimits.objects.current().stopped
        told = set(LogEntry.objects.values_list("change_message", flat=True))
        assert told == {"All paid calls are stopped.", "Paid calls are allowed again."}

    def test_is_not_for_everybody(self, client: Client) -> None:
        assert self.turn(client, "on") == 302
        looker = User.objects.create_user("looker", is_staff=True)
        looker.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
        client.force_login(looker)
        assert self.turn(client, "on") == 403
        assert not SpendingLimits.objects.current().stopped
        assert client.get(reverse("admin:switch")).status_code == 405


class TestLists:
    def test_that_are_empty_say_what_to_do_first(self, desk: Client) -> None:
        for name, words in (
            ("providers_provider", "Add one with its key"),
            ("providers_imagemodel", "Add an account first"),
            ("generation_job", "Write the first prompt"),
        ):
            assert words in self.page(desk, f"{name}_changelist")
        assert "Nothing matches" in self.page(desk, "generation_job_changelist", "?q=fox")

    def test_say_that_demo_models_rest(self, desk: Client, aurora: ImageModel) -> None:
        listed = "providers_imagemodel_changelist"
        assert "resting: a real model" not in self.page(desk, listed)
        other = Provider.objects.create(name="Mine", kind="openai-compatible", base_url="http://a")
        make_model(other, "one")
        assert self.page(desk, listed).count("resting: a real model") == 1

    def page(self, desk: Client, name: str, query: str = "") -> str:
        answer = desk.get(reverse(f"admin:{name}") + query)
        assert answer.status_code == 200
        return str(answer.content.decode())


def test_an_account_leads_to_its_first_model_and_that_to_its_test(desk: Client) -> None:
    account: dict[str, Any] = {"name": "Mine", "kind": "openai-compatible", "options": "{}"}
    account |= {"base_url": "https://api.example.org/v1"}
    answer = desk.post(reverse("admin:providers_provider_add"), account)
    mine = Provider.objects.get()
    assert answer["Location"].endswith(f"/imagemodel/add/?provider={mine.pk}")
    model = {"provider": mine.pk, "model_id": "m-1", "position": "1", "timeout": "60"}
    answer = desk.post(
        reverse("admin:providers_imagemodel_add"), model | {"options": "{}", "price_micros": "0.04"}
    )
    made = ImageModel.objects.get()
    assert made.price_micros == 40_000
    assert answer["Location"] == reverse("admin:providers_imagemodel_test", args=[made.pk])
