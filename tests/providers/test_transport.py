"""What a call sends, where it may go, and what becomes of it before a byte has left."""

import logging
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from providers import calls
from providers.errors import (
    InvalidRequest,
    InvalidResponse,
    NotAllowed,
    TimedOut,
    Unreachable,
)
from providers.transport import PrivateHosts, Transport
from providers.version import VERSION
from tests.providers.calling import (
    CANARY,
    KEY,
    SHORT,
    Action,
    download,
    failure,
    get,
    outcome,
    post,
    resolve_to,
)
from tests.providers.servers import Peer, Server, full, here, message, says


def test_an_answer_arrives_whole() -> None:
    with Server(says(message(b'{"a": 1}', "X-Request-ID: r1", status="201 Created"))) as server:
        answer = post(here(), server.url("/v1/images?size=2"))
    assert (answer.status, answer.json(), answer.request_id) == (201, {"a": 1}, "r1")
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /v1/images?size=2 HTTP/1.1\r\n")
    assert f"Authorization: Bearer {CANARY}".encode() in head
    assert b"Content-Type: application/json" in head
    assert body == f'{{"prompt": "{CANARY}"}}'.encode()


def test_a_caller_is_named_with_the_projects_version() -> None:
    with Server(says(message())) as server:
        get(here(), server.url())
    assert f"User-Agent: PixelPrompt/{VERSION}\r\n".encode() in server.requests[0]


def test_a_form_is_multipart_even_without_a_file() -> None:
    with Server(says(message())) as server:
        here().post(server.url(), headers=KEY, multipart={"prompt": "é\r\n", "seed": "7"})
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert b"Content-Type: multipart/form-data; boundary=" in head
    assert b'name="prompt"\r\n\r\n\xc3\xa9\r\n\r\n--' in body
    assert b"filename" not in body


@pytest.mark.parametrize("content", [b'{ "a":\t1 }\r\n', b"\0\xff", b"%41=+&"])
def test_a_body_that_was_signed_is_sent_as_it_stands(content: bytes) -> None:
    with Server(says(message())) as server:
        here().post(server.url(), headers={"Content-Type": "application/json"}, content=content)
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert body == content
    assert head.count(b"Content-Type: application/json") == 1


@pytest.mark.parametrize("action", [post, get])
@pytest.mark.parametrize("status", ["302 Found", "404 Not Found", "500 Oops", "599 Odd"])
def test_an_answer_of_any_status_is_returned(action: Action, status: str) -> None:
    data = message(b"{}", "Location: http://169.254.169.254/", status=status)
    with Server(says(data)) as server:
        assert action(here(), server.url()).status == int(status[:3])
        assert len(server.requests) == 1


