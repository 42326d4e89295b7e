"""Chat completions, as OpenAI and the servers that imitate it speak them."""

import re
from typing import Any

from tests.fakes import checks
from tests.fakes.base import FakeProvider, Form, Scene
from tests.fakes.checks import Check
from tests.fakes.messages import Answer, Order, json_answer

ROLES = checks.one_of("developer", "system", "user", "assistant")
FIELDS: dict[str, Check] = {
    "model": checks.text(1, 300),
    "messages": checks.list_of(checks.mapping, 1),
    "max_completion_tokens": checks.whole(1, 1_000_000),
    "max_tokens": checks.whole(1, 1_000_000),
    "reasoning_effort": checks.one_of("none", "minimal", "low", "medium", "high", "xhigh", "max"),
    "temperature": checks.number(0, 2),
    "n": checks.whole(1, 1),
    "stream": checks.one_of(),
    "user": checks.text(1),
    "safety_identifier": checks.text(1, 128),
}
REASONING = re.compile(r"(gpt-[5-9]|o\d)")


def chat_order(provider: FakeProvider, body: Any) -> Order:
    provider.demand(checks.problems(body, FIELDS, ("model", "messages")))
    for position, message in enumerate(body["messages"]):
        fields = {"role": ROLES, "content": checks.text(1)}
        at = f"messages[{position}]."
        provider.demand(checks.problems(message, fields, ("role", "content"), at=at))
    refuse_old_fields(provider, body)
    said = [message["content"] for message in body["messages"] if message["role"] == "user"]
    return Order(body["model"], said[-1] if said else "", body, stage="text")


def refuse_old_fields(provider: FakeProvider, body: Any) -> None:
    """Reasoning models take neither `max_tokens` nor a temperature of their caller's choice."""
    if not REASONING.match(body["model"]):
        return
    for name in ("max_tokens", "temperature"):
        if name in body and body[name] != 1:
            message = f"Unsupported parameter: '{name}' is not supported with this model."
            raise provider.refuse(400, "unsupported_parameter", message)


def chat_reply(
    scene: Scene, text: str | None, finish: str = "stop", refusal: str | None = None
) -> Answer:
    message = {"role": "assistant", "content": text, "refusal": refusal}
    choice = {"index": 0, "finish_reason": finish, "message": message, "logprobs": None}
    usage = {"prompt_tokens": 60, "completion_tokens": 40, "total_tokens": 100}
    return json_answer(
        {
            "id": f"chatcmpl-{scene.request_id}",
            "object": "chat.completion",
            "created": 1_763_900_000,
            "model": scene.order.model,
            "choices": [choice],
            "usage": usage,
        }
    )


def chat_forms(reason: str) -> dict[str, Form]:
    """How a chat model refuses, and how it can fail to say anything."""
    if reason == "moderated":
        return {
            "refusal": Form(
                lambda scene: chat_reply(scene, None, refusal="I can't do that."), True
            ),
            "content_filter": Form(lambda scene: chat_reply(scene, "", "content_filter"), True),
        }
    if reason == "no_text":
        return {
            "length": Form(lambda scene: chat_reply(scene, "", "length"), True),
            "empty": Form(lambda scene: chat_reply(scene, ""), True),
            "null": Form(lambda scene: chat_reply(scene, None), True),
        }
    return {}
