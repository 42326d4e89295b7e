"""GET /schema: one document, in JSON or YAML, cheap to ask for again."""

from typing import Any

import pytest
import yaml
from django.conf import settings
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from openapi_spec_validator import OpenAPIV31SpecValidator

from providers.version import VERSION
from tests.api.drawing import invalid

pytestmark = pytest.mark.django_db

ROOT = settings.BASE_DIR


def test_it_is_a_valid_document_of_openapi_3_1(client: Client) -> None:
    told = client.get("/schema").json()
    assert told["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(told).validate()


def test_it_is_the_same_document_in_yaml(client: Client) -> None:
    told = client.get("/schema").json()
    by_format = client.get("/schema?format=yaml")
    assert by_format.headers["Content-Type"] == "application/yaml"
    assert yaml.safe_load(by_format.content) == told
    by_accept = client.get("/schema", headers={"accept": "application/yaml"})
    assert by_accept.content == by_format.content
    assert "Accept" in by_accept.headers["Vary"]


@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/json", "\xff"])
def test_it_is_json_for_everybody_else(client: Client, accept: str) -> None:
    answer = client.get("/schema", headers={"accept": accept})
    assert answer.headers["Content-Type"] == "application/json"
    assert client.get("/schema?format=json", headers={"accept": "a/yaml"}).content == answer.content


@pytest.mark.parametrize("form", ["xml", "", "JSON", "\0"])
def test_another_format_is_refused(client: Client, form: str) -> None:
    invalid(client.get("/schema", {"format": form}), "format")


def test_it_is_made_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    first = client.get("/schema")
    monkeypatch.delattr(SchemaGenerator, "get_schema")
    assert client.get("/schema").content == first.content
    assert client.get("/schema", headers={"if-none-match": first["ETag"]}).status_code == 304
    assert client.get("/schema?format=yaml")["ETag"] != first["ETag"]


def test_it_may_be_read_from_anywhere_or_by_chosen_origins(client: Client, settings: Any) -> None:
    assert client.get("/schema")["Access-Control-Allow-Origin"] == "*"
    settings.CORS_ALLOWED_ORIGINS = ["https://front.example.org"]
    answer = client.get("/schema", headers={"origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert {"Accept", "Origin"} <= set(answer["Vary"].split(", "))


def test_it_tells_the_version_of_the_project(client: Client) -> None:
    assert client.get("/schema").json()["info"]["version"] == VERSION


def test_the_documentation_names_every_path(client: Client) -> None:
    words = (ROOT / "docs" / "api.md").read_text()
    for path, told in client.get("/schema").json()["paths"].items():
        for method in told:
            assert f"`{method.upper()} {path}`" in words
