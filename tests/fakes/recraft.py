"""Recraft: OpenAI's shape with names of its own."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from tests.fakes import broken_pictures, checks
from tests.fakes.base import FakeProvider, Form, Route, Scene, Trouble, bearer
from tests.fakes.checks import Check, Problem
from tests.fakes.inline import base64_text
from tests.fakes.messages import Answer, Order, Picture, Request, json_answer
from tests.fakes.pictures import size_for_ratio

MODEL = re.compile(
    r"recraft(v2|v3|v4(_styles|_explore)?(_pro)?|v4_1(_utility)?(_pro)?|v4_1_flash)"
    r"(_raster|_vector)?"
)
RATIOS = "1:1 2:1 1:2 3:2 2:3 4:3 3:4 5:4 4:5 6:10 14:10 10:14 16:9 9:16"
SIZES_4 = (
    "1024x1024 1536x768 768x1536 1280x832 832x1280 1216x896 896x1216 1152x896 896x1152 "
    "832x1344 1280x896 896x1280 1344x768 768x1344"
)
SIZES_3 = (
    "1024x1024 2048x1024 1024x2048 1536x1024 1024x1536 1365x1024 1024x1365 1280x1024 1024x1280 "
    "1434x1024 1024x1434 1820x1024 1024x1820 1707x1024 1024x1707"
)
FIELDS: dict[str, Check] = {
    "prompt": checks.text(1, 10_000),
    "model": checks.text(1),
    "n": checks.whole(1, 6),
    "size": checks.matching(r"\d{3,4}x\d{3,4}|\d{1,2}:\d{1,2}"),
    "random_seed": checks.whole(0, 2**32 - 1),
    "response_format": checks.one_of("url", "b64_json"),
    "image_format": checks.one_of("webp", "png"),
    "negative_prompt": checks.text(1),
    "style": checks.text(1),
    "substyle": checks.text(1),
    "style_id": checks.text(36, 36),
    "controls": checks.mapping,
    "text_layout": checks.list_of(checks.mapping),
    "expire": checks.boolean,
    "block_nsfw": checks.boolean,
}
OLD_ONLY = ("negative_prompt", "style", "substyle", "style_id")
WORDS = {400: "bad_request", 401: "unauthorized", 402: "not_enough_credits", 403: "forbidden"}


class Recraft(FakeProvider):
    kind = "recraft"
    base_path = "/recraft/v1"
    key = "canary-recraft-c81b6f02"
    request_id_header: ClassVar[str] = "X-Recraft-Requestid"
    troubles: ClassVar[Mapping[str, Mapping[str, Trouble]]] = {
        "bad_key": {"": (401, "unauthorized", "Invalid token")},
        "no_credit": {"": (402, "not_enough_credits", "Not enough credits")},
        "no_access": {"": (403, "forbidden", "Access denied")},
        "model_gone": {"": (404, "not_found", "The model does not exist")},
        "moderated": {"": (400, "content_moderation", "The prompt did not pass moderation")},
        "invalid_request": {"": (400, "bad_request", "size is not supported by the model")},
        "rate_limited": {"": (429, "rate_limit_exceeded", "Too many requests")},
    }

    def routes(self) -> list[Route]:
        return [
            Route("POST", "/images/generations(/raster|/vector)?", "image", self.read),
            Route("POST", "/prompts/enhance", "text", self.read_prompt),
            Route("GET", "/users/me", "other", self.read_account),
        ]

    def error(self, status: int, code: str = "", message: str = "") -> Answer:
        word = code or WORDS.get(status, "internal_error" if status >= 500 else "bad_request")
        return json_answer({"code": word, "message": message}, status)

    def forms(self, reason: str, stage: str = "image") -> dict[str, Form]:
        if reason == "no_picture":
            body = {"created": 1, "credits": 0, "data": []}
            return {"empty list": Form(lambda scene: json_answer(body), charged=True)}
        return super().forms(reason, stage)

    def sign_in(self, request: Request) -> None:
        if bearer(request) != self.key:
            raise self.refuse(401, "unauthorized", "Invalid token")

    def read(self, request: Request, match: re.Match[str]) -> Order:
        self.sign_in(request)
        body = self.json_body(request)
        self.demand(checks.problems(body, FIELDS, ("prompt",)))
        model = body.get("model", "recraftv4_1")
        if not MODEL.fullmatch(model):
            raise self.refuse(400, "bad_request", f"unknown model {model!r}")
        self.demand(family_problems(model, body))
        return Order(
            model=model,
            prompt=body["prompt"],
            body=body,
            size=asked_size(body.get("size", "1024x1024")),
            format=body.get("image_format", "webp").upper(),
            count=body.get("n", 1),
        )

    def read_prompt(self, request: Request, match: re.Match[str]) -> Order:
        self.sign_in(request)
        body = self.json_body(request)
        self.demand(checks.problems(body, {"prompt": checks.text(1, 2000)}, ("prompt",)))
        return Order("enhance", body["prompt"], body, stage="text")

    def read_account(self, request: Request, match: re.Match[str]) -> Answer:
        self.sign_in(request)
        return json_answer({"id": "7b0e5f0a-0000-4000-8000-000000000000", "credits": 1000})

    def draw(self, scene: Scene, picture: Picture) -> Answer:
        order = scene.order
        shown = broken_pictures.svg() if order.model.endswith("_vector") else picture
        data = [
            {"image_id": image_id(index)} | self.entry(scene, shown) for index in range(order.count)
        ]
        return json_answer({"created": 1_763_900_000, "credits": 40, "data": data})

    def entry(self, scene: Scene, picture: Picture) -> dict[str, Any]:
        if scene.order.body.get("response_format") == "b64_json":
            return {"b64_json": base64_text(picture)}
        return {"url": self.keep(scene, picture)}

    def write(self, scene: Scene, text: str) -> Answer:
        return json_answer({"enhanced_prompt": text, "credits": 4})


def image_id(index: int) -> str:
    return f"7b0e5f0a-0000-4000-8000-{index:012d}"


def asked_size(size: str) -> tuple[int, int]:
    if ":" in size:
        return size_for_ratio(size)
    width, height = size.split("x")
    return int(width), int(height)


def known_sizes(model: str) -> list[str]:
    """Fixed lists per family; the pro models draw everything at twice the side."""
    if is_old(model):
        return SIZES_3.split()
    if "_pro" not in model:
        return SIZES_4.split()
    sides = [size.split("x") for size in SIZES_4.split()]
    return [f"{2 * int(width)}x{2 * int(height)}" for width, height in sides]


def is_old(model: str) -> bool:
    return model.startswith(("recraftv2", "recraftv3"))


def family_problems(model: str, body: Mapping[str, Any]) -> list[Problem]:
    found = []
    size = body.get("size", "1:1")
    if size not in RATIOS.split() and size not in known_sizes(model):
        found.append(Problem("wrong", "size", f"is not supported by {model}"))
    if is_old(model) and len(body["prompt"]) > 1000:
        found.append(Problem("wrong", "prompt", "must have at most 1000 characters"))
    if not is_old(model):
        sent = [name for name in OLD_ONLY if name in body]
        found += [Problem("wrong", name, f"is not supported by {model}") for name in sent]
    if "text_layout" in body and not model.startswith("recraftv3"):
        found.append(Problem("wrong", "text_layout", f"is not supported by {model}"))
    return found
