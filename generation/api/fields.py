"""The fields of request bodies: strict, bounded, and known to the schema. `null` means absent."""

import math
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from generation.api.errors import Refusal, invalid

MOST_MODELS = 20
# One character that strip() leaves. What \s holds differs between regular expressions.
SPACES = r"\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
VISIBLE = {"minLength": 1, "pattern": f"[^{SPACES}]"}


class Strict(serializers.Field):  # type: ignore[type-arg]
    """A field that converts nothing: a number is a JSON number, a text a JSON string."""

    def as_schema(self) -> dict[str, Any]:
        """What it takes besides null, as JSON Schema."""
        raise NotImplementedError

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        if data is None:  # null means absent
            data = serializers.empty
        return super().validate_empty_values(data)

    def to_representation(self, value: Any) -> Any:
        return value

    def refuse(self, constraint: str, sentence: str, **values: Any) -> Refusal:
        told = sentence % {"field": self.field_name, **values}
        return invalid(str(self.field_name), constraint, told)


class Number(Strict):
    """A finite number within bounds."""

    def __init__(self, low: float, high: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.low, self.high = low, high

    def as_schema(self) -> dict[str, Any]:
        return {"type": "number", "minimum": self.low, "maximum": self.high}

    def to_internal_value(self, data: Any) -> float:
        sentence = _("%(field)s must be a number from %(low)s to %(high)s.")
        bounds = {"low": self.low, "high": self.high}
        if isinstance(data, bool) or not isinstance(data, int | float):
            raise self.refuse("number", sentence, **bounds)
        if not self.low <= data <= self.high:  # NaN and infinity fail this too
            raise self.refuse(f"{self.low}..{self.high}", sentence, **bounds)
        return float(data) + 0.0  # minus zero becomes zero


class WholeNumber(Number):
    """A number within bounds that has no fraction; 25.0 counts as 25."""

    def as_schema(self) -> dict[str, Any]:
        return super().as_schema() | {"type": "integer"}

    def to_internal_value(self, data: Any) -> int:
        value = super().to_internal_value(data)
        if not math.isfinite(value) or value != int(value):
            sentence = _("%(field)s must be a whole number from %(low)s to %(high)s.")
            raise self.refuse("whole number", sentence, low=self.low, high=self.high)
        return int(value)


class Text(Strict):
    """Trimmed text with plain line ends and a greatest length in code points."""

    def __init__(self, longest: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest

    def as_schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.longest}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise self.refuse("text", _("%(field)s must be text."))
        text = data.replace("\r\n", "\n").strip()
        if len(text) > self.longest:
            raise self.too_long()
        return text

    def too_long(self) -> Refusal:
        sentence = _("%(field)s must have at most %(most)s characters.")
        return self.refuse(f"at most {self.longest} characters", sentence, most=self.longest)


class Prompt(Text):
    """The one field that must be there, with errors of its own."""

    def as_schema(self) -> dict[str, Any]:
        return super().as_schema() | VISIBLE

    def run_validation(self, data: Any = serializers.empty) -> str:
        absent = data is None or data is serializers.empty
        text: str = "" if absent else super().run_validation(data)
        if not text:
            raise Refusal("PROMPT_REQUIRED", _("Prompt is required"))
        return text

    def too_long(self) -> Refusal:
        sentence = _("Prompt is too long (maximum %(most)s characters)") % {"most": self.longest}
        return Refusal("PROMPT_TOO_LONG", sentence, maxLength=self.longest)


class Flag(Strict):
    def as_schema(self) -> dict[str, Any]:
        return {"type": "boolean"}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            raise self.refuse("true or false", _("%(field)s must be true or false."))
        return data


class Choice(Strict):
    def __init__(self, choices: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = choices

    def as_schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": [*self.choices]}

    def to_internal_value(self, data: Any) -> str:
        if data not in self.choices:
            sentence = _("%(field)s must be one of %(choices)s.")
            raise self.refuse("one of a list", sentence, choices=", ".join(self.choices))
        return str(data)


class Slugs(Strict):
    """1 to 20 distinct slugs."""

    def as_schema(self) -> dict[str, Any]:
        return {
            "type": "array",
            "items": {"type": "string"},
            "minItems": 1,
            "maxItems": MOST_MODELS,
            "uniqueItems": True,
        }

    def to_internal_value(self, data: Any) -> list[str]:
        sentence = _("%(field)s must be a list of 1 to %(most)s different model slugs.")
        if not isinstance(data, list) or not 1 <= len(data) <= MOST_MODELS:
            raise self.refuse(f"1..{MOST_MODELS} slugs", sentence, most=MOST_MODELS)
        if not all(isinstance(slug, str) for slug in data) or len(set(data)) != len(data):
            raise self.refuse(f"1..{MOST_MODELS} slugs", sentence, most=MOST_MODELS)
        return data


class Ignored(Strict):
    """Whatever it is, the fields that are validated do not hold it."""

    def as_schema(self) -> dict[str, Any]:
        return {}

    def run_validation(self, data: Any = serializers.empty) -> Any:
        raise serializers.SkipField


class LogLevel(Choice):
    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(data.upper() if isinstance(data, str) else data)


class Required(Strict):
    """Mixed in before a field that must be given."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if data is None or data is serializers.empty:
            raise self.refuse("required", _("%(field)s is required."))
        return super().run_validation(data)


class RequiredText(Required, Text):
    def as_schema(self) -> dict[str, Any]:
        return super().as_schema() | VISIBLE

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if not text:
            raise self.refuse("required", _("%(field)s is required."))
        return text


class RequiredLevel(Required, LogLevel):
    pass


class Metadata(Strict):
    def as_schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": {}}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise self.refuse("object", _("%(field)s must be an object."))
        return data


class Word(Strict):
    """A text that is never another, in answers."""

    def __init__(self, word: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.word = word

    def as_schema(self) -> dict[str, Any]:
        return {"type": "string", "const": self.word}
