"""The gallery as a browser without JavaScript turns its pages."""

import html
import re

import pytest
from django.test import Client

from providers.models import ImageModel
from tests.api.drawing import drawn

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept": "text/html,*/*;q=0.8"})


def test_pages_join_without_gap_or_repeat(browser: Client, aurora: ImageModel) -> None:
    jobs = {str(drawn(f"number {number}").id) for number in range(26)}
    seen: list[str] = []
    path: str | None = "/gallery/"
    while path:
        page = browser.get(path).content.decode()
        seen += re.findall(r'href="/jobs/([0-9a-f-]{36})"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = html.unescape(following[1]) if following else None
        assert len(seen) <= 4 * len(jobs)
    assert set(seen) == jobs


def test_the_search_is_kept_from_page_to_page(browser: Client, aurora: ImageModel) -> None:
    for number in range(25):
        drawn(f"fox & owl {number}")
    page = browser.get("/gallery/", {"q": "fox & owl", "model": "aurora"}).content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following
    assert "q=fox+%26+owl" in following[1]
    assert "model=aurora" in following[1]
    assert 'value="fox &amp; owl"' in page


@pytest.mark.parametrize(
    "query",
    ["cursor=x", "cursor=%00", "cursor=%ff", "q=%00", "q=%ff%ed%a0%80", "model=%00", "q=%22*",
     "model=x", f"q={'x' * 5000}", f"cursor={'A' * 5000}", "&&&", "q", "q=1&q=2"],
)  # fmt: skip
def test_any_address_gets_a_gallery(browser: Client, aurora: ImageModel, query: str) -> None:
    assert browser.get(f"/gallery/?{query}", follow=True).status_code == 200
