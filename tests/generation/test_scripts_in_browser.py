"""The scripts' figures are the server's figures, and their marks are right."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from playwright.sync_api import Page, Route, sync_playwright

from generation.templatetags import display
from tests.generation.test_display import ESTIMATES, PRICES, SECONDS

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ORIGIN = "http://pages.test"
CALL = "async ([module, name, given]) => (await import(module))[name](...given)"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium"),
]


def answer(route: Route) -> None:
    """The words of every page at the root, our modules beside it; the network is never asked."""
    name = route.request.url.removeprefix(f"{ORIGIN}/")
    if name:
        route.fulfill(path=Path(settings.BASE_DIR, "static", "js", name))
    else:
        route.fulfill(body=render_to_string("_words.html"), content_type="text/html")


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.route("**/*", answer)
        page.goto(f"{ORIGIN}/")
        yield page
        browser.close()


def told(page: Page, module: str, name: str, *given: object) -> Any:
    return page.evaluate(CALL, [f"/{module}.js", name, given])


def test_prices_are_the_same(page: Page) -> None:
    for micros, shown in PRICES:
        assert told(page, "format", "price", micros) == shown


def test_durations_are_the_same(page: Page) -> None:
    for value, _ in SECONDS:
        assert told(page, "format", "seconds", value) == display.seconds(value)


def test_estimates_are_the_same(page: Page) -> None:
    for prices, shown in ESTIMATES:
        assert told(page, "format", "estimate", prices) == shown


@pytest.mark.parametrize("failed", [0, 1, 3])
def test_progress_is_the_same(page: Page, failed: int) -> None:
    job = {"completed": 4, "total": 9, "failed": failed}
    assert told(page, "format", "progress", job) == display.progress(job)


def test_a_running_watch_shows_whole_seconds(page: Page) -> None:
    watch = [told(page, "format", "stopwatch", value) for value in (-1, 0.9, 59.99, 61)]
    assert [text.replace("\xa0", " ") for text in watch] == ["0 s", "0 s", "59 s", "1 min 1 s"]


@pytest.mark.parametrize(
    ("before", "after", "added"),
    [
        ("a cat", "a cat", []),
        ("a cat", "A black cat.", ["black"]),
        ("a cat", "a cat, on a mat", ["on a mat"]),
        ("a cat on a mat", "soft light: a cat on a mat", ["soft light:"]),
        ("cat", "dog", ["dog"]),
        ("", "two  words", ["two  words"]),
        ("cat", "", []),
        ("<b>cat</b>", "<b>cat</b> & <i>dog</i>", ["& <i>dog</i>"]),
    ],
)
def test_what_an_enhancement_adds_is_marked_and_no_letter_is_lost(
    page: Page, before: str, after: str, added: list[str]
) -> None:
    runs = told(page, "diff", "changes", before, after)
    assert "".join(run["text"] for run in runs) == after
    assert [run["text"] for run in runs if run["added"]] == added
