"""How much the first page weighs, and that what it needs is asked from us alone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Response, expect

from tests.chromium import CHROMIUM
from tests.served import Served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="needs Chromium: install the package chromium"),
]
MOST = 60_000  # bytes, compressed, without pictures


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served")) as running:
        yield running


def test_the_first_page_is_light(served: Served, page: Page) -> None:
    came: list[Response] = []
    page.on("response", lambda response: came.append(response))
    page.goto(served.root)
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("button", name="Inspire me")).to_be_visible()
    weights = {each.url: weight(each) for each in came if not pictured(each)}
    assert all(url.startswith(served.root) for url in weights)
    assert any(url.endswith(".css") for url in weights)
    assert any(url.endswith(".js") for url in weights)
    assert sum(weights.values()) < MOST, weights


def pictured(response: Response) -> bool:
    return response.headers.get("content-type", "").startswith("image/webp")


def weight(response: Response) -> int:
    sizes = response.request.sizes()
    return sizes["responseHeadersSize"] + sizes["responseBodySize"]
