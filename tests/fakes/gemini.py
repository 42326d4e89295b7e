"""Google Gemini: pictures and text by generateContent."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes import checks, pictures
from tests.fakes.base import Facts, Form, Route, Scene, sketch
from tests.fakes.gemini_fields import prompt_of, request_problems
from tests.fakes.google import GoogleProvider
from tests.fakes.inline import base64_text
from tests.fakes.messages import Answer, Order, Picture, Request, json_answer
from tests.fakes.pictures import size_for_ratio

USUAL_RATIOS = "1:1 2:3 3:2 3:4 4:3 4:5 5:4 9:16 16:9 21:9"
EXTREME_RATIOS = "1:4 4:1 1:8 8:1"


@dataclass(frozen=True, slots=True)
class ImageModel:
    """What one image model takes, and whether it shows its interim sketches."""

    sizes: str
    ratios: str = USUAL_RATIOS
    thinks: bool = True
    format: str = "JPEG"


IMAGE_MODELS = {
    "gemini-nano-banana-2.1": ImageModel("1K 2K 4K", f"{USUAL_RATIOS} {EXTREME_RATIOS}"),
    "gemini-3-pro-image": ImageModel("1K 2K 4K"),
    "gemini-3.1-flash-lite-image": ImageModel("1K"),
    "gemini-3.1-flash-image": ImageModel("512 1K 2K 4K", f"{USUAL_RATIOS} {EXTREME_RATIOS}"),
    "gemini-2.5-flash-image": ImageModel("", thinks=False, format="PNG"),
}
TEXT_MODELS = {
    "gemini-3.8-flash",
    "gemini-3.7-flash",
    "gemini-3.5-flash-lite",
    "gemini-3.1-flash-lite",
    "gemini-flash-latest",
    "gemini-flash-lite-latest",
}
BLOCK_REASONS = ("SAFETY", "PROHIBITED_CONTENT", "BLOCKLIST", "IMAGE_SAFETY", "OTHER")
BLOCKED_OUTPUT = (
    "SAFETY",
    "PROHIBITED_CONTENT",
    "IMAGE_SAFETY",
    "IMAGE_PROHIBITED_CONTENT",
    "RECITATION",
    "IMAGE_RECITATION",
    "SPII",
    "BLOCKLIST",
)
FAILED_OUTPUT = ("NO_IMAGE", "IMAGE_OTHER", "MALFORMED_RESPONSE")


class Gemini(GoogleProvider):
    kind = "google-gemini"
    base_path = "/gemini/v1beta"
    key = "AIzaCanaryGemini-58c1a0e4"

    def routes(self) -> list[Route]:
        return [
            Route("POST", r"/models/([^/:]+):generateContent", "image", self.read),
            Route("GET", r"/models", "other", self.read_models),
            Route("GET", r"/models/([^/:]+)", "other", self.read_model),
        ]

    def facts(self, request: Request) -> Facts:
        named = re.match(r"/models/([^/:]+)", request.tail)
        model = named.group(1) if named else ""
        return Facts(self.kind, "", model, prompt_of(sketch(request)))

    def read(self, request: Request, match: re.Match[str]) -> Order:
        self.sign_in(request)
        model = match.group(1)
        if model not in IMAGE_MODELS and model not in TEXT_MODELS:
            raise self.refuse(404, "", f"models/{model} is not found for API version v1beta")
        body = self.json_body(request)
        self.demand(request_problems(body))
        config = body.get("generationConfig", {})
        draws = "IMAGE" in config.get("responseModalities", [])
        if not draws:
            return Order(model, prompt_of(body), body, stage="text")
        return self.image_order(model, body, config.get("imageConfig", {}))

    def image_order(self, model: str, body: Any, wish: Mapping[str, str]) -> Order:
        able = IMAGE_MODELS.get(model)
        if able is None:
            message = f"Model {model} does not support the requested response modalities: image"
            raise self.refuse(400, "", message)
        self.demand(unable(able, wish))
        size = size_for_ratio(wish.get("aspectRatio", "1:1"))
        return Order(model, prompt_of(body), body, size=size, format=able.format)

    def draw(self, scene: Scene, picture: Picture) -> Answer:
        parts: list[dict[str, Any]] = [{"text": "Here it is."}, inline(picture)]
        if IMAGE_MODELS[scene.order.model].thinks:
            parts = [*thoughts(scene.order), *parts]
            parts[-1]["thoughtSignature"] = "Y2FuYXJ5LXNpZ25hdHVyZQ=="
        return self.reply(scene, parts)

    def write(self, scene: Scene, text: str) -> Answer:
        half = len(text) // 2
        musing = {"text": "The user wants a better prompt.", "thought": True}
        return self.reply(scene, [musing, {"text": text[:half]}, {"text": text[half:]}])

    def reply(self, scene: Scene, parts: list[dict[str, Any]], reason: str = "STOP") -> Answer:
        candidate: dict[str, Any] = {"index": 0, "finishReason": reason}
        if parts:
            candidate["content"] = {"role": "model", "parts": parts}
        return self.answer(scene, {"candidates": [candidate]})

    def answer(self, scene: Scene, body: Mapping[str, Any]) -> Answer:
        usage = {"promptTokenCount": 12, "candidatesTokenCount": 1120, "totalTokenCount": 1771}
        facts = {"modelVersion": scene.order.model, "responseId": scene.request_id}
        return json_answer({**body, "usageMetadata": usage, **facts})

    def forms(self, reason: str, stage: str = "image") -> dict[str, Form]:
        if reason == "moderated":
            return self.moderation_forms(stage)
        if reason == "no_text":
            return {"MAX_TOKENS": Form(lambda scene: self.reply(scene, [], "MAX_TOKENS"), True)}
        if reason == "no_picture":
            failed = {name: self.finish_form(name) for name in FAILED_OUTPUT}
            only_thoughts = Form(lambda scene: self.reply(scene, thoughts(scene.order)), True)
            return {**failed, "only thoughts": only_thoughts}
        return super().forms(reason, stage)

    def moderation_forms(self, stage: str) -> dict[str, Form]:
        blocked = {f"blockReason {name}": self.block_form(name) for name in BLOCK_REASONS}
        stopped = {f"finishReason {name}": self.finish_form(name) for name in BLOCKED_OUTPUT}
        words = [{"text": "I can't create that picture, but I can describe it."}]
        spoken = {"text only": Form(lambda scene: self.reply(scene, words), True)}
        null = {"content null": Form(self.null_content, True)}
        return {**blocked, **stopped, **null, **(spoken if stage == "image" else {})}

    def block_form(self, reason: str) -> Form:
        feedback = {"promptFeedback": {"blockReason": reason}}
        return Form(lambda scene: self.answer(scene, feedback))

    def finish_form(self, reason: str) -> Form:
        return Form(lambda scene: self.reply(scene, [], reason), charged=True)

    def null_content(self, scene: Scene) -> Answer:
        candidate = {"index": 0, "content": None, "finishReason": "IMAGE_SAFETY"}
        return self.answer(scene, {"candidates": [candidate]})

    def read_models(self, request: Request, match: re.Match[str]) -> Answer:
        self.sign_in(request)
        names = sorted([*IMAGE_MODELS, *TEXT_MODELS])
        return json_answer({"models": [description(name) for name in names]})

    def read_model(self, request: Request, match: re.Match[str]) -> Answer:
        self.sign_in(request)
        if match.group(1) not in (*IMAGE_MODELS, *TEXT_MODELS):
            raise self.refuse(404, "", f"models/{match.group(1)} is not found")
        return json_answer(description(match.group(1)))


def inline(picture: Picture) -> dict[str, Any]:
    return {"inlineData": {"mimeType": picture.mime, "data": base64_text(picture)}}


def thoughts(order: Order) -> list[dict[str, Any]]:
    """An interim sketch in another colour: who keeps it has kept the wrong picture."""
    rough = pictures.draw(order.model, f"sketch of {order.prompt}", order.size, order.format)
    return [
        {"text": "Let me try a composition first.", "thought": True},
        {**inline(rough), "thought": True},
    ]


def unable(model: ImageModel, wish: Mapping[str, str]) -> list[checks.Problem]:
    able = {"imageSize": model.sizes.split(), "aspectRatio": model.ratios.split()}
    return [
        checks.Problem("wrong", f"generationConfig.imageConfig.{name}", f"must be one of {known}")
        for name, known in able.items()
        if name in wish and wish[name] not in known
    ]


def description(name: str) -> dict[str, Any]:
    return {"name": f"models/{name}", "supportedGenerationMethods": ["generateContent"]}
