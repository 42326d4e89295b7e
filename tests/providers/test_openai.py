"""OpenAI: what is sent, what is read, what a picture cost, and how its models chat."""

import json
from typing import Any

import pytest

from providers.adapters.openai import REASONING, OpenAI
from providers.errors import (
    InvalidKey,
    InvalidRequest,
    InvalidResponse,
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
from tests.providers.drawing import INSTRUCTIONS, PROMPT, Caller, Meet
from tests.providers.servers import here

FLARE = "gpt-image-2.5-flare"
CHAT = "gpt-6-luna"
PLAIN = {
    "model": FLARE,
    "prompt": PROMPT,
    "n": 1,
    "size": "1024x1024",
    "quality": "medium",
    "output_format": "png",
}


@pytest.fixture
def caller(meet: Meet) -> Caller:
    return meet("openai")


def drawn_by(caller: Caller, model_id: str, **parameters: Any) -> Any:
    """The body that was sent for a picture of this model."""
    adapter = caller.adapter(model_id=model_id)
    result = adapter.generate(ImageRequest(PROMPT, **parameters))
    assert shows(result.content, model_id, caller.fakes.ledger[-1].prompt)
    return caller.fakes.ledger[-1].body


# What is sent


def test_a_picture_is_asked_for_with_these_fields_and_no_others(caller: Caller) -> None:
    assert drawn_by(caller, FLARE) == PLAIN


def test_the_key_is_a_bearer_and_the_body_is_json(caller: Caller) -> None:
    caller.draw()
    call = caller.fakes.ledger[-1]
    assert call.headers["authorization"] == f"Bearer {caller.key}"
    assert call.headers["content-type"] == "application/json"
    assert call.path == "/openai/v1/images/generations"


def test_without_a_base_url_it_is_openais_own(caller: Caller) -> None:
    adapter = OpenAI(Account("openai", key="k"), FLARE, here())
    assert adapter.url("/images/generations") == "https://api.openai.com/v1/images/generations"


@pytest.mark.parametrize(
    ("model_id", "ratio", "size"),
    [
        (FLARE, "16:9", "1360x768"),
        (FLARE, "9:16", "768x1360"),
        (FLARE, "21:9", "1552x672"),
        (FLARE, "1:1", "1024x1024"),
        ("gpt-image-2.6-sunburst", "3:2", "1248x832"),
        ("gpt-image-2", "4:5", "912x1136"),
        ("gpt-image-1-mini", "16:9", "1536x1024"),
        ("gpt-image-1.5", "9:21", "1024x1536"),
        ("gpt-image-1.5", "1:1", "1024x1024"),
    ],
)
def test_a_shape_becomes_the_nearest_size_of_the_models_generation(
    caller: Caller, model_id: str, ratio: str, size: str
) -> None:
    assert drawn_by(caller, model_id, aspect_ratio=ratio)["size"] == size


def test_what_openai_does_not_know_is_reported_and_not_sent(caller: Caller) -> None:
    result = caller.draw(
        PROMPT, negative_prompt="snowmen", aspect_ratio="16:9", steps=30, guidance=7.5, seed=11
    )
    body = caller.fakes.ledger[-1].body
    assert set(body) == set(PLAIN)
    assert body["prompt"] == result.prompt_sent == f"{PROMPT}\n\nDo not include: snowmen"
    assert {name: fate["fate"] for name, fate in result.parameters.items()} == {
        "negativePrompt": "translated",
        "aspectRatio": "translated",
        "steps": "ignored",
        "guidance": "ignored",
        "seed": "ignored",
    }
    assert result.parameters["aspectRatio"]["sent"] == "size 1360x768"
    assert result.seed is None


def test_a_prompt_that_is_too_long_is_not_sent(caller: Caller) -> None:
    error = caller.failure("x" * 32_001)
    assert type(error) is InvalidRequest
    assert "32000 characters" in error.public_message
    assert caller.fakes.traffic == []


# What is read


def test_the_answer_names_its_request(caller: Caller) -> None:
    assert caller.draw().request_id == caller.fakes.ledger[-1].request_id


def test_the_price_follows_from_the_tokens_used(caller: Caller) -> None:
    # 14 tokens of text at $5 a million, 439 of picture at $30
    assert caller.draw().cost_micros == 70 + 13_170


@pytest.mark.parametrize(
    ("usage", "cost"),
    [
        ({"input_tokens": 1, "output_tokens": 0}, 5),
        ({"input_tokens": 0, "output_tokens": 0}, 0),
        ({"input_tokens": 0}, None),
        ({"input_tokens": -1, "output_tokens": 1}, None),
        ({"input_tokens": "1", "output_tokens": 1}, None),
        ({"input_tokens": True, "output_tokens": 1}, None),
        ({"input_tokens": 2**62, "output_tokens": 2**62}, None),
        (None, None),
        ([], None),
    ],
)
def test_a_price_that_cannot_be_told_is_not_made_up(
    caller: Caller, usage: Any, cost: int | None
) -> None:
    told = {"data": [{"b64_json": "aGVsbG8="}], "usage": usage}
    caller.plan(behaviours.body(json.dumps(told).encode()))
    result = caller.draw()
    assert result.content == b"hello"
    assert result.cost_micros == cost


def test_a_model_without_token_prices_has_no_known_cost(caller: Caller) -> None:
    adapter = caller.adapter(model_id="gpt-image-1-mini")
    assert adapter.generate(ImageRequest(PROMPT)).cost_micros is None


def test_a_part_of_a_micro_dollar_counts_as_a_whole_one(caller: Caller) -> None:
    adapter = caller.adapter(model_id="gpt-6-luna")
    assert isinstance(adapter, OpenAI)
    assert adapter.cost_of({"usage": {"input_tokens": 1, "output_tokens": 1}}) == 1


# What goes wrong


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "moderation_blocked", Moderated),
        (400, "content_policy_violation", Moderated),
        (400, "invalid_value", InvalidRequest),
        (400, "unknown_parameter", InvalidRequest),
        (400, "billing_hard_limit_reached", NoCredit),
        (401, "invalid_api_key", InvalidKey),
        (403, "", NoAccess),
        (404, "model_not_found", ModelGone),
        (429, "rate_limit_exceeded", RateLimited),
        (429, "insufficient_quota", NoCredit),
        (500, "server_error", ProviderError),
        (502, "server_error", ProviderError),
        (503, "server_error", Unavailable),
        (504, "server_error", ProviderError),
    ],
)
def test_every_row_of_the_error_table(
    caller: Caller, status: int, code: str, kind: type[ProviderError]
) -> None:
    caller.plan(behaviours.status(status, code, "in their words"))
    error = caller.failure()
    assert type(error) is kind
    assert error.status == status
    assert error.request_id == caller.fakes.ledger[-1].request_id
    assert "in their words" in error.detail
    assert "in their words" not in error.public_message