def test_cookies_proxies_and_netrc_are_not_for_us(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text(f"machine 127.0.0.1 login me password {CANARY}\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with Server(says(message(b"{}", "Set-Cookie: a=b; Path=/"))) as server:
        for _ in range(2):
            here().get(server.url(), headers={})
    assert not any(
        word in request.lower() for request in server.requests for word in (b"cookie", b"authoriz")
    )


@pytest.mark.parametrize("action", [post, get, download])
def test_an_address_nobody_listed_hears_nothing(action: Action) -> None:
    with Server(says(message())) as server:
        error = failure(action, Transport(timeout=20), server.url(f"/?token={CANARY}"))
        assert (server.connections, server.requests) == (0, [])
    assert isinstance(error, NotAllowed)
    assert "127.0.0.1" in error.detail


def test_the_metadata_service_is_refused_even_when_listed() -> None:
    transport = Transport(timeout=20, private_hosts=PrivateHosts.parse(["169.254.0.0/16"]))
    assert isinstance(failure(get, transport, "http://169.254.169.254/latest"), NotAllowed)


@pytest.mark.parametrize(
    "host", ["127.1", "2130706433", "0x7f.0.0.1", "[::ffff:127.0.0.1]", "[::]"]
)
def test_other_spellings_of_this_machine_are_refused_too(host: str) -> None:
    with Server(says(message())) as server:
        error = failure(post, Transport(timeout=20), server.url(host=host))
        assert server.connections == 0
    assert isinstance(error, NotAllowed | Unreachable)


def test_a_public_host_is_called_over_https_only(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, "1.1.1.1")
    error = failure(post, here(), "http://api.example/v1")
    assert isinstance(error, NotAllowed)
    assert "https" in error.detail


def test_a_name_that_turns_to_a_private_address_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(says(message())) as server:
        resolve_to(monkeypatch, "127.0.0.1")
        error = failure(post, Transport(timeout=20), server.url(host="rebound.example"))
        assert server.connections == 0
    assert isinstance(error, NotAllowed)
    assert "rebound.example" in error.detail


def test_addresses_that_are_not_allowed_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(says(message(b"1"))) as server:
        resolve_to(monkeypatch, "169.254.169.254", "10.0.0.1", "127.0.0.1")
        assert get(here(), server.url(host="mixed.example")).json() == 1


@pytest.mark.parametrize(
    "url",
    [
        "",
        "picture.png",
        "//api.example/",
        "https://",
        "https:///path",
        "ftp://api.example/",
        "file:///etc/passwd",
        "httpx://api.example/",
        "https+unix://api.example/",
        f"https://user:{CANARY}@api.example/",
        f"https://{CANARY}@api.example/",
        "https://api.example:0/",
        "https://api.example:99999/",
        "https://api.example:port/",
        "https://api.example/\r\nX-Evil: 1",
        "https://api.example\x00/",
        "https://api.example/\x7f",
        "https://[::1/",
        "https://[fe80::zz]/",
        "https://a..example/",
        "https://.example/",
        "https://*.example/",
        f"https://{'x' * 64}.example/",
        f"https://{'é' * 64}.example/",
        "https://\ud800.example/",
        "https://api.example/\ud800",
        "https://xn--a\u0300.example/",
    ],
)
@pytest.mark.parametrize("action", [post, download])
def test_an_odd_address_is_not_called(action: Action, url: str) -> None:
    error = failure(action, here(), url)
    assert isinstance(error, NotAllowed)
    assert error.uncharged is (action is post)


@pytest.mark.parametrize("tail", ["\n", "\r\nX-Evil: 1", "\x00", " ", "é", "\u2013"])
def test_a_key_that_cannot_be_sent_is_an_error_without_the_key(tail: str) -> None:
    def send(transport: Transport, url: str) -> Any:
        return transport.post(url, headers={"Authorization": CANARY + tail})

    with Server(says(message())) as server:
        error = failure(send, here(), server.url())
        assert server.connections == 0
    assert isinstance(error, InvalidRequest)
    assert error.uncharged


def test_a_body_that_cannot_be_written_is_an_invalid_request() -> None:
    assert isinstance(
        failure(lambda to, url: to.post(url, headers={}, json={"g": float("nan")}), here(), URL),
        InvalidRequest,
    )
    assert isinstance(
        failure(lambda to, url: to.post(url, headers={}, multipart={"p": "\ud800"}), here(), URL),
        InvalidRequest,
    )


URL = "http://127.0.0.1:9/"


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def no_such_name(*_: object, **__: object) -> Any:
    raise socket.gaierror(socket.EAI_NONAME, f"no such name {CANARY}")


@pytest.mark.parametrize("action", [post, get, download])
def test_a_refused_connection_is_unreachable(action: Action) -> None:
    error = failure(action, here(), f"http://127.0.0.1:{closed_port()}/?token={CANARY}")
    assert type(error) is Unreachable
    assert error.uncharged is (action is post)


def test_a_name_that_does_not_exist_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", no_such_name)
    error = failure(post, here(), "https://api.example/")
    assert type(error) is Unreachable
    assert error.detail == "gaierror at api.example"


def test_name_servers_that_hang_do_not_hold_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def hang(*_: object, **__: object) -> Any:
        over.wait(30)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    error = failure(post, here(SHORT), "https://api.example/")
    over.set()
    assert type(error) is TimedOut
    assert error.uncharged


@pytest.mark.parametrize("action", [post, get])
def test_a_connection_that_never_opens_times_out(action: Action) -> None:
    with full() as port:
        error = failure(action, here(SHORT), f"http://127.0.0.1:{port}/")
    assert type(error) is TimedOut
    assert error.uncharged is (action is post)


def test_a_silent_address_leaves_time_for_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    connected, waits = calls.connected, list[float]()

    def silent_at_first(info: calls.AddressInfo, seconds: float) -> socket.socket:
        waits.append(seconds)
        if len(waits) == 1:
            raise TimeoutError
        return connected(info, seconds)

    with Server(says(message(b"1"))) as server:
        resolve_to(monkeypatch, "127.0.0.1", "127.0.0.1")
        monkeypatch.setattr(calls, "connected", silent_at_first)
        assert post(here(20), server.url(host="two.example")).json() == 1
    assert waits[0] <= 10 < waits[1]


def test_giving_up_on_silent_addresses_is_a_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(info: calls.AddressInfo, seconds: float) -> socket.socket:
        raise TimeoutError

    monkeypatch.setattr(calls, "connected", silent)
    error = failure(post, here(), "http://127.0.0.1/")
    assert type(error) is TimedOut
    assert error.uncharged


def test_without_time_nothing_is_sent() -> None:
    with Server(says(message())) as server:
        error = failure(post, here(0), server.url())
        assert server.connections == 0
    assert type(error) is TimedOut
    assert error.uncharged


def test_a_download_follows_two_redirects_without_credentials() -> None:
    def script(peer: Peer, request: bytes) -> None:
        steps = {b"/": "/one", b"/one": f"http://127.0.0.1:{server.port}/two"}
        target = steps.get(request.split()[1])
        found = message(b"", f"Location: {target}", status="302 Found")
        peer.say(found if target else message(b"picture"))

    with Server(script) as server:
        assert download(here(), server.url()) == b"picture"
        assert len(server.requests) == 3
        assert not any(b"authoriz" in request.lower() for request in server.requests)


def test_a_download_does_not_follow_a_third_redirect() -> None:
    with Server(says(message(b"", "Location: /", status="307 Again"))) as server:
        assert type(failure(download, here(), server.url())) is InvalidResponse
        assert len(server.requests) == 3


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data",
        "//[fd00:ec2::254]/",
        "http://127.0.0.2/",
        "file:///etc/passwd",
        "http://[::1",
        f"http://me:{CANARY}@127.0.0.1/",
    ],
)
def test_a_redirect_is_judged_like_any_address(target: str) -> None:
    with Server(says(message(b"", f"Location: {target}", status="302 Found"))) as server:
        error = failure(download, here(), server.url())
        assert len(server.requests) == 1
    assert type(error) is NotAllowed
    assert not error.uncharged


@pytest.mark.parametrize("status", ["304 Same", "403 Forbidden", "404 Gone", "503 Busy"])
def test_a_download_is_a_success_or_an_error(status: str) -> None:
    error = outcome(download, says(message(b"no", status=status)))
    assert type(error) is InvalidResponse
    assert error.status == int(status[:3])


def test_no_log_line_holds_an_address(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        with Server(says(message(b"", "Broken header"))) as server:
            get(here(), server.url(f"/?token={CANARY}"))
        outcome(post, says(b"", then_close=True))
    assert CANARY not in caplog.text
