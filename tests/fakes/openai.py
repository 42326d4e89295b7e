"""OpenAI: GPT Image models, which answer base64 only and know no DALL-E fields, and chat."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from tests.fakes import checks
from tests.fakes.base import FakeProvider, Form, Route, Scene, Trouble, bearer
from tests.fakes.checks import Check, Problem, nullable
from tests.fakes.inline import base64_text
from tests.fakes.messages import Answer, Order, Picture, Request, json_answer
from tests.fakes.openai_chat import chat_forms, chat_order, chat_reply

LIVE = {
    "gpt-image-2.6-flare",
    "gpt-image-2.6-sunburst",
    "gpt-image-2.5-flare",
    "gpt-image-2.5-flare-2026-09-08",
    "gpt-image-2.5-sunburst",
    "gpt-image-2.5-sunburst-2026-09-08",
    "gpt-image-2",
    "gpt-image-2-2026-04-21",
    "gpt-image-1.5",
    "gpt-image-1-mini",
    "chatgpt-image-latest",
}
CHAT = {
    "gpt-6-luna",
    "gpt-5.6-luna",
    "gpt-5.4-nano",
    "gpt-5",
    "gpt-5-mini",
    "gpt-5-nano",
    "gpt-4o",
    "gpt-4o-mini",
    "gpt-4.1",
    "gpt-4.1-mini",
}
FIELDS: dict[str, Check] = {
    "model": checks.text(1),
    "prompt": checks.text(1, 32_000),
    "n": nullable(checks.whole(1, 10)),
    "size": nullable(checks.matching(r"auto|[1-9][0-9]{1,3}x[1-9][0-9]{1,3}")),
    "quality": nullable(checks.one_of("auto", "low", "medium", "high", "xhigh", "max")),
    "background": nullable(checks.one_of("auto", "opaque", "transparent")),
    "output_format": nullable(checks.one_of("png", "webp", "jpeg")),
    "output_compression": nullable(checks.whole(0, 100)),
    "moderation": nullable(checks.one_of("auto", "low")),
    "complexity": nullable(checks.one_of("low", "medium", "high")),
    "stream": nullable(checks.boolean),
    "partial_images": nullable(checks.whole(0, 3)),
    "safety_identifier": nullable(checks.text(1, 128)),
    "user": checks.text(),
}
STANDARD_SIZES = ("auto", "1024x1024", "1536x1024", "1024x1536")
WORDS = {401: "invalid_api_key", 403: None, 404: "model_not_found", 429: "rate_limit_exceeded"}
CODES = {"missing": "missing_required_parameter", "unknown": "unknown_parameter"}


class OpenAI(FakeProvider):
    kind = "openai"
    base_path = "/openai/v1"
    key = "sk-proj-canary-openai-9b2e77d1"
    troubles: ClassVar[Mapping[str, Mapping[str, Trouble]]] = {
        "bad_key": {"": (401, "invalid_api_key", "Incorrect API key provided: sk-proj-***77d1.")},
        "no_credit": {"": (429, "insufficient_quota", "You exceeded your current quota.")},
        "no_access": {"": (403, "", "Your organization must be verified to use this model.")},
        "model_gone": {"": (404, "model_not_found", "The model has been deprecated.")},
        "moderated": {
            "moderation_blocked": (
                400,
                "moderation_blocked",
                "Your request was rejected by the safety system. safety_violations=[violence].",
            ),
            "content_policy_violation": (
                400,
                "content_policy_violation",
                "Your request was rejected as a result of our safety system.",
            ),
        },
        "invalid_request": {
            "invalid_value": (400, "invalid_value", "Invalid size."),
            "unknown_parameter": (400, "unknown_parameter", "Unknown parameter: 'style'."),
        },
        "rate_limited": {"": (429, "rate_limit_exceeded", "Rate limit reached for images.")},
    }

    def routes(self) -> list[Route]:
        return [
            Route("POST", "/images/generations", "image", self.read_images),
            Route("POST", "/chat/completions", "text", self.read_chat),
            Route("GET", "/models", "other", self.read_models),
        ]

    def error(self, status: int, code: str = "", message: str = "") -> Answer:
        usual = WORDS.get(status, "server_error" if status >= 500 else "invalid_value")
        word = code or usual
        body = {"message": message, "type": error_type(status, word), "param": None, "code": word}
        if word == "moderation_blocked":
            details = {"moderation_stage": "input", "categories": ["violence"]}
            return json_answer({"error": {**body, "moderation_details": details}}, status)
        return json_answer({"error": body}, status)

    def complain(self, problem: Problem) -> Answer:
        code = CODES.get(problem.reason, "invalid_value")
        message = f"Unknown parameter: '{problem.field}'." if problem.reason == "unknown" else ""
        error = {
            "message": message or f"{problem.field} {problem.message}",
            "type": "invalid_request_error",
            "param": problem.field,
            "code": code,
        }
        return json_answer({"error": error}, 400)

    def forms(self, reason: str, stage: str = "image") -> dict[str, Form]:
        if stage == "text" and chat_forms(reason):
            return chat_forms(reason)
        if reason == "no_picture":
            return {"empty list": Form(lambda scene: json_answer({"created": 1, "data": []}), True)}
        return super().forms(reason, stage)

    def sign_in(self, request: Request) -> None:
        if bearer(request) != self.key:
            raise self.refuse(401, "invalid_api_key", "Incorrect API key provided.")

    def read_images(self, request: Request, match: object) -> Order:
        self.sign_in(request)
        body = self.json_body(request)
        self.demand(checks.problems(body, FIELDS, ("prompt", "model")))
        if body["model"] not in LIVE:
            raise self.refuse(404, "model_not_found", f"no image model {body['model']!r}")
        self.demand(mismatches(body))
        return Order(
            model=body["model"],
            prompt=body["prompt"],
            body=body,
            size=pixels(body.get("size") or "auto"),
            format=(body.get("output_format") or "png").upper(),
            count=body.get("n") or 1,
        )

    def read_chat(self, request: Request, match: object) -> Order:
        self.sign_in(request)
        order = chat_order(self, self.json_body(request))
        if order.model not in CHAT:
            raise self.refuse(404, "model_not_found", f"no chat model {order.model!r}")
        return order

    def read_models(self, request: Request, match: object) -> Answer:
        self.sign_in(request)
        entries = [
            {"id": name, "object": "model", "owned_by": "openai", "shutdown_date": None}
            for name in sorted(LIVE | CHAT)
        ]
        return json_answer({"object": "list", "data": entries})

    def draw(self, scene: Scene, picture: Picture) -> Answer:
        order = scene.order
        return json_answer(
            {
                "created": 1_763_900_000,
                "background": "opaque",
                "output_format": order.format.lower(),
                "quality": order.body.get("quality") or "medium",
                "size": f"{order.size[0]}x{order.size[1]}",
                "data": [{"b64_json": base64_text(picture)}] * order.count,
                "usage": usage(order.count),
            }
        )

    def write(self, scene: Scene, text: str) -> Answer:
        return chat_reply(scene, text)


def error_type(status: int, word: str | None) -> str:
    if status >= 500:
        return "server_error"
    kinds = {
        "moderation_blocked": "image_generation_user_error",
        "insufficient_quota": "insufficient_quota",
        "rate_limit_exceeded": "requests",
    }
    return kinds.get(word or "", "invalid_request_error")


def usage(count: int) -> dict[str, Any]:
    details = {"text_tokens": 14, "image_tokens": 0}
    drawn = 439 * count
    return {
        "input_tokens": 14,
        "input_tokens_details": details,
        "output_tokens": drawn,
        "total_tokens": 14 + drawn,
    }


def generation(model: str) -> float:
    """2.5 for gpt-image-2.5-flare; models without a number count as the first."""
    match = re.match(r"gpt-image-(\d+(?:\.\d+)?)", model)
    return float(match.group(1)) if match else 1.0


def pixels(size: str) -> tuple[int, int]:
    width, height = ("1024x1024" if size == "auto" else size).split("x")
    return int(width), int(height)


def mismatches(body: Mapping[str, Any]) -> list[Problem]:
    """Values that are fine alone, but not for this model or with each other."""
    age = generation(body["model"])
    rules = {
        "size": size_fault(body.get("size") or "auto", age),
        "quality": age < 2.5 and body.get("quality") in ("xhigh", "max") and "is for 2.5 and later",
        "complexity": age < 2.6 and body.get("complexity") and "is for 2.6 and later",
        "background": body.get("background") == "transparent"
        and body.get("output_format") == "jpeg"
        and "transparent needs png or webp",
        "output_compression": body.get("output_compression") is not None
        and body.get("output_format") not in ("jpeg", "webp")
        and "is for jpeg and webp",
        "partial_images": body.get("partial_images") and not body.get("stream") and "needs stream",
        "stream": body.get("stream") and "is not spoken by this fake",
    }
    return [Problem("wrong", name, str(fault)) for name, fault in rules.items() if fault]


def size_fault(size: str, age: float) -> str:
    if size in STANDARD_SIZES:
        return ""
    if age < 2:
        return f"must be one of {STANDARD_SIZES}"
    width, height = pixels(size)
    if width % 16 or height % 16:
        return "must be divisible by 16"
    if max(width, height) > 3840 or max(width, height) > 3 * min(width, height):
        return "must be within 3840 pixels and 3:1"
    return "" if 655_360 <= width * height <= 8_294_400 else "must have 655360 to 8294400 pixels"
