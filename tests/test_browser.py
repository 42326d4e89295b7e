"""A visitor in a real Chromium, against a real server."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.chromium import CHROMIUM
from tests.fakes import FakeProviders, behaviours
from tests.served import Served
from tests.test_serve import model_variables

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="needs Chromium: install the package chromium"),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served")) as running:
        yield running


def pictures_on(page: Page) -> list[str]:
    """The files of the pictures that a page shows, in order."""
    shown = page.locator("[data-tile][data-status=completed] [data-slot=link]").all()
    return [Path(urlsplit(link.get_attribute("href") or "").path).name for link in shown]


def finish(page: Page, count: int) -> None:
    expect(page.locator("[data-tile][data-status=completed]")).to_have_count(count, timeout=30_000)


def test_a_prompt_becomes_pictures_that_a_second_browser_sees_too(
    served: Served, page: Page, browser: Browser
) -> None:
    models = len(served.get("/models").json()["models"])
    page.goto(served.root)
    page.get_by_role("textbox", name="Prompt", exact=False).first.fill("a lighthouse in a storm")
    page.get_by_role("button", name=re.compile("^Generate")).click()
    page.wait_for_url(re.compile(r"/jobs/[0-9a-f-]{36}$"))
    expect(page.locator("[data-tile]")).to_have_count(models)
    finish(page, models)
    first = pictures_on(page)
    assert len(set(first)) == models
    context = browser.new_context()
    second = context.new_page()
    second.goto(page.url)
    finish(second, models)
    assert pictures_on(second) == first
    for image in second.locator("[data-tile] img").all():
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("image => image.naturalWidth") > 100
    context.close()


def test_tiles_keep_their_place_and_size(served: Served, page: Page) -> None:
    page.goto(served.root)
    page.get_by_role("textbox", name="Prompt", exact=False).first.fill("nothing moves")
    page.get_by_role("button", name=re.compile("^Generate")).click()
    page.wait_for_url(re.compile(r"/jobs/"))
    tiles = page.locator("[data-tile]")
    before = [tile.bounding_box() for tile in tiles.all()]
    finish(page, len(before))
    assert [tile.bounding_box() for tile in tiles.all()] == before


def test_the_keyboard_is_enough(served: Served, page: Page) -> None:
    page.goto(served.root)
    page.keyboard.press("/")
    page.keyboard.type("typed without a mouse")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/jobs/"))
    expect(page.get_by_text("typed without a mouse").first).to_be_visible()


def test_without_javascript_the_form_and_the_pictures_work(
    served: Served, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(served.root)
    page.get_by_role("textbox", name="Prompt", exact=False).first.fill("no script at all")
    page.get_by_role("button", name=re.compile("^Generate")).click()
    assert re.search(r"/jobs/[0-9a-f-]{36}$", page.url)
    served.finished(page.url.rsplit("/", 1)[1])
    page.reload()
    assert len(pictures_on(page)) >= 5
    page.goto(f"{served.root}/gallery/")
    assert page.get_by_text("no script at all").count()
    context.close()


def test_a_failure_is_told_in_its_own_tile(
    tmp_path: Path, fakes: FakeProviders, page: Page
) -> None:
    fakes.plan(behaviours.moderated(), model="strict")
    with Served(tmp_path, **model_variables(fakes, "free", "strict")) as served:
        page.goto(served.root)
        page.get_by_role("textbox", name="Prompt", exact=False).first.fill("one will fail")
        page.get_by_role("button", name=re.compile("^Generate")).click()
        finish(page, 1)
        failed = page.locator("[data-tile][data-status=error]")
        expect(failed).to_contain_text("content filter stopped this picture")


def test_a_prompt_is_only_ever_text(served: Served, page: Page) -> None:
    page.goto(served.root)
    nasty = "<img src=x onerror=document.title='owned'>"
    page.get_by_role("textbox", name="Prompt", exact=False).first.fill(nasty)
    page.get_by_role("button", name=re.compile("^Generate")).click()
    page.wait_for_url(re.compile(r"/jobs/"))
    expect(page.get_by_text(nasty).first).to_be_visible()
    served.finished(page.url.rsplit("/", 1)[1])
    page.goto(f"{served.root}/gallery/")
    expect(page.get_by_text(nasty).first).to_be_visible()
    assert "owned" not in page.title()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_the_api_needs_nothing_but_this_server(
    served: Served, page: Page, scheme: Literal["light", "dark"], width: int
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{served.root}/docs/")
    page.get_by_role("navigation", name="Calls").get_by_role("link", name="POST /log").click()
    expect(page.get_by_role("heading", name="POST /log")).to_be_in_viewport()
    assert all(url.startswith(f"{served.root}/") for url in asked)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
