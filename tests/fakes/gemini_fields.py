"""The closed set of names that generateContent takes from an API key, and nothing of Vertex."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.fakes import checks
from tests.fakes.checks import Check, Problem, problems

LEVELS = "minimal low medium high MINIMAL LOW MEDIUM HIGH".split()  # noqa: SIM905
THRESHOLDS = "BLOCK_LOW_AND_ABOVE BLOCK_MEDIUM_AND_ABOVE BLOCK_ONLY_HIGH BLOCK_NONE OFF"
CONTENT: dict[str, Check] = {
    "role": checks.one_of("user", "model"),
    "parts": checks.list_of(checks.mapping, 1),
}
PART: dict[str, Check] = {
    "text": checks.text(),
    "inlineData": checks.mapping,
    "thoughtSignature": checks.text(1),
    "thought": checks.boolean,
}
BLOB: dict[str, Check] = {"mimeType": checks.matching(r"image/\w+"), "data": checks.text(1)}
CONFIG: dict[str, Check] = {
    "responseModalities": checks.list_of(checks.one_of("TEXT", "IMAGE"), 1),
    "imageConfig": checks.mapping,
    "thinkingConfig": checks.mapping,
    "temperature": checks.number(0, 2),
    "topP": checks.number(0, 1),
    "topK": checks.whole(1, 1000),
    "seed": checks.whole(-(2**31), 2**31 - 1),
    "maxOutputTokens": checks.whole(1, 1_000_000),
    "stopSequences": checks.list_of(checks.text(1)),
    "candidateCount": checks.whole(1, 1),
    "responseMimeType": checks.one_of("text/plain"),
}
REQUEST: dict[str, Check] = {
    "contents": checks.list_of(checks.mapping, 1),
    "systemInstruction": checks.mapping,
    "generationConfig": checks.mapping,
    "safetySettings": checks.list_of(checks.mapping),
}
IMAGE_CONFIG: dict[str, Check] = {"aspectRatio": checks.text(1), "imageSize": checks.text(1)}
THINKING: dict[str, Check] = {
    "thinkingLevel": checks.one_of(*LEVELS),
    "includeThoughts": checks.boolean,
    "thinkingBudget": checks.whole(-1, 100_000),
}
SAFETY: dict[str, Check] = {
    "category": checks.matching(r"HARM_CATEGORY_[A-Z_]+"),
    "threshold": checks.one_of(*THRESHOLDS.split()),
}


def request_problems(body: Any) -> Iterator[Problem]:
    """Faults from the outside in, so that each level is known to be sound before the next."""
    found = problems(body, REQUEST, ("contents",))
    yield from found
    if found:
        return
    for position, content in enumerate(body["contents"]):
        yield from content_problems(content, f"contents[{position}].")
    if "systemInstruction" in body:
        yield from content_problems(body["systemInstruction"], "systemInstruction.")
    for position, setting in enumerate(body.get("safetySettings", [])):
        yield from problems(setting, SAFETY, SAFETY, at=f"safetySettings[{position}].")
    yield from config_problems(body.get("generationConfig", {}))


def content_problems(content: Any, at: str) -> Iterator[Problem]:
    found = problems(content, CONTENT, ("parts",), at=at)
    yield from found
    for part in [] if found else content["parts"]:
        yield from problems(part, PART, at=f"{at}parts.")
        if "inlineData" in part:
            yield from problems(part["inlineData"], BLOB, BLOB, at=f"{at}parts.inlineData.")


def config_problems(config: Mapping[str, Any]) -> Iterator[Problem]:
    found = problems(config, CONFIG, at="generationConfig.")
    yield from found
    if found:
        return
    inner = {"imageConfig": IMAGE_CONFIG, "thinkingConfig": THINKING}
    for name, fields in inner.items():
        yield from problems(config.get(name, {}), fields, at=f"generationConfig.{name}.")


def prompt_of(body: Any) -> str:
    """The text of the last turn, or "" for a body that has none."""
    try:
        parts = body["contents"][-1]["parts"]
        return "".join(part.get("text", "") for part in parts)
    except (AttributeError, IndexError, KeyError, TypeError):
        return ""
