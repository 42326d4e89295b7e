"""Recraft: OpenAI's protocol with sizes, a seed and errors of its own."""

import json
from typing import Any

import pytest

from providers.adapters.recraft import Recraft
from providers.errors import (
    InvalidKey,
    InvalidRequest,
    ModelGone,
    Moderated,
    NoAccess,
    NoCredit,
    ProviderError,
    RateLimited,
    Unavailable,
)
from providers.messages import Account, ImageRequest
from tests.fakes import behaviours, shows
from tests.fakes.pictures import draw
from tests.providers.drawing import PROMPT, Caller, Meet
from tests.providers.servers import Server, here, message, says

V41 = "recraftv4_1"


@pytest.fixture
def caller(meet: Meet) -> Caller:
    return meet("recraft")


def drawn_by(caller: Caller, model_id: str, **parameters: Any) -> Any:
    """The body that was sent for a picture of this model."""
    adapter = caller.adapter(model_id=model_id)
    result = adapter.generate(ImageRequest(PROMPT, **parameters))
    assert shows(result.content, model_id, caller.fakes.ledger[-1].prompt)
    return caller.fakes.ledger[-1].body


def test_a_picture_is_asked_for_with_these_fields_and_no_others(caller: Caller) -> None:
    assert drawn_by(caller, V41, seed=7) == {
        "model": V41,
        "prompt": PROMPT,
        "n": 1,
        "size": "1024x1024",
        "random_seed": 7,
        "response_format": "b64_json",
        "image_format": "png",
    }


def test_the_key_is_a_bearer(caller: Caller) -> None:
    caller.draw()
    call = caller.fakes.ledger[-1]
    assert call.headers["authorization"] == f"Bearer {caller.key}"
    assert call.path == "/recraft/v1/images/generations"


def test_without_a_base_url_it_is_recrafts_own() -> None:
    adapter = Recraft(Account("recraft", key="k"), V41, here())
    assert adapter.url("/x") == "https://external.api.recraft.ai/v1/x"


@pytest.mark.parametrize(
    ("model_id", "ratio", "size"),
    [
        (V41, "16:9", "1344x768"),
        (V41, "3:2", "1280x832"),
        (V41, "21:9", "1536x768"),
        ("recraftv4_1_pro", "16:9", "2688x1536"),
        ("recraftv4_1_pro", "1:1", "2048x2048"),
        ("recraftv3", "16:9", "1820x1024"),
        ("recraftv2", "2:3", "1024x1536"),
    ],
)
def test_a_shape_becomes_the_nearest_size_of_the_models_family(
    caller: Caller, model_id: str, ratio: str, size: str
) -> None:
    assert drawn_by(caller, model_id, aspect_ratio=ratio)["size"] == size


@pytest.mark.parametrize("model_id", ["recraftv3", "recraftv2"])
def test_old_models_have_a_field_for_what_to_avoid(caller: Caller, model_id: str) -> None:
    body = drawn_by(caller, model_id, negative_prompt="snowmen")
    assert body["negative_prompt"] == "snowmen"
    assert body["prompt"] == PROMPT


def test_new_models_are_told_in_a_sentence(caller: Caller) -> None:
    body = drawn_by(caller, V41, negative_prompt="snowmen")
    assert "negative_prompt" not in body
    assert body["prompt"].endswith("Do not include: snowmen")


def test_steps_and_guidance_are_ignored_and_the_seed_is_kept(caller: Caller) -> None:
    result = caller.draw(PROMPT, steps=30, guidance=7, seed=123)
    fates = {name: fate["fate"] for name, fate in result.parameters.items()}
    assert fates == {"steps": "ignored", "guidance": "ignored", "seed": "applied"}
    assert result.seed == 123


@pytest.mark.parametrize(("model_id", "longest"), [("recraftv3", 1_000), (V41, 10_000)])
def test_a_prompt_that_is_too_long_is_not_sent(caller: Caller, model_id: str, longest: int) -> None:
    caller.adapter(model_id=model_id).generate(ImageRequest("x" * longest))
    error = caller.failure("x" * (longest + 1), model_id=model_id)
    assert type(error) is InvalidRequest
    assert len(caller.fakes.traffic) == 1


def test_the_credits_are_the_price(caller: Caller) -> None:
    result = caller.draw()
    assert result.cost_micros == 40_000
    assert result.request_id == caller.fakes.ledger[-1].request_id


@pytest.mark.parametrize("credits", [None, "40", -1, 2**62, 0.5])
def test_a_price_that_cannot_be_told_is_not_made_up(caller: Caller, credits: Any) -> None:
    told = {"data": [{"b64_json": "aGVsbG8=", "revised_prompt": "A fox."}], "credits": credits}
    caller.plan(behaviours.body(json.dumps(told).encode()))
    result = caller.draw()
    assert result.cost_micros is None
    assert result.revised_prompt == "A fox."


def test_an_address_instead_of_base64_is_fetched_without_the_key(caller: Caller) -> None:
    content = draw("another", "picture", (64, 64), "PNG").data
    with Server(says(message(content))) as elsewhere:
        told = {"data": [{"image_id": "1", "url": elsewhere.url("/abc")}]}
        caller.plan(behaviours.body(json.dumps(told).encode()))
        assert caller.draw().content == content
    [request] = elsewhere.requests
    caller.is_silent_on_the_key(request.decode("latin-1"))


@pytest.mark.parametrize(
    ("status", "code", "words", "kind"),
    [
        (400, "bad_request", "size is not supported", InvalidRequest),
        (400, "content_moderation", "no", Moderated),
        (400, "bad_request", "The prompt did not pass moderation", Moderated),
        (401, "unauthorized", "Invalid token", InvalidKey),
        (402, "", "Pay first", NoCredit),
        (400, "not_enough_credits", "Pay first", NoCredit),
        (403, "not_enough_credits", "Pay first", NoCredit),
        (403, "forbidden", "Access denied", NoAccess),
        (404, "not_found", "No such model", ModelGone),
        (429, "rate_limit_exceeded", "Slow down", RateLimited),
        (500, "internal_error", "Oops", ProviderError),
        (503, "internal_error", "Oops", Unavailable),
    ],
)
def test_every_row_of_the_error_table(
    caller: Caller, status: int, code: str, words: str, kind: type[ProviderError]
) -> None:
    caller.plan(behaviours.status(status, code, words))
    error = caller.failure()
    assert type(error) is kind
    assert error.status == status
    assert error.request_id == caller.fakes.ledger[-1].request_id
    assert words in error.detail


def test_a_vector_drawing_is_handed_on_for_the_check_to_refuse(caller: Caller) -> None:
    adapter = caller.adapter(model_id="recraftv4_1_vector")
    assert adapter.generate(ImageRequest(PROMPT)).content.startswith(b"<svg")
