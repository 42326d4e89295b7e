"""The rows of the catalogue: a model, its family (how it is asked), and the names people type."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from math import ceil, floor, log, sqrt
from typing import Any

from providers.sizes import fit, nearest_ratio, value_of

PURPOSES = ("image", "text", "edit", "vector")
STATUSES = ("live", "preview", "deprecated", "retired")
SIZE_MODES = ("pixels", "ratio", "none")

# Bedrock's cross-region profiles are the model's id behind one of these words.
_REGION_PROFILE = re.compile(r"\A(us|eu|apac|global)\.")
_HYPHENS = str.maketrans(dict.fromkeys("\u00b7\u2022\u22c5\u2010\u2011\u2012\u2013\u2014", "-"))


@dataclass(frozen=True, slots=True)
class Parameter:
    """A field of a request, by its provider's name, and what it may hold."""

    field: str
    min: int | float | None = None
    max: int | float | None = None
    default: int | float | None = None

    def fit(self, value: int | float) -> int | float:
        """The nearest value that is allowed."""
        raised = value if self.min is None else max(value, self.min)
        return raised if self.max is None else min(raised, self.max)


@dataclass(frozen=True, slots=True)
class Family:
    """One table of `catalogue.toml`; each key is explained at the top of that file."""

    name: str
    kind: str
    size_mode: str
    timeout: int
    size_fields: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    side_step: int | None = None
    side_min: int | None = None
    side_max: int | None = None
    area: int | None = None
    area_min: int | None = None
    area_max: int | None = None
    ratio_max: int | None = None
    ratios: tuple[str, ...] = ()
    negative_prompt: Parameter | None = None
    seed: Parameter | None = None
    steps: Parameter | None = None
    guidance: Parameter | None = None
    formats: tuple[str, ...] = ()
    prompt_max: int | None = None
    model_field: str = ""
    endpoint: str = ""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    regions: tuple[str, ...] = ()
    verified: bool = True
    note: str = ""

    def size_for(self, aspect_ratio: str | None = None) -> dict[str, Any]:
        """The fields that ask for the shape nearest to "16:9" or its like; None is a square.

        {"size": "1536x1024"}, {"width": 1360, "height": 768}, {"aspect_ratio": "16:9"} or {}.
        """
        wanted = aspect_ratio or "1:1"
        if self.size_mode == "ratio":
            return {self.size_fields[0]: nearest_ratio(wanted, self.ratios)}
        if self.size_mode == "none":
            return {}
        width, height = self.pixels(wanted)
        if len(self.size_fields) == 1:
            return {self.size_fields[0]: f"{width}x{height}"}
        return {self.size_fields[0]: width, self.size_fields[1]: height}

    def pixels(self, aspect_ratio: str) -> tuple[int, int]:
        """Width and height nearest to this ratio, in a family whose size is in pixels."""
        if self.sizes:
            return fit(aspect_ratio, map(sides, self.sizes))
        return self._computed(value_of(aspect_ratio))

    def _computed(self, ratio: float) -> tuple[int, int]:
        """The largest shape within `area`: a pixel more may be billed as another megapixel."""
        widest = float(self.ratio_max or 100)
        shape = min(max(ratio, 1 / widest), widest)
        step, least, most = self.side_step or 1, self.side_min or 1, self.side_max or 10**6
        area = float(self.area or 2**20)
        width = min(sqrt(area * shape), most, most * shape)
        choices = product(_multiples(width, step), _multiples(width / shape, step))
        allowed = [
            (wide, high)
            for wide, high in choices
            if wide * high <= area and least <= min(wide, high) and max(wide, high) <= most
        ]
        return min(allowed, key=lambda size: abs(log(size[0] / size[1] / shape)))


def sides(size: str) -> tuple[int, int]:
    """The numbers of "1536x1024"."""
    width, height = size.split("x")
    return int(width), int(height)


def _multiples(value: float, step: int) -> tuple[int, int]:
    return floor(value / step) * step, ceil(value / step) * step


@dataclass(frozen=True, slots=True)
class CatalogueModel:
    """One model id of one provider. Prices are integer millionths of a US dollar; None: unknown."""

    kind: str
    id: str
    purpose: str
    label: str
    source: str
    family: str = ""
    status: str = "live"
    retires: date | None = None
    replacement: str = ""
    price_micros: int | None = None
    input_micros: int | None = None
    output_micros: int | None = None
    base_url: str = ""
    verified: bool = True
    note: str = ""

    def is_retired(self, today: date) -> bool:
        """Whether the provider no longer answers to this id."""
        return self.status == "retired" or bool(self.retires and self.retires <= today)


@dataclass(frozen=True, slots=True)
class Alias:
    """Names that people type for one model."""

    names: tuple[str, ...]
    kind: str
    id: str
    warn: str = ""
    enabled: bool = True
    alternatives: Mapping[str, str] = field(default_factory=dict)

    def id_at(self, kind: str) -> str:
        """The model's id at this kind, or "" where it is not to be had."""
        return self.id if kind == self.kind else self.alternatives.get(kind, "")


def normal(name: str) -> str:
    """A name as it is compared: lower case; runs of space, _, - or a middle dot are a space."""
    return re.sub(r"[\s_-]+", " ", name.lower().translate(_HYPHENS)).strip()


def id_key(kind: str, model_id: str) -> str:
    """An id as it is compared: lower case, on Bedrock without the region profile."""
    lowered = model_id.lower()
    return _REGION_PROFILE.sub("", lowered) if kind == "bedrock" else lowered
