"""The maker of a job, and somebody else, on its page in a real Chromium."""

import json
import re
import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from tests.chromium import CHROMIUM
from tests.fakes import FakeProviders, behaviours
from tests.served import Served
from tests.test_serve import model_variables

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="needs Chromium: install the package chromium"),
]

JOB = re.compile(r"/jobs/[0-9a-f-]{36}$")
OWNED = "[data-owned]:visible, [data-cancel]:visible, [data-retry]:visible"
REFUSED = "Failed to load resource"  # Chromium logs every answer from 400 on


AS_AT_FIRST = (
    "UPDATE providers_provider SET concurrency = NULL",
    "UPDATE providers_imagemodel SET price_micros = 40000, enabled = 1, failures = 0",
)


@pytest.fixture(scope="module")
def providers() -> Iterator[FakeProviders]:
    with FakeProviders() as running:
        yield running


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, providers: FakeProviders) -> Iterator[Served]:
    data = tmp_path_factory.mktemp("served")
    with Served(data, **model_variables(providers, "one", "two")) as served:
        yield served


@pytest.fixture
def fakes(providers: FakeProviders) -> Iterator[FakeProviders]:
    yield providers
    providers.reset()


@pytest.fixture
def served(running: Served, fakes: FakeProviders) -> Served:
    """Two models, "one" and "two", at four cents a picture."""
    for statement in AS_AT_FIRST:
        operate(running, statement)
    return running


@pytest.fixture
def maker(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of its own, in which no script may fail."""
    context = browser.new_context()
    problems: list[str] = []
    context.on("weberror", lambda failure: problems.append(str(failure.error)))
    context.on("console", lambda told: problems.append(told.text) if told.type == "error" else None)
    yield context
    context.close()
    assert [problem for problem in problems if REFUSED not in problem] == []


@pytest.fixture
def page(maker: BrowserContext) -> Page:
    return maker.new_page()


def operate(served: Served, statement: str) -> None:
    """What an operator sets in the admin."""
    file = served.data / "pixelprompt.sqlite3"
    with closing(sqlite3.connect(file, timeout=20, isolation_level=None)) as database:
        database.execute(statement)


def generate(served: Served, page: Page, prompt: str) -> str:
    """Press Generate; returns the job's id."""
    page.goto(served.root)
    page.get_by_label("Prompt", exact=True).fill(prompt)
    page.get_by_role("button", name=re.compile("^Generate")).click()
    page.wait_for_url(JOB)
    return page.url.rsplit("/", 1)[1]


def tile(page: Page, index: int) -> Locator:
    return page.locator(f"[data-tile][data-index='{index}']")


def expect_state(page: Page, index: int, state: str) -> None:
    expect(tile(page, index)).to_have_attribute("data-status", state, timeout=30_000)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{name}")).click()


class TestRetry:
    def test_a_failed_picture_is_drawn_anew_in_its_place(
        self, served: Served, fakes: FakeProviders, page: Page
    ) -> None:
        fakes.plan(behaviours.server_error(500), model="two", times=1)
        generate(served, page, "second chance")
        expect_state(page, 1, "completed")
        expect_state(page, 2, "error")
        before = tile(page, 2).bounding_box()
        fakes.hold()
        button = tile(page, 2).get_by_role("button", name="Retry Model two $0.04")
        button.click()
        expect(tile(page, 2)).to_be_focused()
        expect_state(page, 2, "in_progress")
        assert tile(page, 2).bounding_box() == before
        fakes.release()
        expect_state(page, 2, "completed")
        expect(page.locator("[data-slot=progress]")).to_have_text("2 of 2 done")
        assert tile(page, 2).bounding_box() == before
        expect(page.locator("[data-retry]:visible")).to_have_count(0)
        assert len(fakes.ledger_for(model="two")) == 2

    def test_a_refused_retry_says_why_in_the_tile(
        self, served: Served, fakes: FakeProviders, page: Page
    ) -> None:
        fakes.plan(behaviours.server_error(500), model="two", times=1)
        generate(served, page, "no second chance")
        expect_state(page, 2, "error")
        operate(served, "UPDATE providers_imagemodel SET enabled = 0 WHERE model_id = 'two'")
        press(page, "Retry")
        expect(tile(page, 2).get_by_role("alert")).to_contain_text("switched off")
        expect_state(page, 2, "error")
        expect(page.get_by_role("button", name=re.compile("^Retry"))).to_be_enabled()

    def test_what_may_be_paid_twice_is_told_with_its_price(
        self, served: Served, fakes: FakeProviders, page: Page
    ) -> None:
        fakes.plan(behaviours.reset_before_answer(), model="two")
        job_id = generate(served, page, "was it billed?")
        expect_state(page, 2, "error")
        sentence = "Retrying may pay again, about $0.04."
        expect(tile(page, 2)).to_contain_text(sentence)
        page.reload()
        expect(tile(page, 2)).to_contain_text(sentence)
        assert sentence in served.status(job_id)["results"][1]["error"]

    def test_what_cannot_help_is_not_offered(
        self, served: Served, fakes: FakeProviders, page: Page
    ) -> None:
        fakes.plan(behaviours.invalid_request(), model="two")
        generate(served, page, "never")
        expect_state(page, 2, "error")
        expect(page.get_by_role("button", name=re.compile("^Run again with"))).to_be_visible()
        expect(page.locator("[data-retry]:visible")).to_have_count(0)


def test_what_waits_can_be_cancelled_and_what_is_drawn_goes_on(
    served: Served, fakes: FakeProviders, page: Page
) -> None:
    operate(served, "UPDATE providers_provider SET concurrency = 1")
    fakes.hold()
    generate(served, page, "stop")
    fakes.wait_until_in_flight(1)
    before = [each.bounding_box() for each in page.locator("[data-tile]").all()]
    press(page, "Cancel")
    expect(page.locator("[data-tile][data-status=error]")).to_contain_text("This was cancelled")
    expect(page.locator("[data-cancel]")).to_be_hidden()
    expect(page.locator("[data-slot=progress]")).to_be_focused()
    fakes.release()
    expect(page.locator("[data-tile][data-status=completed]")).to_have_count(1, timeout=30_000)
    assert [each.bounding_box() for each in page.locator("[data-tile]").all()] == before
    assert len(fakes.charged) == 1


class TestDelete:
    def test_a_job_is_deleted_only_after_a_question(
        self, served: Served, fakes: FakeProviders, page: Page
    ) -> None:
        job_id = generate(served, page, "soon gone")
        expect_state(page, 2, "completed")
        press(page, "Delete")
        keep = page.get_by_role("button", name="Keep it")
        expect(keep).to_be_focused()
        keep.click()
        assert served.status(job_id)["status"] == "completed"
        expect(page.get_by_role("button", name="Delete", exact=True)).to_be_focused()
        press(page, "Delete")
        press(page, "Delete for good")
        page.wait_for_url(f"{served.root}/gallery/")
        assert served.get(f"/status/{job_id}").status_code == 404
        assert page.evaluate("localStorage.getItem('pixelprompt.tokens')") == "[]"

    def test_an_answer_that_does_not_come_is_told_and_nothing_is_lost(
        self, served: Served, fakes: FakeProviders, page: Page
    ) -> None:
        job_id = generate(served, page, "stays")
        expect_state(page, 2, "completed")
        page.route("**/jobs/*", lambda route: route.abort())
        press(page, "Delete")
        press(page, "Delete for good")
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("alert")).to_contain_text("did not answer")
        page.unroute("**/jobs/*")
        press(page, "Delete for good")
        page.wait_for_url(f"{served.root}/gallery/")
        assert served.get(f"/status/{job_id}").status_code == 404


