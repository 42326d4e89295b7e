"""Servers that speak OpenAI's image protocol, each with an accent of its own.

Unknown fields are refused everywhere. Some of the real servers (Together, LocalAI) would ignore
them in silence, but a caller that sends them has a fault all the same.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from tests.fakes import checks
from tests.fakes.base import FakeProvider, Form, Route, Scene, Trouble, bearer
from tests.fakes.checks import Problem
from tests.fakes.files import Files
from tests.fakes.flavours import FLAVOURS, Flavour
from tests.fakes.inline import base64_text
from tests.fakes.messages import Answer, Order, Picture, Request, json_answer
from tests.fakes.openai_chat import chat_forms, chat_order, chat_reply
from tests.fakes.pictures import size_for_ratio

XAI_WRONG_KEY = "Incorrect%20API%20key%20provided:%20sk***c2."


class CompatibleServer(FakeProvider):
    kind = "openai-compatible"
    troubles: ClassVar[Mapping[str, Mapping[str, Trouble]]] = {
        "bad_key": {"": (401, "invalid_api_key", "Invalid API key provided")},
        "no_credit": {
            "429": (429, "insufficient_quota", "You exceeded your current quota."),
            "402": (402, "insufficient_credits", "Credit limit exceeded, please add credits."),
        },
        "no_access": {"": (403, "permission_denied", "Your team may not use this model.")},
        "model_gone": {"": (404, "model_not_found", "The model does not exist.")},
        "moderated": {"400": (400, "content_policy_violation", "Blocked by the safety system.")},
        "invalid_request": {"": (400, "invalid_value", "Invalid value for size.")},
        "rate_limited": {"": (429, "rate_limit_exceeded", "Too many requests.")},
        "server_error": {"": (500, "server_error", "could not load model")},
    }

    def __init__(self, root: str, files: Files, style: Flavour) -> None:
        super().__init__(root, files)
        self.style = style
        self.flavour = style.name
        self.base_path = f"/compatible/{style.name}/v1"
        self.key = f"sk-canary-compatible-{style.name}-4f1d90c2" if style.needs_key else ""
        own_host = style.name == "localai"
        self.folder = "/compatible/localai/generated-images" if own_host else "/files"

    def routes(self) -> list[Route]:
        return [
            Route("POST", "/images/generations", "image", self.read_images),
            Route("POST", "/chat/completions", "text", self.read_chat),
            Route("GET", "/models", "other", self.read_models),
        ]

    def error(self, status: int, code: str = "", message: str = "") -> Answer:
        return self.style.error(status, code, message)

    def complain(self, problem: Problem) -> Answer:
        words = {"missing": "missing_required_parameter", "unknown": "unknown_parameter"}
        code = words.get(problem.reason, "invalid_value")
        return self.error(self.style.refusal_status, code, f"{problem.field}: {problem.message}")

    def forms(self, reason: str, stage: str = "image") -> dict[str, Form]:
        found = super().forms(reason, stage)
        if stage == "text" and chat_forms(reason):
            return chat_forms(reason)
        if reason == "no_credit" and not self.style.needs_key:
            return {}
        if reason == "bad_key" and self.flavour == "xai":
            return {"400": Form(lambda scene: self.error(400, "", XAI_WRONG_KEY)), **found}
        if reason == "moderated" and self.flavour == "xai":
            return {"respect_moderation": Form(self.held_back, charged=True), **found}
        if reason == "no_picture":
            return {"empty list": Form(lambda scene: json_answer({"data": []}), charged=True)}
        return found

    def sign_in(self, request: Request) -> None:
        if "authorization" not in request.headers and not self.key:
            return
        if not self.key and bearer(request):
            return
        if bearer(request) != self.key:
            raise self.refuse(401, "invalid_api_key", "Invalid API key provided")

    def read_images(self, request: Request, match: object) -> Order:
        self.sign_in(request)
        body = self.json_body(request)
        self.demand(checks.problems(body, self.style.fields, self.style.required))
        prompt = body["prompt"]
        return Order(
            model=body.get("model", ""),
            prompt=prompt.partition("|")[0] if self.flavour == "localai" else prompt,
            body=body,
            size=asked_size(body),
            format=body.get("output_format", self.style.picture_format).upper(),
            count=body.get("n", 1),
        )

    def read_chat(self, request: Request, match: object) -> Order:
        self.sign_in(request)
        return chat_order(self, self.json_body(request))

    def read_models(self, request: Request, match: object) -> Answer:
        self.sign_in(request)
        return json_answer({"object": "list", "data": [{"id": "fake-1", "object": "model"}]})

    def draw(self, scene: Scene, picture: Picture) -> Answer:
        wanted = scene.order.body.get("response_format")
        entry = self.style.entries.get(wanted) or next(iter(self.style.entries.values()))
        data = [entry(self, scene, picture, self.folder) for _ in range(scene.order.count)]
        for index, item in enumerate(data):
            item.update(self.remarks(index, item, picture))
        body = {"created": 1_763_900_000, "data": data, **self.surroundings(scene)}
        filler = picture.filler if "b64_json" in data[0] else 0
        needle = base64_text(picture).encode() if filler else b""
        answer = json_answer(body)
        return Answer(200, answer.body, answer.headers, needle, filler)

    def remarks(self, index: int, item: Mapping[str, Any], picture: Picture) -> dict[str, Any]:
        """What this server says about each picture."""
        if self.flavour == "together":
            return {"index": index, "type": "b64_json" if "b64_json" in item else "url"}
        if self.flavour == "xai":
            return {"mime_type": picture.mime, "revised_prompt": "", "respect_moderation": True}
        return {"url": None, "revised_prompt": None} if self.flavour == "vllm-omni" else {}

    def surroundings(self, scene: Scene) -> dict[str, Any]:
        """What this server says besides the pictures."""
        if self.flavour == "together":
            return {"id": scene.request_id, "model": scene.order.model, "object": "list"}
        if self.flavour == "xai":
            return {"usage": {"cost_in_usd_ticks": 200_000_000 * scene.order.count}}
        return {}

    def held_back(self, scene: Scene) -> Answer:
        item = {"url": "", "mime_type": "", "revised_prompt": "", "respect_moderation": False}
        return json_answer({"data": [item], **self.surroundings(scene)})

    def write(self, scene: Scene, text: str) -> Answer:
        return chat_reply(scene, text)


def asked_size(body: Mapping[str, Any]) -> tuple[int, int]:
    """The pixels that were asked for, or a small picture of the right shape."""
    if "size" in body:
        width, height = body["size"].split("x")
        return int(width), int(height)
    if "width" in body and "height" in body:
        return body["width"], body["height"]
    ratio = body.get("aspect_ratio", "1:1")
    return size_for_ratio("1:1" if ratio == "auto" else ratio)


def all_flavours(root: str, files: Files) -> list[FakeProvider]:
    return [CompatibleServer(root, files, style) for style in FLAVOURS]
