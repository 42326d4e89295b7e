"""Google's two protocols: closed names, pictures among thoughts, 200 without a picture."""

import base64
from typing import Any

import pytest
import requests

from tests.fakes import FakeProviders, behaviours, middle_colour, picture_colour, shows
from tests.fakes.callers import (
    MODELS,
    ask,
    picture_in,
    size_of,
)


def gemini(fakes: FakeProviders, config: dict[str, Any], **changes: Any) -> requests.Response:
    whole = {"responseModalities": ["IMAGE"]} | config
    return ask(fakes, "google-gemini", generationConfig=whole, **changes)


@pytest.mark.parametrize(
    "config",
    [
        {"negativePrompt": "rain"},
        {"imageConfig": {"outputMimeType": "image/png"}},
        {"imageConfig": {"imageSize": "512"}},
        {"imageConfig": {"imageSize": "1k"}},
        {"imageConfig": {"aspectRatio": "7:3"}},
        {"seed": 2**31},
        {"candidateCount": 2},
        {"responseModalities": ["image"]},
        {"thinkingConfig": {"thinkingLevel": "extreme"}},
    ],
)
def test_gemini_refuses(fakes: FakeProviders, config: dict[str, Any]) -> None:
    response = gemini(fakes, config)
    assert response.status_code == 400
    assert response.json()["error"]["status"] == "INVALID_ARGUMENT"
    assert fakes.charged == []


def test_gemini_names_what_it_does_not_know(fakes: FakeProviders) -> None:
    message = gemini(fakes, {"negativePrompt": "rain"}).json()["error"]["message"]
    assert "Unknown name \"negativePrompt\" at 'generation_config'" in message


def test_geminis_last_part_without_thought_is_the_picture(fakes: FakeProviders) -> None:
    response = gemini(fakes, {"imageConfig": {"aspectRatio": "16:9", "imageSize": "2K"}})
    parts = response.json()["candidates"][0]["content"]["parts"]
    thoughts = [part for part in parts if part.get("thought") and "inlineData" in part]
    sketch = base64.b64decode(thoughts[0]["inlineData"]["data"])
    model = MODELS["google-gemini"]
    assert middle_colour(sketch) != picture_colour(model, "a red fox")
    content = picture_in(fakes, "google-gemini", response)
    assert shows(content, model, "a red fox")
    assert size_of(content)[0] > size_of(content)[1]


def test_gemini_tells_jpeg_or_png(fakes: FakeProviders) -> None:
    types = []
    for model in ("gemini-nano-banana-2.1", "gemini-2.5-flash-image"):
        parts = gemini(fakes, {}, model=model).json()["candidates"][0]["content"]["parts"]
        types.append(parts[-1]["inlineData"]["mimeType"])
    assert types == ["image/jpeg", "image/png"]


def test_gemini_without_the_image_modality_only_talks(fakes: FakeProviders) -> None:
    response = ask(fakes, "google-gemini", model="gemini-3.5-flash-lite", generationConfig={})
    parts = response.json()["candidates"][0]["content"]["parts"]
    said = "".join(part["text"] for part in parts if not part.get("thought"))
    assert said.startswith("a red fox, ")
    assert fakes.ledger[0].stage == "text"


def test_gemini_answers_404_for_a_model_that_is_gone(fakes: FakeProviders) -> None:
    response = ask(fakes, "google-gemini", model="gemini-2.0-flash-exp-image-generation")
    assert response.json()["error"]["status"] == "NOT_FOUND"


def test_gemini_wants_its_key_in_the_header(fakes: FakeProviders) -> None:
    url = f"{fakes.base_url('google-gemini')}/models?key={fakes.key('google-gemini')}"
    assert requests.get(url, timeout=20).status_code == 400
    bad = requests.get(
        fakes.base_url("google-gemini") + "/models", headers={"x-goog-api-key": "x"}, timeout=20
    )
    assert bad.status_code == 400
    assert bad.json()["error"]["details"][0]["reason"] == "API_KEY_INVALID"


@pytest.mark.parametrize("reason", ["moderated", "no_picture"])
def test_geminis_answers_without_a_picture_are_all_200(fakes: FakeProviders, reason: str) -> None:
    for form in fakes.forms("google-gemini", reason):
        fakes.plan(getattr(behaviours, reason)(form), times=1)
        response = ask(fakes, "google-gemini")
        assert response.status_code == 200
        candidates = response.json().get("candidates", [])
        parts = [
            part
            for candidate in candidates
            for part in (candidate.get("content") or {}).get("parts", [])
            if "inlineData" in part and not part.get("thought")
        ]
        assert parts == [], form


@pytest.mark.parametrize(
    "parameters",
    [{"seed": 1}, {"negativePrompt": "rain"}, {"aspectRatio": "21:9"}, {"sampleCount": 5}],
)
def test_imagen_refuses(fakes: FakeProviders, parameters: dict[str, Any]) -> None:
    response = ask(fakes, "google-imagen", parameters=parameters)
    assert response.status_code == 400
    assert fakes.charged == []


def test_imagen_draws_four_unless_told_otherwise(fakes: FakeProviders) -> None:
    response = ask(fakes, "google-imagen", parameters={"aspectRatio": "9:16"})
    assert len(response.json()["predictions"]) == 4
