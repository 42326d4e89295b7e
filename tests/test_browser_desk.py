"""An operator at the desk, in a real Chromium, against a real server."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.chromium import CHROMIUM
from tests.fakes import FakeProviders, behaviours
from tests.served import Served
from tests.test_browser_jobs import operate
from tests.test_serve import model_variables

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="needs Chromium: install the package chromium"),
]


@pytest.fixture(scope="module")
def providers() -> Iterator[FakeProviders]:
    with FakeProviders() as running:
        yield running


@pytest.fixture(scope="module")
def served(providers: FakeProviders, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    env = model_variables(providers, "one", "two")
    with Served(tmp_path_factory.mktemp("served"), **env) as running:
        yield running


@pytest.fixture
def desk(served: Served, page: Page) -> Page:
    log_in(served, page)
    return page


def log_in(served: Served, page: Page) -> None:
    found = re.search(r"password (\S+)", served.output)
    assert found
    page.goto(f"{served.root}/admin/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(found[1])
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()


def half_failed(served: Served, fakes: FakeProviders, prompt: str) -> str:
    fakes.plan(behaviours.server_error(500), model="two", times=1)
    job_id = served.generate(prompt)
    assert served.finished(job_id)["status"] == "partial"
    return job_id


def open_job(served: Served, desk: Page, job_id: str) -> None:
    desk.goto(f"{served.root}/admin/generation/job/{job_id}/change/")


class TestAJob:
    def test_has_its_failed_picture_drawn_anew(
        self, served: Served, providers: FakeProviders, desk: Page
    ) -> None:
        job_id = half_failed(served, providers, "a second chance")
        open_job(served, desk, job_id)
        desk.get_by_role("button", name="Retry", exact=True).click()
        expect(desk.get_by_text("1 picture is drawn anew")).to_be_visible()
        assert served.finished(job_id)["status"] == "completed"
        desk.reload()
        expect(desk.get_by_role("button", name="Retry", exact=True)).to_have_count(0)
        expect(desk.get_by_role("button", name="Retry what failed")).to_have_count(0)
        assert len(providers.ledger_for(model="two")) == 2

    def test_runs_again_with_another_model_and_is_deleted_after_a_question(
        self, served: Served, providers: FakeProviders, desk: Page
    ) -> None:
        job_id = half_failed(served, providers, "once with two, then with one")
        open_job(served, desk, job_id)
        desk.get_by_role("button", name="Run again with…").click()
        desk.get_by_label("Model one").check()
        desk.get_by_role("button", name="Run again").click()
        expect(desk.get_by_text("1 job runs again")).to_be_visible()
        again = desk.url.rstrip("/").split("/")[-2]
        assert again != job_id
        assert [r["slug"] for r in served.finished(again)["results"]] == ["model-one"]
        desk.get_by_role("link", name="Delete").click()
        assert served.get(f"/status/{again}").status_code == 200
        desk.get_by_role("button", name=re.compile("^Yes")).click()
        expect(desk.get_by_text("was deleted successfully")).to_be_visible()
        assert served.get(f"/status/{again}").status_code == 404

    def test_is_cancelled_in_the_list_while_it_waits(
        self, served: Served, providers: FakeProviders, desk: Page
    ) -> None:
        operate(served, "UPDATE providers_provider SET concurrency = 1")
        providers.hold()
        job_id = served.generate("one draws, one waits")
        providers.wait_until_in_flight(1)
        desk.goto(f"{served.root}/admin/generation/job/")
        desk.get_by_role("row", name="one draws, one waits").get_by_role("checkbox").check()
        desk.get_by_label("Action:").select_option("Cancel what waits")
        desk.get_by_role("button", name="Run").or_(desk.get_by_role("button", name="Go")).click()
        expect(desk.get_by_text("1 result was cancelled")).to_be_visible()
        providers.release()
        told = served.finished(job_id)["results"]
        assert sorted(result.get("errorCode", "") for result in told) == ["", "CANCELLED"]


@pytest.mark.parametrize(
    "listed",
    [
        "providers/imagemodel",
        "providers/provider",
        "generation/job",
        "generation/result",
        "generation/attempt",
    ],
)
def test_a_list_fits_a_wide_screen(
    served: Served, providers: FakeProviders, desk: Page, listed: str
) -> None:
    half_failed(served, providers, "a heron on a stack of books in a flooded library at dawn")
    served.finished(served.generate("oneword" * 40))
    desk.set_viewport_size({"width": 1440, "height": 900})
    desk.goto(f"{served.root}/admin/{listed}/")
    results = desk.locator("#changelist .results")
    assert results.evaluate("list => list.scrollWidth - list.clientWidth") == 0


@pytest.mark.parametrize(
    "form", ["password_change", "providers/provider/add", "providers/imagemodel/add"]
)
def test_a_form_fits_a_phone(served: Served, desk: Page, form: str) -> None:
    desk.set_viewport_size({"width": 360, "height": 740})
    desk.goto(f"{served.root}/admin/{form}/")
    rows = desk.locator("#content-main .form-row")
    expect(rows.first).to_be_visible()
    assert all(row.evaluate("row => row.scrollWidth <= row.clientWidth") for row in rows.all())


def test_the_calendar_can_be_read_in_the_dark(served: Served, desk: Page) -> None:
    desk.emulate_media(color_scheme="dark", reduced_motion="reduce")
    desk.goto(f"{served.root}/admin/providers/provider/add/")
    desk.get_by_role("link", name="Choose a Date").click()
    expect(desk.locator(".calendarbox")).to_be_visible()
    found = Axe().run(desk, ".calendarbox", {"runOnly": ["color-contrast"]})
    assert found.violations_count == 0, found.generate_report()


def test_a_newcomer_comes_from_demo_models_to_a_first_real_picture(
    tmp_path: Path, providers: FakeProviders, page: Page
) -> None:
    with Served(tmp_path, ALLOWED_PRIVATE_HOSTS="127.0.0.1") as fresh:
        log_in(fresh, page)
        page.get_by_role("link", name="Add an account and its key").click()
        page.get_by_label("Name:").fill("My server")
        page.get_by_label("Kind:").select_option("openai-compatible")
        page.locator("[name=new_key]").fill(providers.key("openai-compatible"))
        page.get_by_label("Base URL:").fill(providers.base_url("openai-compatible"))
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_label("Provider:")).to_have_value(re.compile("-"))
        page.get_by_label("Model id:").fill("first")
        page.get_by_label("Price per picture:").fill("0.04")
        page.get_by_role("button", name="Save", exact=True).click()
        page.get_by_role("button", name="Send the test").click()
        expect(page.get_by_text("It draws:")).to_contain_text("$0.04")
        page.goto(fresh.root)
        expect(page.get_by_text("Demo models are drawing")).to_have_count(0)
        assert [model["name"] for model in fresh.get("/models").json()["models"]] == ["first"]
