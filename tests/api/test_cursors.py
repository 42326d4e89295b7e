"""Cursors and searches: what we gave leads on, and anything else is refused or finds nothing."""

import base64
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generation import gallery
from generation.models import Job
from providers.models import ImageModel
from tests.api.drawing import drawn
from tests.support import NOBODY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_job")]
shared = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])

MOMENTS = (
    st.datetimes().map(str)
    | st.datetimes(timezones=st.timezones()).map(str)
    | st.dates().map(str)
    | st.from_regex(
        r"\d{1,5}-\d{1,2}-\d{1,2}[T ]\d{1,2}:\d{1,2}(:\d{1,2}(\.\d{0,9})?)?([+-]\d\d:\d\d)?"
    )
    | st.sampled_from(["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-W01-1", ""])
    | st.text(max_size=30)
)
IDS = st.uuids().map(str) | st.sampled_from([str(NOBODY), NOBODY.hex, "", "{}", "urn:uuid:x"])
SEARCHES = st.text(max_size=60) | st.lists(
    st.sampled_from(
        ["fox", "NEAR", "AND", "NOT", "*", '"', "'", "(", ")", ":", "&", "|", "!", "<->", "\\", "-",
         "^", "{", "col:", "%", "_", ";", "--", "\u0301", "ß", "İ"]
    ),
    max_size=12,
).map(" ".join)  # fmt: skip


@pytest.fixture
def one_job(aurora: ImageModel) -> Job:
    return drawn("a red fox in the snow")


def cursor(moment: str, pk: str) -> str:
    return base64.urlsafe_b64encode(f"{moment}|{pk}".encode(errors="surrogatepass")).decode()


@given(MOMENTS, IDS)
@shared
def test_a_cursor_that_somebody_made_up_is_refused_or_leads_somewhere(
    client: Client, moment: str, pk: str
) -> None:
    answer = client.get("/gallery/list", {"cursor": cursor(moment, pk)})
    assert answer.status_code in (200, 400)
    if answer.status_code == 400:
        assert answer.json()["field"] == "cursor"
    assert client.get("/gallery/", {"cursor": cursor(moment, pk)}).status_code in (200, 302)


@given(
    st.text(max_size=60) | st.binary(max_size=40).map(lambda raw: base64.b64encode(raw).decode())
)
@settings(max_examples=300)
def test_any_text_is_a_cursor_or_a_bad_one(text: str) -> None:
    try:
        gallery.place_of(text)
    except gallery.BadCursor:
        return


def test_a_cursor_that_we_gave_is_taken(client: Client) -> None:
    drawn("a second fox")
    first = client.get("/gallery/list?limit=1").json()
    second = client.get("/gallery/list", {"limit": 1, "cursor": first["nextCursor"]}).json()
    assert first["galleries"][0]["prompt"] == "a second fox"
    assert second["galleries"][0]["prompt"] == "a red fox in the snow"


@given(SEARCHES, st.sampled_from(["", "aurora", "'", "x" * 100]))
@shared
def test_any_search_is_answered_and_changes_nothing(client: Client, words: str, slug: str) -> None:
    answer: Any = client.get("/gallery/list", {"q": words, "model": slug})
    assert answer.status_code in (200, 400)
    assert Job.objects.count() == 1
