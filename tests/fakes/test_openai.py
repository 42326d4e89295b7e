"""GPT Image and its imitators, each as strict as it is."""

import base64
from typing import Any

import pytest
import requests

from tests.fakes import FakeProviders, behaviours, shows
from tests.fakes.callers import (
    ask,
    credentials,
    picture_in,
    size_of,
)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"response_format": "b64_json"}, "unknown_parameter"),
        ({"style": "vivid"}, "unknown_parameter"),
        ({"quality": "hd"}, "invalid_value"),
        ({"size": "1000x1000"}, "invalid_value"),
        ({"size": "3840x1024"}, "invalid_value"),
        ({"size": "512x512"}, "invalid_value"),
        ({"n": 11}, "invalid_value"),
        ({"prompt": ""}, "invalid_value"),
        ({"prompt": 7}, "invalid_value"),
        ({"model": "gpt-image-2", "quality": "max"}, "invalid_value"),
        ({"model": "gpt-image-1.5", "size": "1280x720"}, "invalid_value"),
        ({"output_compression": 50}, "invalid_value"),
        ({"background": "transparent", "output_format": "jpeg"}, "invalid_value"),
        ({"model": "dall-e-3"}, "model_not_found"),
        ({"model": "gpt-6-luna"}, "model_not_found"),
    ],
)
def test_openai_refuses(fakes: FakeProviders, changes: dict[str, Any], word: str) -> None:
    response = ask(fakes, "openai", **changes)
    assert response.status_code in (400, 404)
    assert response.json()["error"]["code"] == word
    assert response.headers["x-request-id"] == fakes.ledger[0].request_id
    assert fakes.charged == []


def test_openai_draws_the_size_and_format_it_is_asked_for(fakes: FakeProviders) -> None:
    response = ask(fakes, "openai", size="1280x720", output_format="webp", quality="low", n=2)
    answer = response.json()
    assert size_of(base64.b64decode(answer["data"][1]["b64_json"])) == (1280, 720)
    assert (answer["size"], answer["output_format"]) == ("1280x720", "webp")


@pytest.mark.parametrize(
    "kind", ["openai", "openai-compatible"], ids=lambda kind: kind.replace("-", "_")
)
def test_chat_writes_a_prompt(fakes: FakeProviders, kind: str) -> None:
    answer = chat(fakes, kind, max_completion_tokens=200).json()
    assert answer["choices"][0]["message"]["content"].startswith("a red fox, ")
    assert [(call.stage, call.outcome) for call in fakes.ledger] == [("text", "charged")]


def chat(fakes: FakeProviders, kind: str, **changes: Any) -> requests.Response:
    messages = [
        {"role": "system", "content": "Improve it."},
        {"role": "user", "content": "a red fox"},
    ]
    return requests.post(
        fakes.base_url(kind) + "/chat/completions",
        json={"model": "gpt-6-luna", "messages": messages} | changes,
        headers=credentials(fakes, kind),
        timeout=20,
    )


def test_reasoning_models_refuse_the_old_fields(fakes: FakeProviders) -> None:
    assert chat(fakes, "openai", max_tokens=200).status_code == 400
    assert chat(fakes, "openai", temperature=0.7).status_code == 400
    assert chat(fakes, "openai", max_tokens=200, model="gpt-4o-mini").status_code == 200


@pytest.mark.parametrize("form", ["refusal", "content_filter"])
def test_chat_models_refuse_in_words(fakes: FakeProviders, form: str) -> None:
    fakes.plan(behaviours.moderated(form), stage="text")
    choice = chat(fakes, "openai").json()["choices"][0]
    assert choice["message"]["refusal"] or choice["finish_reason"] == "content_filter"


def test_together_knows_neither_size_nor_b64_json(fakes: FakeProviders) -> None:
    for changes in ({"size": "1024x1024"}, {"response_format": "b64_json"}, {"n": 5}):
        response = ask(fakes, "openai-compatible", flavour="together", **changes)
        assert response.status_code == 400
    wish: dict[str, Any] = {
        "response_format": "base64",
        "width": 640,
        "height": 384,
        "output_format": "png",
    }
    response = ask(fakes, "openai-compatible", flavour="together", **wish)
    assert response.json()["data"][0]["type"] == "b64_json"
    assert size_of(picture_in(fakes, "openai-compatible", response)) == (640, 384)


def test_xai_holds_a_picture_back_with_200(fakes: FakeProviders) -> None:
    fakes.plan(behaviours.moderated("respect_moderation"))
    response = ask(fakes, "openai-compatible", flavour="xai")
    assert response.status_code == 200
    assert response.json()["data"][0]["respect_moderation"] is False


def test_localai_cuts_the_prompt_at_a_bar(fakes: FakeProviders) -> None:
    response = ask(fakes, "openai-compatible", "a fox|rain", flavour="localai")
    assert "/generated-images/" in response.json()["data"][0]["url"]
    assert shows(picture_in(fakes, "openai-compatible", response), "fake-1", "a fox")


def test_local_servers_need_no_key_but_refuse_a_malformed_one(fakes: FakeProviders) -> None:
    assert fakes.key("openai-compatible", "vllm-omni") == ""
    url = fakes.base_url("openai-compatible", "vllm-omni") + "/images/generations"
    body = {"prompt": "x"}
    bad = requests.post(url, json=body, headers={"Authorization": "Bearer "}, timeout=20)
    assert bad.status_code == 401
    assert requests.post(url, json=body, timeout=20).json()["data"][0]["url"] is None