def test_a_wait_in_milliseconds_is_told_in_seconds(caller: Caller) -> None:
    caller.plan(behaviours.rate_limited(0.25, "ms"))
    assert caller.failure().retry_after == 0.25


def test_an_answer_without_pictures_is_unreadable_and_names_its_request(caller: Caller) -> None:
    caller.plan(behaviours.no_picture())
    error = caller.failure()
    assert type(error) is InvalidResponse
    assert error.public_message == "The provider answered without a picture."
    assert error.request_id == caller.fakes.ledger[-1].request_id


# Chat


def asked(caller: Caller, model_id: str) -> Any:
    caller.adapter(model_id=model_id).chat(INSTRUCTIONS, PROMPT)
    return caller.fakes.ledger[-1].body


def test_a_model_that_thinks_is_told_to_think_little(caller: Caller) -> None:
    assert asked(caller, CHAT) == {
        "model": CHAT,
        "messages": [
            {"role": "developer", "content": INSTRUCTIONS},
            {"role": "user", "content": PROMPT},
        ],
        "max_completion_tokens": 2_000,
        "reasoning_effort": "low",
    }
    assert caller.fakes.ledger[-1].path == "/openai/v1/chat/completions"


def test_a_model_that_does_not_think_is_not_told_how_much(caller: Caller) -> None:
    assert "reasoning_effort" not in asked(caller, "gpt-4o-mini")


@pytest.mark.parametrize(
    ("model_id", "thinks"),
    [
        ("gpt-5-nano", True),
        ("gpt-5.6-luna", True),
        ("gpt-12-sol", True),
        ("o4-mini", True),
        ("gpt-5-chat-latest", False),
        ("gpt-4.1", False),
        ("omni-1", False),
    ],
)
def test_who_thinks_is_seen_by_the_name(model_id: str, thinks: bool) -> None:
    assert bool(REASONING.match(model_id)) == thinks


def test_a_models_refusal_is_shown_shortened(caller: Caller) -> None:
    message = {"role": "assistant", "content": None, "refusal": "I will not. " * 100}
    told = {"choices": [{"index": 0, "finish_reason": "stop", "message": message}]}
    caller.plan(behaviours.body(json.dumps(told).encode()), "text")
    error = caller.chat_failure(model_id=CHAT)
    assert type(error) is Moderated
    assert 'declined: "I will not. I will' in error.public_message
    assert len(error.public_message) < 350
    assert not error.uncharged


def test_half_a_text_is_no_answer(caller: Caller) -> None:
    message = {"role": "assistant", "content": "A red fox, half"}
    told = {"choices": [{"index": 0, "finish_reason": "length", "message": message}]}
    caller.plan(behaviours.body(json.dumps(told).encode()), "text")
    assert type(caller.chat_failure(model_id=CHAT)) is InvalidResponse
