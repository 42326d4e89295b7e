"""Google Gemini: pictures among words and thoughts, and texts."""

import logging
from dataclasses import replace
from typing import Any

import pytest

from providers.adapters.google_gemini import Gemini
from providers.errors import InvalidResponse, Moderated
from providers.messages import Account, ImageRequest
from tests.fakes import shows
from tests.providers.answering import changed
from tests.providers.drawing import INSTRUCTIONS, PROMPT, Caller, Meet
from tests.providers.servers import here

MODEL = "gemini-nano-banana-2.1"
CHAT_MODEL = "gemini-3.5-flash-lite"
EVERYTHING: dict[str, Any] = {
    "negative_prompt": "rain",
    "aspect_ratio": "9:21",
    "steps": 20,
    "guidance": 12.0,
    "seed": 11,
}


@pytest.fixture
def caller(meet: Meet) -> Caller:
    return meet("google-gemini")


def parts_of(told: dict[str, Any]) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = told["candidates"][0]["content"]["parts"]
    return parts


# A picture


def test_a_picture_is_asked_for_with_these_fields_and_no_others(caller: Caller) -> None:
    result = caller.draw(seed=7)
    [call] = caller.fakes.ledger
    assert call.path.endswith(f"/models/{MODEL}:generateContent")
    assert call.headers["x-goog-api-key"] == caller.key
    assert call.body == {
        "contents": [{"role": "user", "parts": [{"text": PROMPT}]}],
        "generationConfig": {
            "responseModalities": ["TEXT", "IMAGE"],
            "imageConfig": {"aspectRatio": "1:1", "imageSize": "1K"},
            "seed": 7,
        },
    }
    assert shows(result.content, MODEL, PROMPT)
    assert (result.seed, result.request_id) == (7, call.request_id)
    assert result.cost_micros is None


def test_its_own_address_is_googles() -> None:
    adapter = Gemini(Account("google-gemini", key="x"), MODEL, here())
    assert adapter.url("/models") == "https://generativelanguage.googleapis.com/v1beta/models"


@pytest.mark.parametrize(
    ("model_id", "image_config"),
    [
        (MODEL, {"aspectRatio": "1:4", "imageSize": "1K"}),
        ("gemini-3-pro-image", {"aspectRatio": "9:16", "imageSize": "1K"}),
        ("gemini-3.1-flash-lite-image", {"aspectRatio": "9:16", "imageSize": "1K"}),
        ("gemini-2.5-flash-image", {"aspectRatio": "9:16"}),
    ],
)
def test_each_model_gets_the_shapes_that_it_knows(
    caller: Caller, model_id: str, image_config: dict[str, str]
) -> None:
    adapter = caller.adapter(model_id=model_id)
    result = adapter.generate(ImageRequest(PROMPT, aspect_ratio="1:4"))
    assert caller.fakes.ledger[-1].body["generationConfig"]["imageConfig"] == image_config
    assert shows(result.content, model_id, PROMPT)


def test_what_became_of_each_parameter_is_told(caller: Caller) -> None:
    result = caller.draw(**EVERYTHING)
    folded = "a sentence in the prompt"
    assert result.parameters == {
        "negativePrompt": {"fate": "translated", "value": "rain", "sent": folded},
        "aspectRatio": {"fate": "translated", "value": "9:21", "sent": "aspectRatio 9:16"},
        "steps": {"fate": "ignored", "value": 20},
        "guidance": {"fate": "ignored", "value": 12.0},
        "seed": {"fate": "applied", "value": 11},
    }
    assert result.prompt_sent == f"{PROMPT}\n\nDo not include: rain"


def test_thoughts_are_skipped_and_the_last_picture_is_taken(caller: Caller) -> None:
    def study_first(told: dict[str, Any]) -> None:
        parts = parts_of(told)
        sketch = next(p for p in parts if p.get("thought") and "inlineData" in p)
        parts.insert(0, {"inlineData": sketch["inlineData"]})
        parts.append(sketch)

    caller.plan(changed(study_first))
    assert shows(caller.draw().content, MODEL, PROMPT)


def test_what_is_declared_as_no_picture_is_none(caller: Caller) -> None:
    def sounds(told: dict[str, Any]) -> None:
        for part in parts_of(told):
            part.get("inlineData", {})["mimeType"] = "audio/wav"

    caller.plan(changed(sounds))
    error = caller.failure()
    assert type(error) is Moderated  # there are words, and nothing else
    assert error.public_message == 'The model answered in words: "Here it is."'


def test_an_announced_end_is_logged(caller: Caller, caplog: pytest.LogCaptureFixture) -> None:
    day = "2027-05-07T00:00:00Z"
    caller.plan(changed(lambda told: told.update(modelStatus={"retirementTime": day})))
    caller.draw()
    [record] = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert record.getMessage() == f"Google will retire '{MODEL}' on '{day}'"


# Chat


@pytest.fixture
def writer(caller: Caller) -> Caller:
    caller.subject = replace(caller.subject, model_id=CHAT_MODEL)
    return caller


def test_a_text_is_asked_for_without_modalities(writer: Caller) -> None:
    assert writer.chat()
    [call] = writer.fakes.ledger
    assert call.body == {
        "contents": [{"role": "user", "parts": [{"text": PROMPT}]}],
        "systemInstruction": {"parts": [{"text": INSTRUCTIONS}]},
        "generationConfig": {"maxOutputTokens": 8000},
    }


def test_a_text_that_was_cut_off_is_no_answer(writer: Caller) -> None:
    writer.plan(
        changed(lambda told: told["candidates"][0].update(finishReason="MAX_TOKENS")), "text"
    )
    error = writer.chat_failure()
    assert type(error) is InvalidResponse
    assert error.request_id == writer.fakes.ledger[-1].request_id
