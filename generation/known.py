"""A job's parameters for people to read, each with how many of the job's models know it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from generation.models import Job, Result
from generation.snapshots import number
from providers.models import capabilities_of

TEXTS: dict[str, Callable[[Any], str]] = {
    "steps": lambda value: _("%(steps)s steps") % {"steps": value},
    "guidance": lambda value: _("guidance %(guidance)s") % {"guidance": number(value)},
    "control": lambda value: _("control %(control)s") % {"control": number(value)},
    "aspect_ratio": str,
    "seed": lambda value: _("seed %(seed)s") % {"seed": value},
    "negative_prompt": str,
}
WIRE = {"aspect_ratio": "aspectRatio", "negative_prompt": "negativePrompt"}


@dataclass(frozen=True, slots=True)
class Known:
    """A parameter's text, and how many of `total` models know it."""

    text: str
    count: int
    total: int


def parameters(job: Job, results: Sequence[Result]) -> dict[str, Known]:
    """By field. One that nobody chose is left out where no model knows it."""
    told, usual = {}, Job()
    for name, text in TEXTS.items():
        value = getattr(job, name)
        count = sum(knows(result, WIRE.get(name, name)) for result in results)
        chosen = value != getattr(usual, name)
        if value not in ("", None) and (count or chosen):
            told[name] = Known(text(value), count, len(results))
    return told


def knows(result: Result, wire_name: str) -> bool:
    """Whether the result's model knows a parameter; one that we know nothing of may."""
    able = capabilities_of(result.kind, result.provider_model)
    return not able or able.get(wire_name, False)
