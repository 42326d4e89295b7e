"""X-Correlation-ID: a sane one is kept, and it is on every answer and log line of the request."""

import logging

import pytest
from django.test import Client

from generation import correlation
from tests.support import NOBODY

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("given", ["a", "A-b_c.9", "x" * 64, str(NOBODY)])
def test_a_sane_correlation_id_is_echoed(client: Client, given: str) -> None:
    answer = client.get("/nope", headers={"x-correlation-id": given})
    assert answer.headers["X-Correlation-ID"] == answer.json()["correlationId"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a,b", "é", "<b>", "a\tb", "\u0660", "a/b"])
def test_another_correlation_id_is_replaced(client: Client, given: str) -> None:
    answer = client.get("/models", HTTP_X_CORRELATION_ID=given)
    assert answer.headers["X-Correlation-ID"] != given
    assert len(answer.headers["X-Correlation-ID"]) == 36


@pytest.mark.parametrize(
    "path", ["/", "/models", "/nope", "/healthz", "/readyz", "/admin/", "/media/x", "/gallery/"]
)
def test_every_answer_has_a_correlation_id(client: Client, path: str) -> None:
    answer = client.get(path, headers={"x-correlation-id": "mine"})
    assert answer.headers["X-Correlation-ID"] == "mine"


def test_the_log_lines_of_a_refused_request_carry_its_id(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.addFilter(correlation.Context())
    with caplog.at_level(logging.INFO):
        client.get("/nope", headers={"x-correlation-id": "mine"})
        client.get(f"/status/{NOBODY}", headers={"x-correlation-id": "mine"})
    ids = [vars(record)["correlation_id"] for record in caplog.records]
    assert ids == ["mine"] * 3  # two are answered, one of them by a refusal
    assert correlation.current.get() == "-"
