"""The body that each model on Bedrock takes."""

from collections.abc import Mapping
from typing import Any

from tests.fakes import checks
from tests.fakes.checks import Check, Problem, problems
from tests.fakes.pictures import size_for_ratio

RATIOS = ("16:9", "1:1", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21")
CORE_ULTRA: dict[str, Check] = {
    "prompt": checks.text(1, 10_000),
    "aspect_ratio": checks.one_of(*RATIOS),
    "seed": checks.whole(0, 4_294_967_294),
    "output_format": checks.one_of("png", "jpeg"),
}
"""Without negative_prompt: sources disagree whether these two models take it."""
SD35: dict[str, Check] = {
    **CORE_ULTRA,
    "negative_prompt": checks.text(0, 10_000),
    "mode": checks.one_of("text-to-image"),
    "cfg_scale": checks.number(1, 10),
}
STABILITY_FIELDS = {
    "stability.sd3-5-large-v1:0": SD35,
    "stability.stable-image-core-v1:1": CORE_ULTRA,
    "stability.stable-image-ultra-v1:1": CORE_ULTRA,
}
NOVA_CANVAS = "amazon.nova-canvas-v1:0"
NOVA: dict[str, Check] = {
    "taskType": checks.one_of("TEXT_IMAGE"),
    "textToImageParams": checks.mapping,
    "imageGenerationConfig": checks.mapping,
}
NOVA_STYLES = (
    "3D_ANIMATED_FAMILY_FILM DESIGN_SKETCH FLAT_VECTOR_ILLUSTRATION GRAPHIC_NOVEL_ILLUSTRATION "
    "MAXIMALISM MIDCENTURY_RETRO PHOTOREALISM SOFT_DIGITAL_PAINTING"
)
NOVA_TEXT: dict[str, Check] = {
    "text": checks.text(1, 1024),
    "negativeText": checks.text(1, 1024),
    "style": checks.one_of(*NOVA_STYLES.split()),
}
NOVA_CONFIG: dict[str, Check] = {
    "width": checks.whole(320, 4096, 16),
    "height": checks.whole(320, 4096, 16),
    "quality": checks.one_of("standard", "premium"),
    "cfgScale": checks.number(1.1, 10),
    "seed": checks.whole(0, 2_147_483_646),
    "numberOfImages": checks.whole(1, 5),
}
CONVERSE: dict[str, Check] = {
    "messages": checks.list_of(checks.mapping, 1),
    "system": checks.list_of(checks.mapping),
    "inferenceConfig": checks.mapping,
}
MESSAGE: dict[str, Check] = {
    "role": checks.one_of("user", "assistant"),
    "content": checks.list_of(checks.mapping, 1),
}
INFERENCE: dict[str, Check] = {
    "maxTokens": checks.whole(1, 1_000_000),
    "temperature": checks.number(0, 1),
    "topP": checks.number(0, 1),
    "stopSequences": checks.list_of(checks.text(1)),
}
TEXT_BLOCK: dict[str, Check] = {"text": checks.text(1)}


def nova_problems(body: Any) -> list[Problem]:
    found = problems(body, NOVA, ("taskType", "textToImageParams"))
    if found:
        return found
    found = problems(body["textToImageParams"], NOVA_TEXT, ("text",), at="textToImageParams.")
    config = body.get("imageGenerationConfig", {})
    found += problems(config, NOVA_CONFIG, at="imageGenerationConfig.")
    return found or nova_size_problems(*nova_size(config))


def nova_size(config: Mapping[str, Any]) -> tuple[int, int]:
    return config.get("width", 1024), config.get("height", 1024)


def nova_size_problems(width: int, height: int) -> list[Problem]:
    if width * height >= 4_194_304 or max(width, height) > 4 * min(width, height):
        return [Problem("wrong", "imageGenerationConfig", "under 4194304 pixels and within 4:1")]
    return []


def converse_problems(body: Any) -> list[Problem]:
    found = problems(body, CONVERSE, ("messages",))
    if found:
        return found
    for message in body["messages"]:
        found += problems(message, MESSAGE, ("role", "content"), at="messages.")
        found += text_problems([] if found else message["content"], "messages.content.")
    found += text_problems(body.get("system", []), "system.")
    return found + problems(body.get("inferenceConfig", {}), INFERENCE, at="inferenceConfig.")


def text_problems(blocks: list[Any], at: str) -> list[Problem]:
    return [fault for block in blocks for fault in problems(block, TEXT_BLOCK, ("text",), at=at)]


def picture_size(model: str, body: Mapping[str, Any]) -> tuple[int, int]:
    if model == NOVA_CANVAS:
        return nova_size(body.get("imageGenerationConfig", {}))
    return size_for_ratio(body.get("aspect_ratio", "1:1"))


def prompt_of(body: Any) -> str:
    """The prompt of any of these bodies, or "" when there is none."""
    try:
        if "messages" in body:
            return "".join(block.get("text", "") for block in body["messages"][-1]["content"])
        return str(body.get("prompt") or body["textToImageParams"]["text"])
    except (AttributeError, IndexError, KeyError, TypeError):
        return ""
