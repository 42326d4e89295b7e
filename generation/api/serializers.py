"""The request bodies of the API. `null` means absent; unknown fields are ignored."""

import math
from typing import Any

from rest_framework import serializers

from generation.api.errors import Refusal, invalid
from generation.models.job import MAX_PROMPT
from generation.submission import MAX_SEED, Order
from providers.messages import ASPECT_RATIOS

MAX_ENHANCE = 500
MOST_MODELS = 20
LOG_LEVELS = ("ERROR", "WARNING", "INFO", "DEBUG")


class Strict(serializers.Field):  # type: ignore[type-arg]
    """A field that converts nothing: a number is a JSON number, a text a JSON string."""

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        if data is None:  # null means absent
            data = serializers.empty
        return super().validate_empty_values(data)

    def to_representation(self, value: Any) -> Any:
        return value

    def refuse(self, constraint: str, sentence: str) -> Refusal:
        return invalid(str(self.field_name), constraint, f"{self.field_name} {sentence}")


class Number(Strict):
    """A finite number within bounds."""

    def __init__(self, low: float, high: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.low, self.high = low, high

    def to_internal_value(self, data: Any) -> float:
        sentence = f"must be a number from {self.low} to {self.high}."
        if isinstance(data, bool) or not isinstance(data, int | float):
            raise self.refuse("number", sentence)
        if not self.low <= data <= self.high:  # NaN and infinity fail this too
            raise self.refuse(f"{self.low}..{self.high}", sentence)
        return float(data) + 0.0  # minus zero becomes zero


class WholeNumber(Number):
    """A number within bounds that has no fraction; 25.0 counts as 25."""

    def to_internal_value(self, data: Any) -> int:
        value = super().to_internal_value(data)
        if not math.isfinite(value) or value != int(value):
            raise self.refuse(
                "whole number", f"must be a whole number from {self.low} to {self.high}."
            )
        return int(value)


class Text(Strict):
    """Trimmed text with plain line ends and a greatest length in code points."""

    def __init__(self, longest: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise self.refuse("text", "must be text.")
        text = data.replace("\r\n", "\n").strip()
        if len(text) > self.longest:
            raise self.too_long()
        return text

    def too_long(self) -> Refusal:
        return self.refuse(
            f"at most {self.longest} characters", f"must have at most {self.longest} characters."
        )


class Prompt(Text):
    """The one field that must be there, with errors of its own."""

    def __init__(self, longest: int) -> None:
        super().__init__(longest, default="")

    def run_validation(self, data: Any = serializers.empty) -> str:
        text: str = super().run_validation(data)
        if not text:
            raise Refusal(400, "PROMPT_REQUIRED", "Prompt is required")
        return text

    def too_long(self) -> Refusal:
        sentence = f"Prompt is too long (maximum {self.longest} characters)"
        return Refusal(400, "PROMPT_TOO_LONG", sentence, maxLength=self.longest)


class Flag(Strict):
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            raise self.refuse("true or false", "must be true or false.")
        return data


class Choice(Strict):
    def __init__(self, choices: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = choices

    def to_internal_value(self, data: Any) -> str:
        if data not in self.choices:
            raise self.refuse("one of a list", f"must be one of {', '.join(self.choices)}.")
        return str(data)


class Slugs(Strict):
    """1 to 20 distinct slugs."""

    def to_internal_value(self, data: Any) -> list[str]:
        sentence = f"must be a list of 1 to {MOST_MODELS} different model slugs."
        if not isinstance(data, list) or not 1 <= len(data) <= MOST_MODELS:
            raise self.refuse(f"1..{MOST_MODELS} slugs", sentence)
        if not all(isinstance(slug, str) for slug in data) or len(set(data)) != len(data):
            raise self.refuse(f"1..{MOST_MODELS} slugs", sentence)
        return data


class OrderBody(serializers.Serializer[Order]):
    """The body of POST /generate. `ip` is accepted and means nothing."""

    prompt = Prompt(MAX_PROMPT)
    steps = WholeNumber(1, 100, default=25)
    guidance = Number(0, 20, default=7.0)
    control = Number(0, 2, default=1.0)
    models = Slugs(default=None)
    seed = WholeNumber(0, MAX_SEED, default=None)
    aspectRatio = Choice(ASPECT_RATIOS, default="", source="aspect_ratio")  # noqa: N815
    negativePrompt = Text(MAX_PROMPT, default="", source="negative_prompt")  # noqa: N815
    listed = Flag(default=True)

    def order(self) -> Order:
        self.is_valid(raise_exception=True)
        values: dict[str, Any] = dict(self.validated_data)
        return Order(slugs=values.pop("models"), **values)


class RerunBody(serializers.Serializer[dict[str, Any]]):
    """The body of POST /jobs/{jobId}/rerun."""

    models = Slugs(default=None)


class EnhanceBody(serializers.Serializer[str]):
    """The body of POST /enhance."""

    prompt = Prompt(MAX_ENHANCE)


class LogLevel(Choice):
    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(data.upper() if isinstance(data, str) else data)


class Required(Strict):
    """Mixed in before a field that must be given."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if data is None or data is serializers.empty:
            raise self.refuse("required", "is required.")
        return super().run_validation(data)


class RequiredText(Required, Text):
    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if not text:
            raise self.refuse("required", "is required.")
        return text


class RequiredLevel(Required, LogLevel):
    pass


class Metadata(Strict):
    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise self.refuse("object", "must be an object.")
        return data


class LogBody(serializers.Serializer[dict[str, Any]]):
    """The body of POST /log."""

    level = RequiredLevel(LOG_LEVELS)
    message = RequiredText(4000)
    stack = Text(16_000, default="")
    metadata = Metadata(default=dict)
