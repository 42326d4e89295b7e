"""CORS: open by default and on every answer of the API, never on a page, never with credentials."""

from typing import Any

import pytest
from django.test import Client

from providers.models import ImageModel
from tests.api.drawing import drawn
from tests.support import NOBODY, Api

pytestmark = pytest.mark.django_db

ALLOWED = {
    "Content-Type", "Authorization", "X-Requested-With", "X-Correlation-ID", "X-Job-Token",
    "Idempotency-Key", "If-None-Match", "Last-Event-ID",
}  # fmt: skip
EXPOSED = {"ETag", "Retry-After", "RateLimit", "RateLimit-Policy", "X-Correlation-ID"}
ORIGIN = "https://front.example.org"

REQUESTS = [
    ("GET", "/models", 200),
    ("GET", "/gallery/list", 200),
    ("GET", f"/gallery/{NOBODY}", 200),
    ("GET", "/gallery/a_b", 400),
    ("GET", "/gallery/list?limit=0", 400),
    ("GET", f"/status/{NOBODY}", 404),
    ("GET", "/no/such/route", 404),
    ("GET", "/generate", 405),
    ("POST", "/generate", 400),
    ("POST", "/enhance", 400),
    ("POST", "/log", 400),
    ("OPTIONS", "/generate", 204),
    ("OPTIONS", "/no/such/route", 204),
]


def names(header: str) -> set[str]:
    return set(header.split(", "))


@pytest.mark.parametrize("origin", [None, ORIGIN, "null", "\xff"])
@pytest.mark.parametrize(("method", "path", "status"), REQUESTS)
def test_every_answer_of_the_api_is_open(
    client: Client, method: str, path: str, status: int, origin: str | None
) -> None:
    given = {} if origin is None else {"HTTP_ORIGIN": origin}
    answer = client.generic(method, path, **given)  # type: ignore[arg-type]
    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert names(answer.headers["Access-Control-Expose-Headers"]) == EXPOSED
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize("path", ["/generate", f"/status/{NOBODY}", "/gallery/list", "/log"])
def test_a_preflight_allows_what_clients_send(client: Client, path: str) -> None:
    answer = client.options(
        path,
        headers={
            "origin": ORIGIN,
            "access-control-request-method": "POST",
            "access-control-request-headers": "content-type, x-job-token",
        },
    )
    assert (answer.status_code, answer.content) == (204, b"")
    assert names(answer.headers["Access-Control-Allow-Headers"]) == ALLOWED
    assert names(answer.headers["Access-Control-Allow-Methods"]) >= {"GET", "POST", "DELETE"}
    assert int(answer.headers["Access-Control-Max-Age"]) > 0
    assert "Content-Type" not in answer.headers
    assert "X-Correlation-ID" in answer.headers


@pytest.mark.parametrize("path", ["/", "/gallery/", "/admin/login/", f"/jobs/{NOBODY}", "/healthz"])
@pytest.mark.parametrize("method", ["get", "options"])
def test_pages_are_not_open(client: Client, path: str, method: str) -> None:
    headers = {"origin": ORIGIN, "access-control-request-method": "GET"}
    answer = getattr(client, method)(path, headers=headers)
    assert not any(name.startswith("Access-Control") for name in answer.headers)


def test_pictures_may_be_read_from_anywhere(api: Api, aurora: ImageModel) -> None:
    address = api.status(str(drawn().id))["results"][0]["imageUrl"]
    answer = api.client.get(address)
    answer.close()
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


class TestChosenOrigins:
    """With CORS_ALLOWED_ORIGINS set, only these origins may read."""

    @pytest.fixture(autouse=True)
    def chosen(self, settings: Any) -> None:
        settings.CORS_ALLOWED_ORIGINS = [ORIGIN, "http://localhost:3000"]

    @pytest.mark.parametrize("path", ["/models", "/no/such/route", "/gallery/a_b"])
    @pytest.mark.parametrize("origin", [ORIGIN, "http://localhost:3000"])
    def test_a_chosen_origin_is_named(self, client: Client, path: str, origin: str) -> None:
        answer = client.get(path, headers={"origin": origin})
        assert answer.headers["Access-Control-Allow-Origin"] == origin
        assert "Origin" in names(answer.headers["Vary"])
        assert "Access-Control-Allow-Credentials" not in answer.headers

    @pytest.mark.parametrize(
        "origin",
        ["https://evil.example", f"{ORIGIN}.evil.example", ORIGIN.upper(), "null", "", "*", None],
    )
    def test_another_origin_is_not(self, client: Client, origin: str | None) -> None:
        headers = {} if origin is None else {"origin": origin}
        for answer in (
            client.get("/models", headers=headers),
            client.options("/log", headers=headers),
        ):
            assert "Access-Control-Allow-Origin" not in answer.headers
            assert "Origin" in names(answer.headers["Vary"])
