"""Any server that speaks OpenAI's image and chat API, at a base URL of its own.

Servers differ in what they take besides `model` and `prompt`, and some refuse what they do not
know, so only what the chosen flavour knows is sent. A flavour is a family of the catalogue.
`options` of the provider or model: `flavour` (its name), `response_format` (a value, or null for
none) and `extra_body` (an object that is added to a picture's body; a null takes a field away).
What an operator decides there stands, and a visitor's wish for it is reported as ignored.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urlsplit

from providers.answers import Answer
from providers.base import Adapter, number_of
from providers.catalogue import load
from providers.chat_completions import MAX_TOKENS, conversation, said
from providers.entries import Family
from providers.errors import InvalidKey, InvalidRequest, ModelGone, ProviderError
from providers.messages import ImageRequest, ImageResult
from providers.openai_images import drawn

FLAVOUR_OF_HOST = {"api.together.ai": "together", "api.together.xyz": "together", "api.x.ai": "xai"}
TICKS_PER_MICRO = 10_000  # xAI bills in ticks of a ten-billionth of a dollar
WRONG_KEY = re.compile(r"(incorrect|invalid)( |%20)api( |%20)key", re.IGNORECASE)
NOT_THERE = "This server knows no such model, or its base URL is wrong. An operator must check."


class OpenAICompatible(Adapter):
    kind: ClassVar[str] = "openai-compatible"
    needs_key = False
    needs_base_url = True
    chats = True

    def generate(self, request: ImageRequest) -> ImageResult:
        return drawn(self, request, self.body(request), cost_of)

    @property
    def family(self) -> Family:
        """The flavour: named in the options, or known by the host, or the model's own."""
        host = host_of(self.account.base_url)
        name = self.options.get("flavour") or FLAVOUR_OF_HOST.get(host)
        if not name:
            return super().family
        flavour = load().families.get(str(name))
        if flavour is None or flavour.kind != self.kind:
            raise InvalidRequest("The options of this model name a flavour that does not exist.")
        return flavour

    def prompt(self, request: ImageRequest) -> str:
        """The prompt as it is sent. LocalAI takes what follows a | for what to avoid."""
        wanted, unwanted = request.prompt, request.negative_prompt
        if self.family.name != "localai" or not unwanted or "|" in wanted + unwanted:
            return super().prompt(request)
        self.report.translated("negativePrompt", unwanted, "the prompt's part after |")
        return f"{wanted}|{unwanted}"

    def body(self, request: ImageRequest) -> dict[str, Any]:
        named = {"model": self.model_id, "prompt": self.prompt(request)}
        body: dict[str, Any] = {**named, "n": 1}
        if request.aspect_ratio and self.extra.keys().isdisjoint(self.family.size_fields):
            body |= self.size(request)
        body |= dict(self.family.fixed) | self.parameters(self.undecided(request))
        if "response_format" in self.options:
            body["response_format"] = self.options["response_format"]
        body |= self.extra
        return {name: value for name, value in body.items() if value is not None} | named

    @property
    def extra(self) -> dict[str, Any]:
        """The fields that an operator has decided."""
        extra = self.options.get("extra_body")
        return extra if isinstance(extra, dict) else {}

    def undecided(self, request: ImageRequest) -> ImageRequest:
        """The request without what an operator has decided."""
        family = self.family
        known = {"steps": family.steps, "guidance": family.guidance, "seed": family.seed}
        known["negative_prompt"] = family.negative_prompt
        decided: dict[str, Any] = {
            name: None
            for name, parameter in known.items()
            if parameter is not None and parameter.field in self.extra
        }
        return replace(request, **decided)

    def error_for(self, answer: Answer) -> ProviderError:
        error = super().error_for(answer)
        if answer.status == 400 and WRONG_KEY.search(error.detail):  # xAI's way to say 401
            return self.error(InvalidKey, answer, error.detail)
        if isinstance(error, ModelGone):
            error.public_message = NOT_THERE
        return error

    def chat(self, instructions: str, text: str) -> str:
        body = {
            "model": self.model_id,
            "messages": conversation("system", instructions, text),
            "max_tokens": MAX_TOKENS,
        }
        return said(self, body)


def host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def cost_of(told: Mapping[str, Any]) -> int | None:
    usage = told.get("usage")
    ticks = number_of(usage.get("cost_in_usd_ticks")) if isinstance(usage, dict) else None
    return ticks // TICKS_PER_MICRO if ticks is not None else None
