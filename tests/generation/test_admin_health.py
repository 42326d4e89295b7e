"""The lists of models and accounts: how each is doing, and what it cost."""

from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from generation.model_health import Health, account_health
from generation.models import Result, SpendWindow
from generation.models.money import today
from providers import pressure
from providers.models import ImageModel, Provider
from tests.support import make_job, make_model

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("operator"))
    return client


class Cells(HTMLParser):
    """The text of each cell of a list, by the name of its column."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.told: dict[str, str] = {}
        self.column = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("td", "th"):
            names = (dict(attrs).get("class") or "").split()
            self.column = next((name for name in names if name.startswith("field-")), "")

    def handle_data(self, data: str) -> None:
        if self.column and data.strip():
            self.told.setdefault(self.column.removeprefix("field-"), data.strip())


def cells(desk: Client, listed: str) -> dict[str, str]:
    return Cells(desk.get(reverse(f"admin:{listed}_changelist")).content.decode()).told


def drawn(model: ImageModel, seconds: float, *, state: str = "completed", code: str = "") -> None:
    job = make_job(model)
    end = timezone.now()
    job.results.update(
        state=state, error_code=code, started_at=end - timedelta(seconds=seconds), finished_at=end
    )


def spent(model: ImageModel, micros: int) -> None:
    start = today().replace(day=1)
    SpendWindow.objects.create(
        scope=str(model.pk), name=model.name, period="month", starts=start, spent_micros=micros
    )


def test_an_account_tells_health_and_spending_over_all_its_models(
    desk: Client, server: Provider
) -> None:
    one, two = make_model(server, "one"), make_model(server, "two")
    for seconds in (2, 4):
        drawn(one, seconds)
    drawn(two, 9)
    drawn(two, 1, state="error", code="PROVIDER_ERROR")
    spent(one, 40_000)
    spent(two, 1_210_000)
    told = cells(desk, "providers_provider")
    assert told["state"] == "ready"
    assert told["last_success"].endswith("ago")
    assert (told["typical_time"], told["error_rate"]) == ("4.0\N{NO-BREAK SPACE}s", "25%")
    assert (told["spent"], told["model_count"]) == ("$1.25", "2")


def test_an_account_is_not_charged_with_what_others_did(desk: Client, server: Provider) -> None:
    other = Provider.objects.create(name="Other", kind="demo")
    drawn(make_model(server, "one"), 2)
    make_model(other, "idle")
    health = account_health([server.pk, other.pk])
    assert health[other.pk] == Health()
    assert (health[server.pk].pictures, health[server.pk].failures) == (1, 0)


def test_an_account_that_cannot_draw_says_why(desk: Client) -> None:
    account = Provider.objects.create(name="Mine", kind="openai")
    assert "no image model" in cells(desk, "providers_provider")["state"]
    make_model(account, "one")
    assert "no key" in cells(desk, "providers_provider")["state"]
    account.key = "sk-a-key-of-some-length"
    account.save()
    assert cells(desk, "providers_provider")["state"] == "ready"
    pressure.pause(account.pk, 100)
    assert "asked to wait until" in cells(desk, "providers_provider")["state"]


def test_what_we_ended_ourselves_is_no_failure_of_an_account(server: Provider) -> None:
    drawn(make_model(server, "one"), 2, state="error", code="CANCELLED")
    assert Result.objects.count() == 1
    assert account_health([server.pk])[server.pk] == Health()
