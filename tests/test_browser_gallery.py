"""Browsing many jobs in a real Chromium."""

import re
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.chromium import CHROMIUM
from tests.served import Served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="needs Chromium: install the package chromium"),
]

COPIES = 60
JOBS = COPIES + 2  # with the one they are copied from, and the example of the first start


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Has sixty copies of a job."""
    with Served(tmp_path_factory.mktemp("served")) as running:
        job_id = running.generate("a zebra on ice", models=["demo-ink", "demo-riso"])
        running.finished(job_id)
        with closing(sqlite3.connect(running.data / "pixelprompt.sqlite3", timeout=20)) as database:
            for number in range(COPIES):
                copy_job(database, uuid.UUID(job_id).hex, number)
            database.commit()
        yield running


def copy_job(database: sqlite3.Connection, job: str, number: int) -> None:
    """Another job with the first picture of this one, and an hour older for each."""
    (result,) = database.execute(
        'SELECT id FROM generation_result WHERE job_id = ? AND "index" = 1', [job]
    ).fetchone()
    new_job, new_result = uuid.uuid4().hex, uuid.uuid4().hex
    copy(database, "generation_job", "id", job, {
        "id": new_job, "prompt": f"copy {number}", "image_count": 1, "total": 1,
        "created_at": f"2026-01-{28 - number // 24:02d} {23 - number % 24:02d}:00:00.000",
    })  # fmt: skip
    copy(database, "generation_result", "id", result, {"id": new_result, "job_id": new_job})
    copy(database, "generation_picture", "result_id", result, {"result_id": new_result})


def copy(
    database: sqlite3.Connection, table: str, key: str, value: str, changed: dict[str, object]
) -> None:
    database.row_factory = sqlite3.Row
    found = database.execute(f"SELECT * FROM {table} WHERE {key} = ?", [value]).fetchone()  # noqa: S608
    row = dict(found) | changed
    database.row_factory = None
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join("?" * len(row))
    database.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))  # noqa: S608


def test_it_goes_on_by_itself_and_ends(served: Served, page: Page) -> None:
    page.goto(f"{served.root}/gallery/")
    sheets = page.locator("[data-gallery] > *")
    expect(sheets).to_have_count(24)
    for count in (48, JOBS):
        sheets.last.scroll_into_view_if_needed()
        expect(sheets).to_have_count(count)
    expect(page.get_by_role("link", name="Older")).to_have_count(0)
    expect(page.locator("[data-end]")).to_have_text("There is nothing older.")
    links = [sheet.get_attribute("href") for sheet in page.locator("[data-gallery] a").all()]
    assert len(set(links)) == JOBS


def test_back_returns_to_the_same_place(served: Served, page: Page) -> None:
    page.goto(f"{served.root}/gallery/")
    sheets = page.locator("[data-gallery] > *")
    sheets.last.scroll_into_view_if_needed()
    expect(sheets).to_have_count(48)
    deep = page.get_by_role("link", name=re.compile("copy 40"))
    deep.scroll_into_view_if_needed()
    before = page.evaluate("window.scrollY")
    deep.click()
    expect(page.get_by_role("heading", name="copy 40")).to_be_visible()
    page.go_back()
    expect(deep).to_be_in_viewport()
    page.wait_for_function("top => Math.abs(window.scrollY - top) < 40", arg=before)


def test_prompts_are_searched_and_models_chosen(served: Served, page: Page) -> None:
    page.goto(f"{served.root}/gallery/")
    page.keyboard.press("/")
    page.keyboard.type("zebr")
    page.keyboard.press("Enter")
    page.wait_for_url("**/gallery/?q=zebr*")
    expect(page.locator("[data-gallery] > *")).to_have_count(1)
    page.get_by_label("Model").select_option("demo-riso")
    page.wait_for_url("**q=zebr&model=demo-riso*")
    expect(page.locator("[data-gallery] > *")).to_have_count(1)
    page.get_by_label("Model").select_option("demo-orbit")
    expect(page.get_by_text("No job matches this search.")).to_be_visible()
    page.get_by_role("link", name="Show everything").click()
    expect(page.locator("[data-gallery] > *")).to_have_count(24)


def test_without_javascript_pages_follow_one_another(served: Served, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served.root}/gallery/")
    seen: list[str | None] = []
    while True:
        seen += [sheet.get_attribute("href") for sheet in page.locator("[data-gallery] a").all()]
        if not page.get_by_role("link", name="Older").count():
            break
        with page.expect_navigation():
            page.get_by_role("link", name="Older").click()
    expect(page.get_by_text("There is nothing older.")).to_be_visible()
    page.get_by_role("link", name="Back to the newest").click()
    expect(page.locator("[data-gallery] a").first).to_have_attribute("href", str(seen[0]))
    expect(page.get_by_role("link", name="Back to the newest")).to_have_count(0)
    assert len(seen) == len(set(seen)) == JOBS
    context.close()


@pytest.mark.parametrize(("models", "copy"), [(2, "t"), (4, "s")])
def test_small_pictures_are_shown_in_small_places(
    served: Served, page: Page, models: int, copy: str
) -> None:
    page.goto(f"{served.root}/gallery/")
    image = page.locator(f'[data-count="{models}"] > img').first
    image.scroll_into_view_if_needed()
    expect(image).to_have_js_property("complete", True)
    assert str(image.evaluate("image => image.currentSrc")).endswith(f"-{copy}.webp")


def test_pictures_below_the_first_sheet_wait_until_they_are_near(
    served: Served, page: Page
) -> None:
    page.goto(f"{served.root}/gallery/")
    sheets = page.locator("[data-gallery] > li")
    for image in sheets.nth(0).locator("img").all():
        assert image.get_attribute("loading") is None
        assert image.get_attribute("fetchpriority") == "high"
    for image in sheets.nth(1).locator("img").all():
        assert image.get_attribute("loading") == "lazy"
