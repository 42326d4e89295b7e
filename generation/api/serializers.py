"""The request bodies of the API. Unknown fields are ignored."""

from typing import Any

from rest_framework import serializers

from generation.api.fields import (
    Choice,
    Flag,
    Ignored,
    Metadata,
    Number,
    Prompt,
    RequiredLevel,
    RequiredText,
    Slugs,
    Text,
    WholeNumber,
)
from generation.models.job import MAX_PROMPT
from generation.submission import MAX_SEED, Order
from providers.messages import ASPECT_RATIOS

MAX_ENHANCE = 500
LOG_LEVELS = ("ERROR", "WARNING", "INFO", "DEBUG")


class AnyBody(serializers.Serializer[Any]):
    """What every body may hold."""

    ip = Ignored(
        required=False, help_text="Who asks; means something from the holder of a proxy token only."
    )


class OrderBody(AnyBody):
    """The body of POST /generate."""

    prompt = Prompt(MAX_PROMPT)
    steps = WholeNumber(1, 100, default=25)
    guidance = Number(0, 20, default=7.0)
    control = Number(0, 2, default=1.0)
    models = Slugs(default=None)
    seed = WholeNumber(0, MAX_SEED, default=None)
    aspectRatio = Choice(ASPECT_RATIOS, default=str, source="aspect_ratio")  # noqa: N815
    negativePrompt = Text(MAX_PROMPT, default="", source="negative_prompt")  # noqa: N815
    listed = Flag(default=True)

    def order(self) -> Order:
        self.is_valid(raise_exception=True)
        values: dict[str, Any] = dict(self.validated_data)
        return Order(slugs=values.pop("models"), **values)


class RerunBody(AnyBody):
    """The body of POST /jobs/{jobId}/rerun."""

    models = Slugs(default=None)


class VoteBody(AnyBody):
    """The body of POST /jobs/{jobId}/votes."""

    resultId = RequiredText(40)  # noqa: N815


class EnhanceBody(AnyBody):
    """The body of POST /enhance."""

    prompt = Prompt(MAX_ENHANCE)


class LogBody(AnyBody):
    """The body of POST /log."""

    level = RequiredLevel(LOG_LEVELS)
    message = RequiredText(4000)
    stack = Text(16_000, default="")
    metadata = Metadata(default=dict)
