"""The error table: one shape for every refusal, whoever asks and however."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from providers.models import ImageModel
from tests.api.drawing import Failing, refusal
from tests.support import NOBODY, Api

pytestmark = pytest.mark.django_db

API_PATHS = ["/generate", "/enhance", "/log", "/models", f"/status/{NOBODY}", "/gallery/list"]
POSTS = ["/generate", "/enhance", "/log"]
HTML = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"
MAX_BODY = 65_536


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"prompt": "a"',
        b'{"prompt": "a"} trailing',
        b"{'prompt': 'a'}",
        b'{"prompt": "a",}',
        b'{"prompt": "line\nbreak"}',
        b'{"prompt": "\xff"}',
        b'{"prompt": "\xed\xa0\x80"}',
        b"\xff\xfe{\x00}\x00",
        b'{"prompt": "a", "prompt": "b"}',
        b'{"prompt": "a", "x": {"y": 1, "y": 1}}',
        b'{"prompt": NaN}',
        b"[" * 60_000,
        b'{"a":' * 10_000,
        b"9" * 60_000,
        b"\x00",
        b"prompt=a",
    ],
)
def test_what_is_no_json_is_told_so(api: Api, path: str, body: bytes) -> None:
    told = refusal(api.post(path, body), 400, "INVALID_JSON")
    assert told["message"] == "Invalid JSON in request body"


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "body",
    [
        b"null",
        b"[]",
        b'"text"',
        b"7",
        b"true",
        b'{"prompt": "a\\u0000b"}',
        b'{"prompt": "\\ud800"}',
        b'{"prompt": "\\ude00\\ud83d"}',
        b'{"x": ["\\udc00"]}',
        b'{"\\u0000": 1}',
        b'{"x": ' + b"[" * 21 + b"]" * 21 + b"}",
    ],
)
def test_json_that_is_no_plain_object_is_refused_as_a_whole(
    api: Api, path: str, body: bytes
) -> None:
    told = refusal(api.post(path, body), 400, "VALIDATION_ERROR", "field", "constraint")
    assert told["field"] == "body"


def test_a_byte_order_mark_does_no_harm(api: Api, aurora: ImageModel) -> None:
    assert api.post("/generate", b'\xef\xbb\xbf{"prompt": "a"}').status_code == 200


@pytest.mark.parametrize("path", POSTS)
def test_a_body_over_64_kib_is_too_large(api: Api, path: str) -> None:
    answer = api.post(path, b'{"prompt": "' + b"a" * MAX_BODY + b'"}')
    assert str(MAX_BODY) in refusal(answer, 413, "PAYLOAD_TOO_LARGE")["message"]


def test_a_body_of_64_kib_is_read(api: Api, aurora: ImageModel) -> None:
    start, end = b'{"prompt": "a", "x": "', b'"}'
    assert (
        api.post("/generate", start + b"x" * (MAX_BODY - len(start + end)) + end).status_code == 200
    )


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "application/xml",
        "application/jsonx",
        "json",
        "\xff",
        "application/javascript+json+xml",
    ],
)
@pytest.mark.parametrize("path", POSTS)
def test_another_content_type_is_refused_with_advice(client: Client, path: str, kind: str) -> None:
    answer = client.generic("POST", path, b'{"prompt": "a"}', kind)
    assert "application/json" in refusal(answer, 415, "UNSUPPORTED_MEDIA_TYPE")["message"]


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "application/json",
        "APPLICATION/JSON",
        " application/json ; charset=utf-8",
        "application/json; charset=hex",
        "application/json; charset*=nonsense''utf-8",
        'application/json; charset="',
        "application/problem+json;profile=x",
    ],
)
def test_every_spelling_of_json_is_taken(client: Client, aurora: ImageModel, kind: str) -> None:
    assert client.generic("POST", "/generate", b'{"prompt": "\xc3\xa9"}', kind).status_code == 200


@pytest.mark.parametrize("path", API_PATHS)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"])
def test_a_method_that_is_not_offered_gets_405_and_the_ones_that_are(
    client: Client, path: str, method: str
) -> None:
    offered = "POST" if path in POSTS else "GET"
    if method == offered:
        return
    answer = client.generic(method, path)
    assert method in refusal(answer, 405, "METHOD_NOT_ALLOWED")["message"]
    allowed = set(answer.headers["Allow"].split(", "))
    assert allowed == {offered, "OPTIONS"} | ({"HEAD"} if offered == "GET" else set())


@pytest.mark.parametrize("path", ["/models", "/gallery/list", f"/gallery/{NOBODY}"])
def test_head_answers_as_get_without_a_body(client: Client, path: str) -> None:
    head, get = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Type"] == get.headers["Content-Type"]


@pytest.mark.parametrize(
    "path",
    ["/nope", "/generate/", "/status/", "/status", "/gallery/list/", "/gallery/a/b",
     "/Generate", "/api/generate", f"/status/{NOBODY}/x", "/%00", "/%ff%fe", "/a%0d%0ab", "/..%2f"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_route_answers_in_the_first_api_s_words(
    client: Client, path: str, method: str
) -> None:
    answer = client.generic(method, path)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/json"
    told = answer.json()
    assert (told["error"], told["method"]) == ("Not found", method)
    assert told["path"].startswith("/")
    assert told["correlationId"] == answer.headers["X-Correlation-ID"]


def test_a_browser_gets_a_page_for_an_unknown_route(client: Client) -> None:
    answer = client.get("/nope", headers={"accept": HTML})
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    "accept", [HTML, "text/html", "application/xml", "image/png;q=x,,", "\xff"]
)
@pytest.mark.parametrize("path", [*API_PATHS, "/generate"])
def test_the_api_answers_json_whatever_is_accepted(client: Client, path: str, accept: str) -> None:
    answer = client.get(path, headers={"accept": accept})
    assert answer.headers["Content-Type"] == "application/json"


CALLS: list[Callable[[Client], Any]] = [
    lambda client: client.post("/generate", {"prompt": "a"}, content_type="application/json"),
    lambda client: client.get(f"/status/{NOBODY}"),
    lambda client: client.get("/gallery/list"),
    lambda client: client.get(f"/gallery/{NOBODY}"),
    lambda client: client.get("/models"),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("problem", [OperationalError("locked"), InterfaceError("closed")])
def test_a_database_that_is_away_is_a_503(
    client: Client, aurora: ImageModel, call: Callable[[Client], Any], problem: Exception
) -> None:
    with connection.execute_wrapper(Failing(problem)):
        answer = call(client)
    told = refusal(answer, 503, "SERVICE_UNAVAILABLE", "retryAfter")
    assert answer.headers["Retry-After"] == str(told["retryAfter"])
    assert told["retryAfter"] > 0
    assert "locked" not in str(told)


@pytest.mark.parametrize("path", ["/", "/gallery/", f"/jobs/{NOBODY}", "/admin/"])
def test_a_page_that_meets_a_dead_database_says_when_to_come_back(path: str) -> None:
    client = Client(raise_request_exception=False, headers={"accept": HTML})
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    with connection.execute_wrapper(Failing(OperationalError("locked"))):
        answer = client.get(path)
        told = client.get(path, headers={"accept": "application/json"})
    assert answer.status_code == 503
    assert "The database does not answer right now." in answer.content.decode()
    assert answer.headers["Retry-After"] == "5"
    assert answer.headers["X-Correlation-ID"]
    assert "locked" not in answer.content.decode()
    refusal(told, 503, "SERVICE_UNAVAILABLE", "retryAfter")


@pytest.mark.parametrize("call", CALLS)
def test_a_fault_of_ours_is_a_500_that_tells_nothing_but_its_id(
    aurora: ImageModel, call: Callable[[Client], Any]
) -> None:
    client = Client(raise_request_exception=False, headers={"accept": HTML})
    with connection.execute_wrapper(Failing(RuntimeError("secret detail"))):
        answer = call(client)
    told = refusal(answer, 500, "INTERNAL_SERVER_ERROR")
    assert "secret" not in str(told)


def test_too_many_parameters_are_refused(client: Client) -> None:
    answer = client.get("/gallery/list?" + "q=a&" * 1001)
    refusal(answer, 400, "VALIDATION_ERROR", "field", "constraint")


@pytest.mark.parametrize("host", ["evil.example", "a b", "\xff", "[::1", "a\tb"])
def test_another_host_name_is_refused(client: Client, settings: Any, host: str) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    answer = client.get("/gallery/list", HTTP_HOST=host)
    told = refusal(answer, 400, "VALIDATION_ERROR", "field", "constraint")
    assert told["field"] == "Host"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    page = client.get("/", HTTP_HOST=host, headers={"accept": HTML})
    assert page.status_code == 400
    assert page.headers["Content-Type"].startswith("text/html")
