"""No 500 from any body, header, path or query string, and each refusal has the usual shape."""

import json
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from generation.models import Job
from providers.messages import ASPECT_RATIOS
from providers.models import ImageModel
from tests.api.drawing import ERROR_NAMES, drawn

pytestmark = pytest.mark.django_db

EXAMPLES = 150
attacked = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
    ],
)

odd_text = st.text(st.characters(codec=None), max_size=40)  # lone surrogates and NUL included
numbers = (
    st.integers()
    | st.floats()
    | st.sampled_from([0, -0.0, 1, 25, 100, 101, 2**31 - 2, 2**31 - 1, 2**63, 10**400, 1e308])
)
scalars = st.none() | st.booleans() | numbers | odd_text
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(odd_text, inner, max_size=4),
    max_leaves=8,
)
orders = st.fixed_dictionaries(
    {"prompt": st.text(min_size=1, max_size=50) | values},
    optional={
        "steps": numbers | values,
        "guidance": numbers | values,
        "control": numbers | values,
        "seed": numbers | values,
        "aspectRatio": st.sampled_from(ASPECT_RATIOS) | values,
        "negativePrompt": odd_text | values,
        "models": st.lists(st.just("aurora") | odd_text, max_size=3) | values,
        "listed": st.booleans() | values,
        "ip": values,
    },
)
entries = st.fixed_dictionaries(
    {},
    optional={
        "level": st.sampled_from(["ERROR", "info", "x"]) | values,
        "message": odd_text | values,
        "stack": odd_text | values,
        "metadata": st.dictionaries(odd_text, values, max_size=3) | values,
    },
)
header_text = st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=60)
HEADERS = [
    "HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "HTTP_AUTHORIZATION", "HTTP_CONTENT_ENCODING",
    "HTTP_COOKIE", "HTTP_HOST", "HTTP_IF_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_NONE_MATCH",
    "HTTP_ORIGIN", "HTTP_RANGE", "HTTP_REFERER", "HTTP_X_CORRELATION_ID", "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO", "HTTP_X_JOB_TOKEN", "HTTP_X_REQUESTED_WITH", "CONTENT_TYPE",
    "HTTP_TRANSFER_ENCODING",
]  # fmt: skip


@pytest.fixture(autouse=True)
def one_model(aurora: ImageModel) -> None:
    """Something to draw with, so that orders get all the way."""


def check(answer: Any, *accepted: int) -> None:
    """The answer is one of the accepted ones, or a refusal as the contract has it."""
    if answer.status_code in accepted:
        return
    assert 400 <= answer.status_code < 500, answer.content
    told = answer.json()
    assert set(told) >= ERROR_NAMES
    assert told["error"] in (told["code"], "Not found")
    assert answer.headers["X-Correlation-ID"] == told["correlationId"]


def as_json(value: Any) -> str:
    """As Python writes it: NaN, Infinity and lone surrogates included."""
    return json.dumps(value)


@given(orders)
@attacked
def test_no_order_breaks_generate(client: Client, order: dict[str, Any]) -> None:
    before = Job.objects.count()
    answer = client.post("/generate", as_json(order), content_type="application/json")
    check(answer, 200)
    assert Job.objects.count() == before + (answer.status_code == 200)
    if answer.status_code == 200:
        job_id = answer.json()["jobId"]
        for path in (f"/status/{job_id}", f"/jobs/{job_id}"):
            assert client.get(path).status_code == 200


@given(values)
@attacked
def test_no_json_breaks_a_post(client: Client, value: Any) -> None:
    for path in ("/generate", "/enhance", "/log"):
        for body in (value, {"prompt": value, "level": value, "message": value}):
            answer = client.post(path, as_json(body), content_type="application/json")
            check(answer, 200)


@given(entries)
@attacked
def test_no_entry_breaks_the_log(client: Client, entry: dict[str, Any]) -> None:
    check(client.post("/log", as_json(entry), content_type="application/json"), 200)


@given(st.binary(max_size=200))
@example(b"\xff\xfe{\x00")
@example(b"[" * 65_000)
@example(b'{"a":' * 13_000)
@example(b"-" + b"9" * 60_000)
@example(b'{"prompt": 1e999999999}')
@attacked
def test_no_bytes_break_a_post(client: Client, body: bytes) -> None:
    for path in ("/generate", "/enhance", "/log"):
        check(client.post(path, body, content_type="application/json"), 200)


@given(st.binary(max_size=40))
@attacked
def test_no_path_breaks_a_route(client: Client, path: bytes) -> None:
    junk = quote_from_bytes(path, safe="")
    for start in ("/", "/status/", "/gallery/", "/jobs/", "/media/", "/static/", "/admin/"):
        answer = client.get(f"{start}x{junk}", headers={"accept": "*/*"})
        if start != "/admin/":
            check(answer, 200, 304)
        assert answer.status_code < 500
        answer.close()


query_names = st.sampled_from(["q", "model", "limit", "cursor", "prompt", "next"])


@given(st.lists(st.tuples(query_names, st.binary(max_size=40)), max_size=5))
@attacked
def test_no_query_string_breaks_a_reader(client: Client, query: list[tuple[str, bytes]]) -> None:
    string = "&".join(f"{name}={quote_from_bytes(value)}" for name, value in query)
    check(client.get(f"/gallery/list?{string}"), 200)
    for path in ("/gallery/", "/"):
        assert client.get(f"{path}?{string}").status_code in (200, 302)


@given(st.text(max_size=60))
@attacked
def test_no_search_breaks_the_gallery(client: Client, words: str) -> None:
    if not Job.objects.exists():
        drawn("A red fox in the snow")
    check(client.get("/gallery/list", {"q": words}), 200)
    assert client.get("/gallery/", {"q": words}).status_code == 200


@given(st.dictionaries(st.sampled_from(HEADERS), header_text, min_size=1, max_size=4))
@attacked
def test_no_header_breaks_an_answer(client: Client, headers: dict[str, str]) -> None:
    for path in ("/gallery/list", "/models", "/status/x"):
        answer = client.get(path, **headers)  # type: ignore[arg-type]
        check(answer, 200)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get("/", **headers).status_code in (200, 400)  # type: ignore[arg-type]
    given_type = headers.pop("CONTENT_TYPE", "application/json")
    body = b'{"prompt": "a"}'
    answer = client.generic("POST", "/generate", body, given_type, **headers)  # type: ignore[arg-type]
    check(answer, 200)


@given(st.sampled_from(HEADERS), header_text, st.binary(max_size=100))
@attacked
def test_no_form_breaks_the_studio(client: Client, name: str, value: str, body: bytes) -> None:
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", value):
        extra = {} if name == "CONTENT_TYPE" else {name: value}
        answer = client.generic("POST", "/", body, kind, **extra)  # type: ignore[arg-type]
        assert answer.status_code in (302, 400, 413)
