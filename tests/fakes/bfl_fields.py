"""What each FLUX model takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes import checks
from tests.fakes.checks import Check, nullable
from tests.fakes.pictures import size_for_ratio

RATIO = checks.matching(r"\d{1,2}:\d{1,2}")
FLUX_3_RATIOS = (
    "auto 21:9 2:1 16:9 3:2 7:5 4:3 5:4 1:1 4:5 3:4 5:7 2:3 9:16 1:2 9:21".split()  # noqa: SIM905
)


def zero_or(inner: Check) -> Check:
    return lambda value: "" if value == 0 and not isinstance(value, bool) else inner(value)


SHARED: dict[str, Check] = {
    "seed": nullable(checks.whole(0, 2**63 - 1)),
    "output_format": nullable(checks.one_of("jpeg", "png", "webp")),
}
SIDE_2 = nullable(zero_or(checks.whole(64, 65_536, 16)))
FLUX_2: dict[str, Check] = {
    **SHARED,
    "prompt": checks.text(1, 200_000),
    "width": SIDE_2,
    "height": SIDE_2,
    "safety_tolerance": checks.whole(0, 5),
    "input_image": nullable(checks.text(1)),
    **{f"input_image_{number}": nullable(checks.text(1)) for number in range(2, 9)},
}
PRO_2 = {**FLUX_2, "disable_pup": checks.boolean}
FLEX_2 = {
    **FLUX_2,
    "steps": nullable(checks.whole(1, 50)),
    "guidance": nullable(checks.number(1.5, 10)),
    "prompt_upsampling": nullable(checks.boolean),
}
FLUX_1: dict[str, Check] = {
    **SHARED,
    "prompt": nullable(checks.text(0, 200_000)),
    "safety_tolerance": checks.whole(0, 6),
    "prompt_upsampling": checks.boolean,
}
SIDE_1 = checks.whole(256, 1440, 32)
PRO_1 = {**FLUX_1, "width": SIDE_1, "height": SIDE_1, "image_prompt": nullable(checks.text(1))}
DEV_1 = {
    **PRO_1,
    "steps": nullable(checks.whole(1, 50)),
    "guidance": nullable(checks.number(1.5, 5)),
}
ULTRA_1 = {
    **FLUX_1,
    "aspect_ratio": RATIO,
    "raw": checks.boolean,
    "image_prompt": nullable(checks.text(1)),
    "image_prompt_strength": checks.number(0, 1),
}
KONTEXT = {
    **FLUX_1,
    "aspect_ratio": nullable(RATIO),
    "input_image": nullable(checks.text(1)),
    **{f"input_image_{number}": nullable(checks.text(1)) for number in range(2, 5)},
}
FLUX_3: dict[str, Check] = {
    "prompt": checks.text(1, 200_000),
    "aspect_ratio": checks.one_of(*FLUX_3_RATIOS),
    "resolution": checks.one_of("768sq", "1k", "1.5k", "2k", "4k"),
    "safety_tolerance": checks.whole(0, 4),
    "images": checks.list_of(checks.text(1), 1, 10),
    "grounding": checks.boolean,
    "version": checks.text(1),
}


@dataclass(frozen=True, slots=True)
class Family:
    """A closed list of names; what else is sent is overlooked."""

    fields: Mapping[str, Check]
    required: tuple[str, ...] = ("prompt",)
    format: str = "jpeg"
    most_pixels: int = 4 * 1024 * 1024


MODELS = {
    "flux-2-pro": Family(PRO_2),
    "flux-2-pro-preview": Family(PRO_2),
    "flux-2-max": Family(PRO_2),
    "flux-2-flex": Family(FLEX_2),
    "flux-2-klein-4b": Family(FLUX_2),
    "flux-2-klein-9b": Family(FLUX_2),
    "flux-2-klein-9b-preview": Family(FLUX_2),
    "flux-3-image": Family(FLUX_3),
    "flux-pro": Family(PRO_1, ()),  # no longer described, but no end of it was announced
    "flux-pro-1.1": Family(PRO_1, ()),
    "flux-dev": Family(DEV_1, ()),
    "flux-pro-1.1-ultra": Family(ULTRA_1, ()),
    "flux-kontext-pro": Family(KONTEXT, format="png"),
    "flux-kontext-max": Family(KONTEXT, format="png"),
}


def asked_size(body: Mapping[str, Any]) -> tuple[int, int]:
    if body.get("width") and body.get("height"):
        return int(body["width"]), int(body["height"])
    ratio = body.get("aspect_ratio") or "1:1"
    return size_for_ratio("1:1" if ratio == "auto" else ratio)