class TestRunAgain:
    def test_the_same_models_draw_a_new_job(self, served: Served, page: Page) -> None:
        first = generate(served, page, "once more")
        expect_state(page, 2, "completed")
        again = page.get_by_role("button", name="Run again 2 images · about $0.08")
        again.click()
        page.wait_for_url(lambda url: bool(JOB.search(url)) and first not in url)
        expect(page.get_by_role("heading", name="once more")).to_be_visible()
        expect_state(page, 2, "completed")
        expect(again).to_be_visible()

    def test_other_models_can_be_chosen(self, served: Served, page: Page) -> None:
        first = generate(served, page, "by others")
        expect_state(page, 2, "completed")
        operate(served, "UPDATE providers_imagemodel SET price_micros = NULL")
        press(page, "Run again with")
        dialog = page.get_by_role("dialog", name="Run again with…")
        expect(dialog.get_by_role("checkbox", checked=True)).to_have_count(2)
        dialog.get_by_role("checkbox", name="Model one").uncheck()
        dialog.get_by_role("button", name="Run again 1 image · price unknown").click()
        page.wait_for_url(lambda url: bool(JOB.search(url)) and first not in url)
        expect(page.locator("[data-tile]")).to_have_count(1)
        expect(tile(page, 1)).to_contain_text("Model two")

    def test_choosing_no_model_is_told_in_the_dialog(self, served: Served, page: Page) -> None:
        generate(served, page, "by nobody")
        press(page, "Run again with")
        dialog = page.get_by_role("dialog", name="Run again with…")
        expect(dialog.get_by_role("checkbox", checked=True)).to_have_count(2)
        for box in dialog.get_by_role("checkbox").all():
            box.uncheck()
        dialog.get_by_role("button", name=re.compile("^Run again")).click()
        expect(dialog.get_by_role("alert")).to_have_text("Choose at least one model.")

    def test_a_refusal_is_told_beside_the_button(self, served: Served, page: Page) -> None:
        generate(served, page, "not now")
        expect_state(page, 2, "completed")
        operate(served, "UPDATE providers_imagemodel SET enabled = 0 WHERE model_id = 'two'")
        press(page, r"Run again \d")
        expect(page.get_by_role("alert")).to_contain_text("Model two cannot draw now.")


