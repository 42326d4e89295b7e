"""The API behind its real server: what only bytes on a socket can say."""

import json
import re
import socket
import threading
from collections.abc import Iterator
from email.message import Message
from http.client import HTTPResponse
from typing import Any

import pytest

from generation.models import Job
from pixelprompt.asgi import application
from pixelprompt.server import LONGEST_HEAD, server
from providers.models import ImageModel
from tests.support import NOBODY, until

pytestmark = pytest.mark.django_db(transaction=True)

JSON = b"Content-Type: application/json"
CHUNKED = b"Transfer-Encoding: chunked"


class Wire:
    """Sends bytes as they are and reads one answer."""

    def __init__(self, port: int) -> None:
        self.port = port

    def send(self, data: bytes) -> tuple[int, Message, bytes]:
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            connection.sendall(data)
            return read(connection)

    def request(
        self, line: bytes, *headers: bytes, body: bytes = b"", host: bytes = b"127.0.0.1"
    ) -> tuple[int, Message, bytes]:
        head = (line + b" HTTP/1.1", b"Host: " + host, b"Connection: close", *headers)
        return self.send(b"\r\n".join(head) + b"\r\n\r\n" + body)

    def post(self, path: bytes, body: bytes, *headers: bytes) -> tuple[int, Any]:
        length = b"Content-Length: %d" % len(body)
        status, _, content = self.request(b"POST " + path, JSON, length, *headers, body=body)
        return status, json.loads(content)


def read(connection: socket.socket) -> tuple[int, Message, bytes]:
    with HTTPResponse(connection) as answer:
        answer.begin()
        return answer.status, answer.headers, answer.read()


