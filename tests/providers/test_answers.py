"""What is read out of an answer, whatever a provider puts into it."""

import math
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.answers import list_of, object_of
from providers.errors import InvalidResponse
from providers.google import delay_in
from providers.transport import Answer

DAY = 86400.0


def answer(**headers: str) -> Answer:
    return Answer(200, {name.replace("_", "-"): value for name, value in headers.items()}, b"")


def test_headers_are_found_however_they_were_spelled() -> None:
    assert answer(Content_Type="image/png").headers["content-type"] == "image/png"


def test_the_body_is_not_in_the_representation() -> None:
    assert "secret" not in repr(Answer(200, {"Set-Cookie": "secret"}, b"secret"))


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b"{", b"\xff\xfe\xfa", b'"\x80"', b"[" * 200_000, b"9" * 5000],
    ids=["empty", "html", "half", "bad utf-16", "bad utf-8", "deep", "huge number"],
)
def test_a_body_that_is_no_json_is_an_invalid_response(content: bytes) -> None:
    with pytest.raises(InvalidResponse) as caught:
        Answer(200, {"X-Request-ID": "req-1"}, content).json()
    assert caught.value.request_id == "req-1"
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({}, ""),
        ({"X_Request_Id": "a"}, "a"),
        ({"x_amzn_RequestId": "b"}, "b"),
        ({"X_Recraft_Requestid": "c"}, "c"),
        ({"x_amzn_requestid": "b", "x_request_id": "a"}, "a"),
        ({"x_request_id": "a\x00\x1b[31m\u202eb"}, "a[31mb"),
        ({"x_request_id": "a" * 9999}, "a" * 128),
    ],
)
def test_the_request_id_is_short_and_printable(headers: dict[str, str], found: str) -> None:
    assert answer(**headers).request_id == found


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry_after": "7"}, 7.0),
        ({"retry_after": "1.5"}, 1.5),
        ({"retry_after": "-3"}, 0.0),
        ({"retry_after": "1e999"}, DAY),
        ({"retry_after": "-inf"}, 0.0),
        ({"retry_after": "NaN"}, None),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "99999999999999999999999"}, DAY),
        ({"retry_after_ms": "250"}, 0.25),
        ({"retry_after_ms": "250", "retry_after": "9"}, 0.25),
        ({"retry_after_ms": "soon", "retry_after": "9"}, 9.0),
        ({"retry_after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"retry_after": "Fri, 31 Dec 9999 23:59:59 GMT"}, DAY),
        ({"retry_after": "Fri, 31 Dec 9999 23:59:59 -2359"}, DAY),
        ({"retry_after": "Fri, 31 Dec 99999 23:59:59 GMT"}, None),
    ],
)
def test_the_wait_is_between_nothing_and_a_day(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert answer(**headers).retry_after == seconds


def test_a_date_is_measured_on_the_providers_own_clock() -> None:
    assert (
        answer(
            retry_after="Wed, 21 Oct 2015 07:28:30 GMT", date="Wed, 21 Oct 2015 07:28:00 -0000"
        ).retry_after
        == 30
    )


def test_a_date_without_the_providers_clock_is_measured_on_ours() -> None:
    then = datetime.now(UTC) + timedelta(hours=1)
    assert answer(retry_after=format_datetime(then)).retry_after == pytest.approx(3600, abs=60)


WISHES = st.one_of(
    st.text(),
    st.floats().map(str),
    st.integers().map(str),
    st.datetimes().map(format_datetime),
    st.from_regex(r"\w{3}, \d{1,9} \w{3} \d{1,9} \d{1,9}:\d\d:\d\d [+-]\d{1,9}"),
)


@given(st.integers(-(10**12), 10**12), st.sampled_from(["", " ", "+", "0"]))
def test_seconds_are_taken_within_bounds(seconds: int, before: str) -> None:
    taken = answer(retry_after=f"{before}{seconds}").retry_after
    if seconds >= 0 or before in ("", " "):
        assert taken == min(max(seconds, 0), DAY)
    in_thousandths = answer(retry_after_ms=str(seconds), retry_after="7").retry_after
    assert in_thousandths == min(max(seconds / 1000, 0), DAY)


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-(10**6), 10**6))
def test_a_date_is_as_far_away_as_the_provider_s_clock_says(now: datetime, seconds: int) -> None:
    now = now.replace(microsecond=0)
    try:
        then = now + timedelta(seconds=seconds)
    except OverflowError:
        return
    dates = {"retry_after": format_datetime(then), "date": format_datetime(now)}
    if min(now.year, then.year) >= 1000:  # earlier years are written with fewer digits
        assert answer(**dates).retry_after == min(max(seconds, 0), DAY)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
DELAYS = st.from_regex(r"-?\d{0,12}\.?\d{0,12}s?") | st.just("9" * 5000 + "s") | ANYTHING
RETRY_INFO = st.fixed_dictionaries({"retryDelay": DELAYS}) | ANYTHING


@given(st.lists(RETRY_INFO, max_size=3) | ANYTHING)
def test_no_retry_info_of_google_breaks_the_wait(details: object) -> None:
    seconds = delay_in([object_of(each) for each in list_of(details)])
    assert seconds is None or 0 <= seconds <= DAY


@given(wish=WISHES, now=WISHES, milliseconds=WISHES)
def test_no_header_breaks_the_wait(wish: str, now: str, milliseconds: str) -> None:
    for headers in (
        {"retry_after": wish, "date": now},
        {"retry_after": wish, "retry_after_ms": milliseconds},
    ):
        seconds = answer(**headers).retry_after
        assert seconds is None or (0 <= seconds <= DAY and not math.isnan(seconds))
