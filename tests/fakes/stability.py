"""Stability AI v2beta: multipart only, raw bytes or JSON back, 403 for moderation."""

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from tests.fakes import checks, pictures
from tests.fakes.base import (
    Facts,
    FakeProvider,
    Form,
    Route,
    Scene,
    Trouble,
    bearer,
    picture_answer,
)
from tests.fakes.checks import Check, Problem, problems
from tests.fakes.inline import base64_text
from tests.fakes.messages import Answer, Order, Picture, Request, json_answer
from tests.fakes.multipart import Part, parts
from tests.fakes.pictures import size_for_ratio

RATIOS = ("16:9", "1:1", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21")
PRESETS = (
    "3d-model analog-film anime cinematic comic-book digital-art enhance fantasy-art isometric "
    "line-art low-poly modeling-compound neon-punk origami photographic pixel-art tile-texture"
)
CORE: dict[str, Check] = {
    "prompt": checks.text(1, 10_000),
    "negative_prompt": checks.text(0, 10_000),
    "aspect_ratio": checks.one_of(*RATIOS),
    "seed": checks.whole(0, 4_294_967_294),
    "output_format": checks.one_of("png", "jpeg", "webp"),
    "style_preset": checks.one_of(*PRESETS.split()),
}
ULTRA = {**CORE, "image": checks.text(1), "strength": checks.number(0, 1)}
SD3 = {
    **ULTRA,
    "model": checks.one_of("sd3.5-large", "sd3.5-large-turbo", "sd3.5-medium", "sd3.5-flash"),
    "mode": checks.one_of("text-to-image", "image-to-image"),
    "cfg_scale": checks.number(1, 10),
}
ENDPOINTS = {"core": CORE, "ultra": ULTRA, "sd3": SD3}
NUMBERS: dict[str, Callable[[str], Any]] = {"seed": int, "strength": float, "cfg_scale": float}
ACCEPTED = ("image/*", "application/json")
NAMES = {
    400: "bad_request",
    401: "unauthorized",
    402: "payment_required",
    403: "content_moderation",
    404: "not_found",
    413: "payload_too_large",
    422: "invalid_language",
    429: "rate_limit_exceeded",
}
MOST_BYTES = 10 * 1024 * 1024


class Stability(FakeProvider):
    kind = "stability"
    base_path = "/stability"
    key = "sk-canary-stability-3f6d28aa"
    troubles: ClassVar[Mapping[str, Mapping[str, Trouble]]] = {
        "bad_key": {"": (401, "unauthorized", "authorization: invalid or missing")},
        "no_credit": {"": (402, "payment_required", "You lack sufficient credits.")},
        "model_gone": {"": (404, "not_found", "The endpoint does not exist.")},
        "moderated": {"403": (403, "content_moderation", "Your request was flagged.")},
        "invalid_request": {
            "400": (400, "bad_request", "prompt: is required"),
            "413": (413, "payload_too_large", "over 10 MiB"),
            "422": (422, "invalid_language", "English is the only supported language."),
        },
        "rate_limited": {"": (429, "rate_limit_exceeded", "Over 150 requests in 10 seconds.")},
    }

    def routes(self) -> list[Route]:
        place = r"/v2beta/stable-image/generate/(core|ultra|sd3)"
        return [
            Route("POST", place, "image", self.read),
            Route("GET", "/v1/user/balance", "other", self.read_balance),
        ]

    def error(self, status: int, code: str = "", message: str = "") -> Answer:
        name = code or NAMES.get(status, "internal_error" if status >= 500 else "bad_request")
        return json_answer({"id": "fake-error", "name": name, "errors": [message]}, status)

    def forms(self, reason: str, stage: str = "image") -> dict[str, Form]:
        found = super().forms(reason, stage)
        if reason == "moderated":
            return {**found, "CONTENT_FILTERED": Form(self.blurred, charged=True)}
        if reason == "bad_key":
            gateway = {"message": "invalid or missing API key"}
            return {**found, "gateway": Form(lambda scene: json_answer(gateway, 401))}
        return found

    def facts(self, request: Request) -> Facts:
        try:
            fields = fields_of(request)
        except ValueError:
            fields = {}
        prompt = fields.get("prompt", "")
        return Facts(self.kind, "", model_of(request.tail, fields), str(prompt))

    def sign_in(self, request: Request) -> None:
        if bearer(request) != self.key:
            raise self.refuse(401, "unauthorized", "authorization: invalid or missing")

    def read(self, request: Request, match: re.Match[str]) -> Order:
        self.sign_in(request)
        if request.headers.get("accept", "image/*") not in ACCEPTED:
            raise self.refuse(400, "", f"accept: must be one of {ACCEPTED}")
        if len(request.content) > MOST_BYTES:
            raise self.refuse(413, "", "the request is over 10 MiB")
        if request.media_type != "multipart/form-data":
            raise self.refuse(400, "", "content-type: must be multipart/form-data")
        try:
            fields = fields_of(request)
        except ValueError as problem:
            raise self.refuse(400, "", str(problem)) from problem
        self.demand(problems(fields, ENDPOINTS[match.group(1)], ("prompt",)))
        self.demand(mode_problems(fields))
        return self.order(request, fields)

    def order(self, request: Request, fields: Mapping[str, Any]) -> Order:
        return Order(
            model=model_of(request.tail, fields),
            prompt=fields["prompt"],
            body=fields,
            size=size_for_ratio(fields.get("aspect_ratio", "1:1")),
            format=fields.get("output_format", "png").upper(),
        )

    def read_balance(self, request: Request, match: re.Match[str]) -> Answer:
        self.sign_in(request)
        return json_answer({"credits": 1000.0})

    def draw(self, scene: Scene, picture: Picture) -> Answer:
        return self.finished(scene, picture, "SUCCESS")

    def blurred(self, scene: Scene) -> Answer:
        """200 with a picture, which is not to be kept."""
        order = scene.order
        blur = pictures.draw(order.model, f"blur of {order.prompt}", order.size, order.format)
        return self.finished(scene, blur, "CONTENT_FILTERED")

    def finished(self, scene: Scene, picture: Picture, reason: str) -> Answer:
        seed = scene.order.body.get("seed") or drawn_seed(scene)
        if scene.request.headers.get("accept") == "application/json":
            body = {"image": base64_text(picture), "finish_reason": reason, "seed": seed}
            return json_answer(body)
        return picture_answer(picture).with_headers(finish_reason=reason, seed=str(seed))


def fields_of(request: Request) -> dict[str, Any]:
    """The form's fields, numbers as numbers. A plain value must not come as a file."""
    fields: dict[str, Any] = {}
    for part in parts(request.headers.get("content-type", ""), request.content):
        if part.name in fields:
            raise ValueError(f"{part.name}: is sent twice")
        fields[part.name] = value_of(part)
    return fields


def value_of(part: Part) -> Any:
    if part.name == "image":
        return "bytes" if part.filename and part.content else ""
    if part.filename is not None:
        raise ValueError(f"{part.name}: must be a plain value, not a file")
    try:
        return NUMBERS.get(part.name, str)(part.text)
    except ValueError:
        raise ValueError(f"{part.name}: must be a number") from None


def model_of(tail: str, fields: Mapping[str, Any]) -> str:
    endpoint = tail.rpartition("/")[2]
    if endpoint == "sd3":
        return str(fields.get("model", "sd3.5-large"))
    return f"stable-image-{endpoint}"


def mode_problems(fields: Mapping[str, Any]) -> list[Problem]:
    from_image = fields.get("mode") == "image-to-image"
    if from_image and "image" not in fields:
        return [Problem("missing", "image", "is required for image-to-image")]
    if "image" in fields and "strength" not in fields:
        return [Problem("missing", "strength", "is required with image")]
    if from_image and "aspect_ratio" in fields:
        return [Problem("wrong", "aspect_ratio", "is for text-to-image")]
    return []


def drawn_seed(scene: Scene) -> int:
    """A seed for who asked for a random one; never 0."""
    return 1 + int(hashlib.sha256(scene.request_id.encode()).hexdigest()[:7], 16)
