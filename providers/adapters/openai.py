"""OpenAI: GPT Image models, and chat.

Pictures come as base64 only. DALL-E's `response_format` and `style` are answered with 400.
"""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from providers.base import OPENAI_CODES, Adapter, number_of
from providers.catalogue import load
from providers.chat_completions import MAX_TOKENS, conversation, said
from providers.errors import NoCredit, ProviderError
from providers.messages import ImageRequest, ImageResult
from providers.openai_images import body_for, drawn

# Those that think. The others refuse to be told how much.
REASONING = re.compile(r"(gpt-([5-9]|\d\d)|o\d)(?!.*-chat)")


class OpenAI(Adapter):
    kind: ClassVar[str] = "openai"
    default_base_url = "https://api.openai.com/v1"
    chats = True
    error_codes: ClassVar[Mapping[str, type[ProviderError]]] = {
        **OPENAI_CODES,
        "billing_hard_limit_reached": NoCredit,  # a 400, when the month's own limit is used up
    }

    def generate(self, request: ImageRequest) -> ImageResult:
        return drawn(self, request, body_for(self, request), self.cost_of)

    def cost_of(self, told: Mapping[str, Any]) -> int | None:
        """The price of the tokens that were used, where the catalogue knows it."""
        row, usage = load().find(self.kind, self.model_id), told.get("usage")
        if row is None or row.input_micros is None or row.output_micros is None:
            return None
        tokens = usage if isinstance(usage, dict) else {}
        read, made = number_of(tokens.get("input_tokens")), number_of(tokens.get("output_tokens"))
        if read is None or made is None:
            return None
        per_million = read * row.input_micros + made * row.output_micros
        return number_of(-(-per_million // 1_000_000))

    def chat(self, instructions: str, text: str) -> str:
        body: dict[str, Any] = {
            "model": self.model_id,
            "messages": conversation("developer", instructions, text),
            "max_completion_tokens": MAX_TOKENS,
        }
        if REASONING.match(self.model_id):
            body["reasoning_effort"] = "low"  # the least that every one of them takes
        return said(self, body)
