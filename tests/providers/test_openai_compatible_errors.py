"""Servers that speak like OpenAI: what goes wrong with them, and how their models chat."""

import json
from dataclasses import replace
from typing import Any

import pytest

from providers.adapters.openai_compatible import NOT_THERE
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
from tests.fakes import behaviours
from tests.providers.drawing import INSTRUCTIONS, PROMPT, Meet


def uncharged(status: int, body: Any) -> behaviours.Behaviour:
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return replace(behaviours.body(content, code=status), charges=lambda *call: False)


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": "nsfw words", "type": "invalid", "code": "bad"}},
        {"error": {"message": "no", "type": "content_policy_violation", "code": "400"}},
        {"error": {"message": "no", "code": "moderation_flagged"}},
        {"error": "blocked by the safety system"},
        {"code": "content_filter", "error": "blocked"},
        {"detail": "NSFW content detected"},
        {"detail": [{"loc": ["prompt"], "msg": "content policy", "type": "value_error"}]},
        {"message": "The prompt was moderated"},
        "a content-filter struck",
    ],
)
@pytest.mark.parametrize("status", [400, 422])
def test_moderation_is_recognised_in_every_shape(meet: Meet, body: Any, status: int) -> None:
    caller = meet("plain")
    caller.plan(uncharged(status, body))
    error = caller.failure()
    assert type(error) is Moderated
    assert error.uncharged


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"error": {"message": "size", "code": "invalid_value"}}, InvalidRequest),
        (422, {"detail": [{"loc": ["size"], "msg": "Invalid size"}]}, InvalidRequest),
        (400, {"error": {"message": "no", "type": "auth_error", "code": "401"}}, InvalidRequest),
        (401, {"detail": "who are you"}, InvalidKey),
        (400, {"code": "x", "error": "Incorrect API key provided: sk***c2."}, InvalidKey),
        (400, {"code": "x", "error": "Incorrect%20API%20key%20provided."}, InvalidKey),
        (402, {"error": {"message": "add credits"}}, NoCredit),
        (403, {"error": "not your team's"}, NoAccess),
        (404, "404 page not found", ModelGone),
        (404, {"error": {"message": "x", "code": "model_not_found"}}, ModelGone),
        (429, {"message": "slow down"}, RateLimited),
        (429, {"error": {"message": "x", "type": "insufficient_quota", "code": "429"}}, NoCredit),
        (408, {}, ProviderError),
        (500, {"error": {"code": 500, "message": "could not load model"}}, ProviderError),
        (503, {"error": {"code": 503, "message": "still loading"}}, Unavailable),
        (200, {"error": {"message": "something"}}, InvalidResponse),
        (302, {}, ProviderError),
    ],
)
def test_every_row_of_the_error_table(
    meet: Meet, status: int, body: Any, kind: type[ProviderError]
) -> None:
    caller = meet("plain")
    caller.plan(uncharged(status, body))
    error = caller.failure()
    assert type(error) is kind
    assert error.status == status


def test_a_404_names_both_things_that_may_be_wrong(meet: Meet) -> None:
    caller = meet("plain")
    caller.plan(behaviours.not_found_html())
    assert caller.failure().public_message == NOT_THERE


# Chat


def test_a_conversation_is_sent_in_the_oldest_words(meet: Meet) -> None:
    caller = meet("plain")
    caller.chat()
    assert caller.fakes.ledger[-1].body == {
        "model": "fake-plain",
        "messages": [
            {"role": "system", "content": INSTRUCTIONS},
            {"role": "user", "content": PROMPT},
        ],
        "max_tokens": 2_000,
    }


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("<think>Let me\nsee.</think>\n\nA red fox.", "A red fox."),
        ("\n<think></think>A fox <think>again</think>", "A fox <think>again</think>"),
    ],
)
def test_a_models_thoughts_are_left_out(meet: Meet, said: str, heard: str) -> None:
    caller = meet("plain")
    caller.plan(behaviours.says(said), "text")
    assert caller.chat() == heard


@pytest.mark.parametrize("said", ["<think>Let me see.</think>", "<think>Let me"])
def test_thoughts_alone_are_no_answer(meet: Meet, said: str) -> None:
    caller = meet("plain")
    caller.plan(behaviours.says(said), "text")
    assert type(caller.chat_failure()) is InvalidResponse


def test_a_pictures_extra_fields_do_not_go_into_a_chat(meet: Meet) -> None:
    caller = meet("plain", extra_body={"quality": "high"}, response_format="url")
    assert caller.chat()
