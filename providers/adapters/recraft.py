"""Recraft: OpenAI's protocol with names of its own, such as `random_seed`."""

from collections.abc import Mapping
from typing import Any, ClassVar

from providers.base import OPENAI_CODES, Adapter, number_of
from providers.errors import NoCredit, ProviderError
from providers.messages import ImageRequest, ImageResult
from providers.openai_images import body_for, drawn

MICROS_PER_CREDIT = 1_000  # its prices are the same in both: 40 credits are $0.04


class Recraft(Adapter):
    kind: ClassVar[str] = "recraft"
    default_base_url = "https://external.api.recraft.ai/v1"
    error_codes: ClassVar[Mapping[str, type[ProviderError]]] = {
        **OPENAI_CODES,
        "not_enough_credits": NoCredit,  # no table says whether as a 400, a 402 or a 403
    }

    def generate(self, request: ImageRequest) -> ImageResult:
        return drawn(self, request, body_for(self, request), cost_of)


def cost_of(told: Mapping[str, Any]) -> int | None:
    credits = number_of(told.get("credits"))
    return number_of(credits * MICROS_PER_CREDIT) if credits is not None else None
