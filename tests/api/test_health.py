"""/healthz says that the process lives, /readyz that it can draw."""

from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from providers.models import ImageModel
from tests.api.drawing import Failing

pytestmark = pytest.mark.django_db


def test_a_living_process_answers_healthz_without_a_database(
    client: Client, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_server_that_can_draw_is_ready(client: Client, aurora: ImageModel) -> None:
    answer = client.get("/readyz")
    told = answer.json()
    assert (answer.status_code, told["status"]) == (200, "ok")
    assert set(told["checks"].values()) == {"ok"}
    assert set(told["checks"]) >= {"database", "migrations", "storage", "models"}
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_server_without_models_says_what_is_missing(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["models"].endswith(".")
    assert answer.json()["checks"]["database"] == "ok"
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("problem", [OperationalError("gone"), InterfaceError("gone")])
def test_a_database_that_is_away_is_named(
    client: Client, aurora: ImageModel, problem: Exception
) -> None:
    with connection.execute_wrapper(Failing(problem)):
        answer = client.get("/readyz")
        assert client.get("/healthz").status_code == 200
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "The database does not answer."


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_only_reading_is_allowed(path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.head(path).status_code in (200, 503)
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        answer = client.generic(method, path)
        assert answer.status_code == 405
        assert answer.headers["Allow"] == "GET, HEAD"
