"""OpenAI's chat protocol, which others imitate: a conversation goes in, one answer comes out."""

import re
from typing import Any

from providers.base import Adapter, text_of
from providers.errors import InvalidResponse, Moderated
from providers.openai_images import posted

MAX_TOKENS = 2_000
"""Two short texts, and the thoughts before them, which are billed and counted as well."""
NO_TEXT = "The language model answered without a text."
DECLINED = "The language model declined to answer."
# Servers without a reader for a model's thoughts leave them in its answer.
THOUGHTS = re.compile(r"\A\s*<think>.*?(</think>|\Z)", re.DOTALL)


def conversation(role: str, instructions: str, text: str) -> list[dict[str, str]]:
    """Two messages: our instructions, by "developer" or "system", and the visitor's text."""
    return [{"role": role, "content": instructions}, {"role": "user", "content": text}]


def said(adapter: Adapter, body: dict[str, Any]) -> str:
    """What the model answers, never empty; the body is sent once."""
    answer = posted(adapter, "/chat/completions", body)
    with adapter.reading(answer):
        choice = first_choice(answer.json())
        message = choice["message"]
        refusal, reason = message.get("refusal"), choice.get("finish_reason")
        if refusal:
            words = f'The language model declined: "{text_of(refusal, 300)}"'
            raise adapter.error(Moderated, answer, "a refusal", words)
        if reason == "content_filter":
            raise adapter.error(Moderated, answer, f"finish_reason {reason}", DECLINED)
        content = THOUGHTS.sub("", text_of(message.get("content"))).strip()
        if not content or reason == "length":
            raise InvalidResponse(NO_TEXT, detail=f"no whole text, finish_reason {reason}")
    return content


def first_choice(body: Any) -> dict[str, Any]:
    """The first choice, whose message is an object; `InvalidResponse` where there is none."""
    choices = body.get("choices") if isinstance(body, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, dict) or not isinstance(choice.get("message"), dict):
        raise InvalidResponse(NO_TEXT, detail="choices hold no message")
    return choice
