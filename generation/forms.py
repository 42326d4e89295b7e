"""The studio's plain form, for browsers without JavaScript: read leniently, checked by the API."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from generation.api.errors import Refusal

NUMBERS = {"steps": 25.0, "guidance": 7.0, "control": 1.0}
FIELD_NAMES = {"aspectRatio": "aspect_ratio", "negativePrompt": "negative_prompt"}
FIELD_OF_CODE = {"MODEL_UNAVAILABLE": "models"}
LATER = (402, 429, 503)
MINUTE = 60


class StudioForm:
    """What was typed, kept as it was typed, and what is wrong with it."""

    def __init__(self, posted: QueryDict | None, *, prompt: str = "") -> None:
        self.posted = posted
        self.prompt = prompt.replace("\0", "")
        self.error: dict[str, Any] | None = None

    def text(self, name: str, default: str = "") -> str:
        given = self.posted.get(name, default) if self.posted is not None else default
        return given.replace("\0", "")

    def slugs(self) -> list[str]:
        given = self.posted.getlist("models") if self.posted is not None else []
        return [slug.replace("\0", "") for slug in given]

    def as_body(self) -> dict[str, Any]:
        """The form as the body of POST /generate. An empty field is an absent one."""
        numbers = {name: as_number(self.text(name)) for name in (*NUMBERS, "seed")}
        return numbers | {
            "prompt": self.text("prompt"),
            "aspectRatio": self.text("aspect_ratio") or None,
            "negativePrompt": self.text("negative_prompt") or None,
            "listed": bool(self.text("listed")),
            "models": self.slugs(),
        }

    def refuse(self, refusal: Refusal) -> None:
        if refusal.status_code in LATER:
            again, message = until(refusal), refusal.message
            if again and refusal.code == "RATE_LIMIT_EXCEEDED":  # it counts the minutes
                message = _("That is all for now.")
            self.error = {"message": message, "field": "go", "until": again}
            return
        field = str(refusal.extras.get("field", FIELD_OF_CODE.get(refusal.code, "prompt")))
        nothing_chosen = field == "models" and not self.slugs()
        message = _("Choose at least one model.") if nothing_chosen else refusal.message
        self.error = {"message": message, "field": FIELD_NAMES.get(field, field)}

    def values(self, *, default_slugs: Sequence[str]) -> dict[str, Any]:
        """What the page shows in its fields."""
        told: dict[str, Any] = {
            name: self.text(name, f"{default:g}") for name, default in NUMBERS.items()
        }
        told |= {name: self.text(name) for name in ("seed", "aspect_ratio", "negative_prompt")}
        told["prompt"] = self.text("prompt", self.prompt)
        told["listed"] = bool(self.text("listed")) if self.posted is not None else True
        told["selected"] = self.slugs() if self.posted is not None else list(default_slugs)
        return told | {"error": self.error}


def until(refusal: Refusal) -> datetime | None:
    """When it is worth to come back, if that is a minute or more away. The sentence on a budget
    says when it begins anew, if anybody knows."""
    wait = refusal.extras.get("retryAfter", 0)
    told = wait < MINUTE or refusal.code == "BUDGET_EXHAUSTED"
    return None if told else timezone.now() + timedelta(seconds=wait)


def as_number(text: str) -> Any:
    """A number if the text is one; else the text itself, which the API then refuses by name."""
    if not text.strip():
        return None
    try:
        return float(text)
    except ValueError:
        return text