def in_chunks(body: bytes, size: int) -> bytes:
    pieces = (body[start : start + size] for start in range(0, len(body), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The application under uvicorn, as `serve` runs it, on a free port."""
    listener = socket.create_server(("127.0.0.1", 0))
    running = server(application)
    thread = threading.Thread(target=running.run, args=([listener],))
    thread.start()
    until(lambda: running.started, bool)
    yield listener.getsockname()[1]
    running.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture
def wire(port: int, transactional_db: None, aurora: ImageModel) -> Wire:
    return Wire(port)


def test_a_body_in_chunks_is_read(wire: Wire) -> None:
    for size in (1, 7, 1000):
        body = in_chunks(b'{"prompt": "in chunks"}', size)
        status, _, content = wire.request(b"POST /generate", JSON, CHUNKED, body=body)
        assert (status, json.loads(content)["status"]) == (200, "pending")
    assert Job.objects.filter(prompt="in chunks").count() == 3


@pytest.mark.parametrize("size", [64 * 1024, 1024 * 1024, 3 * 1024 * 1024])
def test_a_large_body_is_refused_with_or_without_a_length(wire: Wire, size: int) -> None:
    body = b'{"prompt": "' + b"a" * size + b'"}'
    status, told = wire.post(b"/generate", body)
    assert (status, told["code"]) == (413, "PAYLOAD_TOO_LARGE")
    status, _, content = wire.request(
        b"POST /generate", JSON, CHUNKED, body=in_chunks(body, 50_000)
    )
    assert (status, json.loads(content)["code"]) == (413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize("headers", [(JSON,), (JSON, b"Content-Length: 0"), ()])
def test_no_body_is_no_prompt(wire: Wire, headers: tuple[bytes, ...]) -> None:
    status, _, content = wire.request(b"POST /generate", *headers)
    assert (status, json.loads(content)["code"]) == (400, "PROMPT_REQUIRED")


def test_a_client_that_waits_for_100_continue_gets_it(wire: Wire) -> None:
    body = b'{"prompt": "after asking"}'
    with socket.create_connection(("127.0.0.1", wire.port), timeout=20) as connection:
        connection.sendall(
            b"POST /generate HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            b"Content-Type: application/json\r\nExpect: 100-continue\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body)
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 100")
        connection.sendall(body)
        assert read(connection)[0] == 200


@pytest.mark.parametrize(
    "kind",
    [
        b"application/json; charset=hex",
        b"application/json; charset=idna",
        b"application/json; charset*=nonsense''x",
        b'application/json; charset="',
        b"application/json; charset=\xff",
    ],
)
def test_no_charset_breaks_a_request(wire: Wire, kind: bytes) -> None:
    header = b"Content-Type: " + kind
    status, _, _ = wire.request(b"GET /gallery/list?q=%ff%5Cud800", header)
    assert status == 200
    body = b'{"prompt": "\xc3\xa9"}'
    length = b"Content-Length: %d" % len(body)
    assert wire.request(b"POST /generate?x=%ff", header, length, body=body)[0] == 200
    assert Job.objects.filter(prompt="é").exists()


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (b"/status/%00", 404),
        (b"/status/%ff%fe", 404),
        (b"/status/%ed%a0%80", 404),
        (b"/status/a%0d%0aX-Evil:%201", 404),
        (b"/status/" + b"a" * 20_000, 404),
        (b"//generate", 404),
        (b"/%", 404),
        (b"/%zz", 404),
        (b"/media/../secret_key", 404),
        (b"/media/%2e%2e/secret_key", 404),
        (b"/media/..%2f..%2fsecret_key", 404),
        (b"/static/../secret_key", 404),
        (b"/static/%2e%2e/%2e%2e/manage.py", 404),
        (b"/static/%00", 404),
        (b"/static/%ff", 404),
        (b"http://evil.example/models", 200),
        (b"/gallery/%E2%80%AE", 400),
        (b"/gallery/list?q=%ed%a0%80&model=%ff", 200),
        (b"/gallery/list?q=%ud800&&&=&%=%", 200),
        (b"/gallery/list?limit=%00", 400),
        (b"/models?" + b"a=%ff&" * 3000, 200),
    ],
)
def test_junk_in_the_address_is_answered_in_json(wire: Wire, target: bytes, status: int) -> None:
    found, headers, content = wire.request(b"GET " + target)
    assert found == status
    assert headers["content-type"] == "application/json"
    assert "x-evil" not in headers
    json.loads(content)


@pytest.mark.parametrize(
    "header",
    [
        b"Accept: \xff\xfe, */*;q=\xff",
        b"Accept-Language: " + b"x-" * 4000,
        b"Accept-Language: ../../etc, \xff;q=9",
        b"Cookie: \xff=\xfe; sessionid=\x09; csrftoken=" + b"x" * 4000,
        b"Cookie: django_language=../../../etc/passwd; messages=\xff",
        b"Authorization: Basic \xff",
        b"Authorization: Bearer " + b"x" * 10_000,
        b"If-None-Match: " + b'W/"x",' * 5000,
        b"If-Modified-Since: yesterday",
        b"Range: bytes=0-0,5-,-1",
        b"X-Correlation-ID: \xff",
        b"X-HTTP-Method-Override: DELETE",
        b"X-Forwarded-Host: evil.example",
        b"X-Forwarded-For: \xff",
        b"X-Forwarded-Proto: javascript",
        b"Content-Encoding: gzip",
        b"Content-Type: multipart/form-data",
        b"Transfer-Encoding: chunked\r\nX: y\r\n\r\n0\r\n",
        b"Upgrade: websocket",
        b"Origin: \xff",
    ],
)
def test_junk_in_a_header_does_no_harm(wire: Wire, header: bytes) -> None:
    for path in (b"/models", b"/gallery/", b"/", b"/status/" + str(NOBODY).encode()):
        status, headers, _ = wire.request(b"GET " + path, header)
        assert status == (404 if b"status" in path else 200)
        assert re.fullmatch(r"[\w.-]{1,64}", headers["x-correlation-id"])


@pytest.mark.parametrize("host", [b"", b"\xff", b"a b", b"<script>", b"[::1", b"x" * 300, b"a/b"])
def test_a_junk_host_name_is_refused_in_json(wire: Wire, settings: Any, host: bytes) -> None:
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    status, headers, content = wire.request(b"GET /models", host=host)
    assert (status, headers["content-type"]) == (400, "application/json")
    assert json.loads(content)["field"] == "Host"


@pytest.mark.parametrize(
    "endless",
    [
        b"GET /models?",
        b"GET /models HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ",
        b"POST /log HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Long: ",
    ],
)
def test_a_head_without_an_end_is_refused(wire: Wire, endless: bytes) -> None:
    with socket.create_connection(("127.0.0.1", wire.port), timeout=20) as connection:
        connection.sendall(endless)
        with pytest.raises(ConnectionError):
            send_much(connection)


def send_much(connection: socket.socket) -> None:
    for _ in range(20 * 1024 * 1024 // LONGEST_HEAD):
        connection.sendall(b"x" * LONGEST_HEAD)


def test_a_control_character_in_a_header_is_refused(wire: Wire) -> None:
    assert wire.request(b"GET /models", b"Cookie: a=\x01")[0] == 400


def test_two_correlation_ids_are_none(wire: Wire) -> None:
    status, headers, _ = wire.request(
        b"GET /models", b"X-Correlation-ID: one", b"X-Correlation-ID: two"
    )
    assert status == 200
    assert len(headers["x-correlation-id"]) == 36
