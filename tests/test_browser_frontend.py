"""The example front end: a static page of another origin, in Chromium, that drives the API."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.chromium import CHROMIUM
from tests.fakes import FakeProviders
from tests.served import ROOT, Served
from tests.test_serve import model_variables

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="needs Chromium: install the package chromium"),
]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture(scope="module")
def frontend() -> Iterator[str]:
    """The example, served from an origin of its own."""
    files = partial(Quiet, directory=str(ROOT / "examples" / "frontend"))
    with ThreadingHTTPServer(("127.0.0.1", 0), files) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def draw(page: Page, frontend: str, served: Served, prompt: str) -> None:
    page.goto(f"{frontend}/index.html?api={served.root}")
    page.get_by_label("Prompt").fill(prompt)
    page.get_by_role("button", name="Draw").click()


def test_a_page_of_an_allowed_origin_draws_and_is_told_why_it_may_not(
    frontend: str, browser: Browser, tmp_path: Path, fakes: FakeProviders
) -> None:
    own = model_variables(fakes, "one", "two") | {"CORS_ALLOWED_ORIGINS": frontend}
    with Served(tmp_path / "data", **own) as served:
        page = browser.new_page()
        draw(page, frontend, served, "a fox in the snow")
        expect(page.get_by_role("status")).to_have_text("2 of 2: completed", timeout=20_000)
        for image in page.get_by_role("img").all():
            expect(image).to_have_js_property("complete", True)
            assert image.evaluate("image => image.naturalWidth") > 0
        draw(page, frontend, served, "a nude woman")
        expect(page.get_by_role("status")).to_contain_text("inappropriate content")
        page.close()


def test_a_page_of_another_origin_learns_nothing(
    frontend: str, browser: Browser, tmp_path: Path, fakes: FakeProviders
) -> None:
    own = model_variables(fakes, "one") | {"CORS_ALLOWED_ORIGINS": "https://example.org"}
    with Served(tmp_path / "data", **own) as served:
        page = browser.new_page()
        draw(page, frontend, served, "a fox in the snow")
        expect(page.get_by_role("status")).to_have_text("Failed to fetch")
        page.close()
    assert len(fakes.ledger) == 0
