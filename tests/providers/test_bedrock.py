"""AWS Bedrock: a body for each family of models, and texts by Converse."""

from dataclasses import replace
from typing import Any

import pytest

from providers.errors import InvalidRequest, InvalidResponse, Moderated
from providers.messages import ImageRequest
from tests.fakes import shows
from tests.providers.answering import changed
from tests.providers.drawing import INSTRUCTIONS, PROMPT, Caller, Meet

SD35 = "stability.sd3-5-large-v1:0"
CORE = "stability.stable-image-core-v1:1"
ULTRA = "stability.stable-image-ultra-v1:1"
NOVA = "amazon.nova-canvas-v1:0"
MICRO = "amazon.nova-micro-v1:0"
FOLDED = f"{PROMPT}\n\nDo not include: rain"
EVERYTHING: dict[str, Any] = {
    "negative_prompt": "rain",
    "aspect_ratio": "16:9",
    "steps": 20,
    "guidance": 12.0,
    "seed": 11,
}


@pytest.fixture
def caller(meet: Meet) -> Caller:
    return meet("bedrock")


@pytest.fixture
def nova(caller: Caller) -> Caller:
    caller.subject = replace(caller.subject, model_id=NOVA)
    return caller


@pytest.fixture
def writer(caller: Caller) -> Caller:
    caller.subject = replace(caller.subject, model_id=MICRO)
    return caller


# A picture


@pytest.mark.parametrize(
    ("model_id", "body"),
    [
        (
            SD35,
            {
                "prompt": PROMPT,
                "negative_prompt": "rain",
                "mode": "text-to-image",
                "cfg_scale": 10.0,
            },
        ),
        (CORE, {"prompt": FOLDED}),
        (ULTRA, {"prompt": FOLDED}),
    ],
)
def test_each_model_of_stability_gets_the_fields_that_it_knows(
    caller: Caller, model_id: str, body: dict[str, Any]
) -> None:
    result = caller.adapter(model_id=model_id).generate(ImageRequest(PROMPT, **EVERYTHING))
    [call] = caller.fakes.ledger
    shared = {"aspect_ratio": "16:9", "output_format": "png", "seed": 11}
    assert call.body == shared | body
    assert shows(result.content, model_id, body["prompt"])
    assert (result.seed, result.request_id) == (11, call.request_id)
    assert result.prompt_sent == body["prompt"]


def test_nova_canvas_gets_two_boxes(nova: Caller) -> None:
    result = nova.draw(**EVERYTHING)
    [call] = nova.fakes.ledger
    assert call.body == {
        "taskType": "TEXT_IMAGE",
        "textToImageParams": {"text": PROMPT, "negativeText": "rain"},
        "imageGenerationConfig": {
            "width": 1360,
            "height": 768,
            "quality": "standard",
            "numberOfImages": 1,
            "seed": 11,
            "cfgScale": 10,
        },
    }
    assert shows(result.content, NOVA, PROMPT)
    assert result.seed == 11


def test_nothing_to_avoid_is_not_sent_as_an_empty_text(nova: Caller) -> None:
    nova.draw()
    assert nova.fakes.ledger[-1].body["textToImageParams"] == {"text": PROMPT}


def test_what_became_of_each_parameter_is_told(caller: Caller) -> None:
    assert caller.draw(**EVERYTHING).parameters == {
        "negativePrompt": {"fate": "applied", "value": "rain"},
        "aspectRatio": {"fate": "applied", "value": "16:9"},
        "steps": {"fate": "ignored", "value": 20},
        "guidance": {"fate": "translated", "value": 12.0, "sent": "cfg_scale 10"},
        "seed": {"fate": "applied", "value": 11},
    }


def test_the_seed_is_the_providers_where_it_tells_one(caller: Caller) -> None:
    caller.plan(changed(lambda told: told.update(seeds=[4242])), times=1)
    assert caller.draw(seed=7).seed == 4242
    caller.plan(changed(lambda told: told.pop("seeds")), times=1)
    assert caller.draw(seed=7).seed == 7


@pytest.mark.parametrize(("model_id", "longest"), [(SD35, 10_000), (NOVA, 1024)])
def test_a_prompt_that_is_too_long_is_not_sent(caller: Caller, model_id: str, longest: int) -> None:
    error = caller.failure("x" * (longest + 1), model_id=model_id)
    assert type(error) is InvalidRequest
    assert str(longest) in error.public_message
    assert caller.fakes.traffic == []


# Chat


def test_a_text_is_asked_for_by_converse(writer: Caller) -> None:
    assert writer.chat()
    [call] = writer.fakes.ledger
    assert call.path.endswith("/converse")
    assert call.body == {
        "system": [{"text": INSTRUCTIONS}],
        "messages": [{"role": "user", "content": [{"text": PROMPT}]}],
        "inferenceConfig": {"maxTokens": 2000},
    }


@pytest.mark.parametrize("reason", ["content_filtered", "guardrail_intervened"])
def test_a_filtered_text_is_not_used(writer: Caller, reason: str) -> None:
    writer.plan(changed(lambda told: told.update(stopReason=reason)), "text")
    error = writer.chat_failure()
    assert type(error) is Moderated
    assert error.request_id == writer.fakes.ledger[0].request_id


def test_a_text_that_was_cut_off_is_no_answer(writer: Caller) -> None:
    writer.plan(changed(lambda told: told.update(stopReason="max_tokens")), "text")
    assert type(writer.chat_failure()) is InvalidResponse
