"""What a call becomes when its provider has the request and then hangs, drips, floods or lies."""

import gzip
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from providers.errors import (
    Interrupted,
    InvalidImage,
    InvalidResponse,
    OutcomeUnknown,
    ProviderError,
    TimedOut,
)
from providers.transport import Transport
from tests.providers.calling import KEY, LONG, Action, download, failure, get, outcome, post
from tests.providers.servers import Peer, Script, Server, here, message, says, silent

MB = 2**20


def hang(peer: Peer, request: bytes) -> None:
    peer.hold()


def drip_headers(peer: Peer, request: bytes) -> None:
    peer.say(b"HTTP/1.1 200 OK\r\n")
    peer.drip(b"X-Slow: 1\r\n")


def drip_status(peer: Peer, request: bytes) -> None:
    peer.drip(b"HTTP/1.1 100 Continue\r\n\r\n")


def drip_body(peer: Peer, request: bytes) -> None:
    peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    peer.drip(b"x")


def drip_chunks(peer: Peer, request: bytes) -> None:
    peer.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    peer.drip(b"1\r\nx\r\n")


def drip_to_the_end(peer: Peer, request: bytes) -> None:
    peer.say(b"HTTP/1.1 200 OK\r\n\r\n")
    peer.drip(b"x")


def drip_redirect(peer: Peer, request: bytes) -> None:
    peer.say(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 1000000\r\n\r\n")
    peer.drip(b"x")


SLOW_ANSWERS = [
    hang,
    drip_status,
    drip_headers,
    drip_body,
    drip_chunks,
    drip_to_the_end,
    drip_redirect,
]


@pytest.mark.parametrize(
    ("action", "kind"), [(post, OutcomeUnknown), (get, TimedOut), (download, TimedOut)]
)
def test_a_deadline_is_a_deadline(action: Action, kind: type[ProviderError]) -> None:
    with ThreadPoolExecutor(len(SLOW_ANSWERS)) as threads:
        errors = list(threads.map(lambda script: outcome(action, script, LONG), SLOW_ANSWERS))
    assert [type(error) for error in errors] == [kind] * len(SLOW_ANSWERS)
    assert not any(error.uncharged for error in errors)


def test_a_request_that_is_not_read_meets_the_deadline_too() -> None:
    with silent() as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        body = {"prompt": "x" * 20 * MB}
        error = failure(lambda to, at: to.post(at, headers=KEY, json=body), here(LONG), url)
    assert type(error) is OutcomeUnknown


def reset(peer: Peer, request: bytes) -> None:
    peer.reset()


def half_headers(peer: Peer, request: bytes) -> None:
    peer.say(b"HTTP/1.1 200 OK\r\nContent-Le")
    peer.reset()


BROKEN_ANSWERS = {
    "reset": reset,
    "half headers": half_headers,
    "headers without an end": says(
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n", then_close=True
    ),
    "nothing": says(b"", then_close=True),
    "half a body": says(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", then_close=True),
    "half a chunk": says(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{}", then_close=True
    ),
    "no last chunk": says(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", then_close=True
    ),
    "another protocol": says(b"SSH-2.0-OpenSSH_9.9\r\n", then_close=True),
    "an odd status": says(b"HTTP/1.1 abc OK\r\n\r\n", then_close=True),
    "an interim answer": says(b"HTTP/1.1 103 Early Hints\r\n\r\n" + message()),
    "endless headers": says(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n"),
    "an endless trailer": says(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"x" * 70_000
    ),
    "many headers": says(b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 200 + b"\r\n"),
}


@pytest.mark.parametrize("script", BROKEN_ANSWERS.values(), ids=BROKEN_ANSWERS)
@pytest.mark.parametrize(
    ("action", "kind"), [(post, OutcomeUnknown), (get, Interrupted), (download, Interrupted)]
)
def test_after_sending_a_broken_answer_proves_nothing(
    script: Script, action: Action, kind: type[ProviderError]
) -> None:
    error = outcome(action, script)
    assert type(error) is kind
    assert not error.uncharged
    assert error.detail.endswith(" at 127.0.0.1")


def test_a_complete_answer_that_is_no_json_is_an_invalid_response() -> None:
    with Server(says(message(b"<html>busy</html>"))) as server:
        error = failure(lambda to, at: post(to, at).json(), here(), server.url())
    assert type(error) is InvalidResponse


def test_compression_is_refused_and_not_undone() -> None:
    bomb = gzip.compress(bytes(10 * MB))
    with Server(says(message(bomb, "Content-Encoding: gzip"))) as server:
        answer = get(here(), server.url())
    assert answer.content == bomb
    assert b"Accept-Encoding: identity\r\n" in server.requests[0]


def endless(head: bytes) -> Script:
    """200 MB after this head, or until the caller leaves."""

    def script(peer: Peer, request: bytes) -> None:
        peer.say(head)
        piece = b"0" * MB
        for _ in range(200):
            peer.say(piece)

    return script


FLOODS = {
    "announced": b"Content-Length: 209715200\r\n\r\n",
    "open-ended": b"\r\n",
    "chunked": b"Transfer-Encoding: chunked\r\n\r\nC800000\r\n",
    "a chunk of a negative length": b"Transfer-Encoding: chunked\r\n\r\n-1\r\n",
}


@pytest.mark.parametrize("head", FLOODS.values(), ids=FLOODS)
@pytest.mark.parametrize(("action", "kind"), [(post, InvalidResponse), (download, InvalidImage)])
def test_a_flood_ends_early_and_fits_into_memory(
    head: bytes, action: Action, kind: type[ProviderError]
) -> None:
    script = endless(b"HTTP/1.1 200 OK\r\n" + head)

    def limited(transport: Transport, url: str) -> Any:
        if action is download:
            return transport.download(url)
        return transport.post(url, headers=KEY, max_bytes=20 * MB)

    tracemalloc.start()
    try:
        error = outcome(limited, script, 60)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert type(error) is kind
    assert peak < 100 * MB


def test_a_picture_that_is_too_large_is_told_so() -> None:
    error = outcome(download, says(message(bytes(21 * MB))))
    assert type(error) is InvalidImage
    assert "larger than 20 MB" in error.public_message


def test_the_largest_picture_arrives() -> None:
    with Server(says(message(bytes(20 * MB)))) as server:
        assert len(download(here(), server.url())) == 20 * MB


HEADS = st.sampled_from(
    [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"]
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(head=HEADS, data=st.binary(max_size=200))
def test_whatever_a_server_says_the_outcome_is_one_of_ours(head: bytes, data: bytes) -> None:
    with Server(says(head + data, then_close=True)) as server:
        try:
            post(here(), server.url())
        except ProviderError as error:
            assert not error.uncharged  # noqa: PT017
