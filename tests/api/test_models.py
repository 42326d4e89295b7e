"""GET /models: what can be drawn with."""

import pytest
from django.test import Client

from providers.models import ImageModel, Provider
from tests.support import make_model

pytestmark = pytest.mark.django_db

NAMES = {"slug", "name", "provider", "kind", "priceMicros", "available", "reason"}


def test_a_model_is_told_with_its_provider_and_price(client: Client, server: Provider) -> None:
    make_model(server, "one", name="Model One", price_micros=40_000)
    (told,) = client.get("/models").json()["models"]
    assert set(told) >= NAMES
    assert {name: told[name] for name in NAMES} == {
        "slug": "model-one",
        "name": "Model One",
        "provider": "OpenAI-compatible server",
        "kind": "openai-compatible",
        "priceMicros": 40_000,
        "available": True,
        "reason": None,
    }


def test_models_come_in_order_and_only_if_enabled(client: Client, server: Provider) -> None:
    make_model(server, "third", position=3)
    make_model(server, "first", position=1)
    make_model(server, "off", position=2, enabled=False)
    slugs = [model["slug"] for model in client.get("/models").json()["models"]]
    assert slugs == ["first", "third"]


def test_an_unknown_price_is_null_and_a_demo_is_free(
    client: Client, aurora: ImageModel, server: Provider
) -> None:
    assert client.get("/models").json()["models"][0]["priceMicros"] == 0
    make_model(server, "real")
    (told,) = client.get("/models").json()["models"]
    assert (told["slug"], told["priceMicros"]) == ("real", None)


def test_a_model_that_cannot_draw_says_why(client: Client, aurora: ImageModel) -> None:
    Provider.objects.update(kind="no-such-kind")
    (told,) = client.get("/models").json()["models"]
    assert told["available"] is False
    assert told["reason"].endswith(".")


def test_without_models_the_list_is_empty(client: Client) -> None:
    assert client.get("/models").json() == {"models": []}
