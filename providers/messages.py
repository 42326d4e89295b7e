"""What an adapter is given and what it returns, in words that belong to no provider."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ASPECT_RATIOS = ("1:1", "3:2", "2:3", "4:3", "3:4", "16:9", "9:16", "21:9", "9:21", "5:4", "4:5")


@dataclass(frozen=True, slots=True)
class Account:
    """Whom we are to a provider. `options` is what an operator adds for one server, as JSON."""

    kind: str
    key: str = field(default="", repr=False)
    base_url: str = ""
    region: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """One picture, in words that belong to no provider. `None` and "" mean: not asked for."""

    prompt: str
    negative_prompt: str = ""
    aspect_ratio: str | None = None
    steps: int | None = None
    guidance: float | None = None
    control: float | None = None
    seed: int | None = None

    def asked(self) -> dict[str, Any]:
        """The parameters besides the prompt that were given a value, by wire name."""
        named = {
            "negativePrompt": self.negative_prompt or None,
            "aspectRatio": self.aspect_ratio,
            "steps": self.steps,
            "guidance": self.guidance,
            "control": self.control,
            "seed": self.seed,
        }
        return {name: value for name, value in named.items() if value is not None}


class Report:
    """What became of each parameter. Whatever is not mentioned was ignored, and is said to be."""

    def __init__(self) -> None:
        self._fates: dict[str, dict[str, Any]] = {}

    def applied(self, name: str, value: object) -> None:
        """Sent as it was asked for."""
        self._fates[name] = {"fate": "applied", "value": value}

    def translated(self, name: str, value: object, sent: str) -> None:
        """Sent as the nearest thing the provider knows, in words: "size 1536x1024"."""
        self._fates[name] = {"fate": "translated", "value": value, "sent": sent}

    def complete(self, request: ImageRequest) -> dict[str, dict[str, Any]]:
        """One entry per parameter asked for: applied, translated or ignored."""
        ignored = {
            name: {"fate": "ignored", "value": value} for name, value in request.asked().items()
        }
        return ignored | self._fates


@dataclass(frozen=True, slots=True)
class ImageResult:
    """The bytes as the provider sent them (still unverified) and what is known about them.

    `cost_micros` is what the provider says it cost, in millionths of a US dollar, or None.
    """

    content: bytes = field(repr=False)
    prompt_sent: str
    parameters: Mapping[str, Mapping[str, Any]]
    seed: int | None = None
    revised_prompt: str = ""
    cost_micros: int | None = None
    request_id: str = ""
