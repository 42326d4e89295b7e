"""The kinds of providers, the words that people use for them, and how their models' names begin."""

import re
from dataclasses import dataclass

from providers.entries import normal

COMPATIBLE = "openai-compatible"
DEMO = "demo"
KINDS = (
    "openai",
    "google-gemini",
    "google-imagen",
    "bedrock",
    "stability",
    "bfl",
    "recraft",
    COMPATIBLE,
    DEMO,
)
CHAT_KINDS = ("openai", "google-gemini", "bedrock", COMPATIBLE)

_WORDS = {
    "openai": ("openai", "open ai"),
    "google-gemini": ("google gemini", "gemini", "google", "google ai"),
    "google-imagen": ("google imagen", "imagen"),
    "bedrock": (
        "bedrock",
        "aws",
        "amazon",
        "aws bedrock",
        "amazon bedrock",
        "bedrock nova",
        "bedrock sd",
        "bedrock stability",
    ),
    "stability": ("stability", "stability ai", "stabilityai"),
    "bfl": ("bfl", "black forest labs", "black forest", "blackforestlabs", "flux"),
    "recraft": ("recraft", "recraft ai"),
    COMPATIBLE: ("openai compatible", "compatible", "generic", "custom"),
    DEMO: ("demo",),
    "firefly": ("firefly", "adobe", "adobe firefly"),
}
_KIND_OF_WORD = {word: kind for kind, words in _WORDS.items() for word in words}


class UnroutableName(ValueError):
    """A name that leads to no model. The message is a sentence that says what to do."""


def kind_named(word: str) -> str:
    """The kind that a word stands for, "" if none. "firefly" is a word, but no kind of ours yet."""
    return _KIND_OF_WORD.get(normal(word), "")


def supported(kind: str, word: str) -> str:
    """The kind, or UnroutableName if there is no adapter for it; `word` is what was typed."""
    if kind == "firefly":
        raise UnroutableName("Adobe Firefly is not supported yet. Choose another model.")
    if not kind:
        raise UnroutableName(f"{shown(word)} is no provider. Name one of {', '.join(KINDS)}.")
    return kind


def shown(text: str) -> str:
    """What somebody typed, fit to stand in a sentence."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in text[:80])
    return f'"{plain}"'


@dataclass(frozen=True, slots=True)
class Beginning:
    """How the names of models newer than the catalogue begin, as `normal` spells them.

    They lead to a kind, where the name is the id, or to what an alias leads to.
    """

    pattern: re.Pattern[str]
    kind: str = ""
    alias: str = ""
    base_url: str = ""


def _beginning(pattern: str, kind: str = "", alias: str = "", base_url: str = "") -> Beginning:
    return Beginning(re.compile(pattern), kind, alias, base_url)


_PROFILE = r"((us|eu|apac|global)\.)?"
BEGINNINGS = (
    _beginning(r"dall ?e(?![a-z])", alias="dall-e 3"),
    _beginning(r"(chat)?gpt image", "openai"),
    _beginning(r"gemini.*(image|banana)|nano banana", "google-gemini"),
    _beginning(r"imagen(?![a-z])", alias="imagen"),
    _beginning(_PROFILE + r"amazon\.(nova (2 )?(micro|lite|pro|premier|sonic)|titan (text|embed))"),
    _beginning(_PROFILE + r"(amazon|stability)\.", "bedrock"),
    _beginning(r"(aws |amazon )?nova canvas", alias="nova canvas"),
    _beginning(r"stable image|stable diffusion 3|sd ?3", "stability"),
    _beginning(r"flux(?![a-z])", "bfl"),
    _beginning(r"recraft", "recraft"),
    _beginning(r"(adobe )?firefly", "firefly"),
    _beginning(r"grok imagine", COMPATIBLE, base_url="https://api.x.ai/v1"),
)


def beginning_of(name: str) -> Beginning | None:
    """The first beginning that fits a name. One without kind and alias is a text model's."""
    spelled = normal(name)
    return next((known for known in BEGINNINGS if known.pattern.match(spelled)), None)