class TestSomebodyElse:
    def test_another_browser_may_look_and_copy_only(
        self, served: Served, fakes: FakeProviders, page: Page, browser: Browser
    ) -> None:
        fakes.plan(behaviours.server_error(500), model="two")
        generate(served, page, "whose is it?")
        expect_state(page, 2, "error")
        expect(page.locator(OWNED)).to_have_count(5)  # retry, twice run again, delete, and why
        context = browser.new_context()
        second = context.new_page()
        second.goto(page.url)
        expect_state(second, 2, "error")
        expect(second.locator("[data-slot=elapsed]")).not_to_be_empty()
        expect(second.get_by_role("button", name="Copy as curl")).to_be_visible()
        expect(second.locator(OWNED)).to_have_count(0)
        context.close()

    def test_a_proof_that_is_worth_nothing_any_more_takes_the_buttons_with_it(
        self, served: Served, fakes: FakeProviders, page: Page
    ) -> None:
        generate(served, page, "forgotten")
        expect_state(page, 2, "completed")
        page.evaluate(
            "job => localStorage.setItem('pixelprompt.tokens', JSON.stringify([[job, 'x']]))",
            page.url.rsplit("/", 1)[1],
        )
        page.reload()
        press(page, "Delete")
        press(page, "Delete for good")
        alert = page.get_by_role("dialog").get_by_role("alert")
        expect(alert).to_have_text("This browser can no longer prove that it made this job.")
        page.keyboard.press("Escape")
        expect(page.locator(OWNED)).to_have_count(0)

    def test_without_javascript_nothing_dead_is_shown(
        self, served: Served, fakes: FakeProviders, browser: Browser
    ) -> None:
        fakes.plan(behaviours.server_error(500), model="two")
        job_id = served.generate("no script")
        served.finished(job_id)
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{served.root}/jobs/{job_id}")
        expect_state(page, 2, "error")
        expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)
        context.close()


def test_the_copied_command_asks_for_the_same_pictures(
    served: Served, fakes: FakeProviders, page: Page, maker: BrowserContext
) -> None:
    maker.grant_permissions(["clipboard-read", "clipboard-write"])
    prompt = "it's a “fox” $HOME `id`\n\\ and ünïcode 🦊"
    generate(served, page, prompt)
    press(page, "Copy as curl")
    expect(page.locator("[data-announce]")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.isascii()
    _curl, address, _h, header, _d, body = shlex.split(copied)
    assert header == "Content-Type: application/json"
    answer = requests.post(address, json=json.loads(body), timeout=20)
    assert answer.status_code == 200
    told = served.finished(answer.json()["jobId"])
    assert (told["prompt"], told["totalModels"]) == (prompt, 2)


def test_pictures_come_by_themselves_after_one_question(
    served: Served, fakes: FakeProviders, page: Page
) -> None:
    fakes.hold()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    generate(served, page, "pushed")
    fakes.wait_until_in_flight(2)
    fakes.release()
    expect_state(page, 2, "completed")
    expect(page.locator("[data-tile] img").first).to_have_attribute("src", re.compile("webp$"))
    assert sum("/status/" in url for url in asked) == 1
    assert sum("/events/" in url for url in asked) == 1


def test_where_nothing_can_be_pushed_the_page_goes_on_asking(
    served: Served, fakes: FakeProviders, page: Page
) -> None:
    page.route("**/events/*", lambda route: route.abort())
    generate(served, page, "asked for")
    expect_state(page, 2, "completed")


def test_a_busy_server_is_left_alone_and_no_connection_is_called_lost(
    served: Served, fakes: FakeProviders, page: Page
) -> None:
    fakes.hold()
    page.route("**/events/*", lambda route: route.abort())
    generate(served, page, "patience")
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=429, headers={"Retry-After": "6"}, json={"error": "X"})

    page.route("**/status/*", refuse)
    notice = page.locator("[data-slot=notice]")
    expect(notice).to_have_text("The server is busy. Looking again in 6 s.")
    fakes.release()
    page.unroute("**/status/*")
    expect_state(page, 2, "completed")
    expect(notice).to_be_empty()
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("status", "code", "sentence"),
    [
        (402, "BUDGET_EXHAUSTED", "Not now."),
        (429, "RATE_LIMIT_EXCEEDED", "That is all for now. Come back in 45 s."),
        (503, "SERVICE_UNAVAILABLE", "Not now. Come back in 45 s."),
    ],
)
def test_a_refusal_for_now_is_told_under_generate_with_when_to_come_back(
    served: Served, page: Page, status: int, code: str, sentence: str
) -> None:
    page.route(
        "**/generate",
        lambda route: route.fulfill(
            status=status,
            headers={"Retry-After": "45"},
            json={"error": "X", "code": code, "message": "Not now.", "retryAfter": 45},
        ),
    )
    page.goto(served.root)
    page.get_by_label("Prompt", exact=True).fill("kept")
    press(page, "Generate")
    expect(page.locator("#go-error")).to_have_text(sentence)
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("kept")
    page.unroute("**/generate")
    press(page, "Generate")
    page.wait_for_url(JOB)
