"""AWS Bedrock: InvokeModel and Converse, as boto3 sends them to an endpoint URL."""

import hmac
import re
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import unquote

from tests.fakes import checks, sigv4
from tests.fakes.base import Facts, FakeProvider, Form, Route, Scene, Trouble, bearer, sketch
from tests.fakes.bedrock_fields import (
    NOVA_CANVAS,
    STABILITY_FIELDS,
    converse_problems,
    nova_problems,
    picture_size,
    prompt_of,
)
from tests.fakes.inline import base64_text
from tests.fakes.messages import Answer, Order, Picture, Request, json_answer

REGIONS = {
    **dict.fromkeys(STABILITY_FIELDS, ("us-west-2",)),
    NOVA_CANVAS: ("us-east-1", "eu-west-1", "ap-northeast-1"),
}
TEXT_MODELS = {
    "us.amazon.nova-2-lite-v1:0",
    "amazon.nova-micro-v1:0",
    "amazon.nova-lite-v1:0",
    "us.anthropic.claude-haiku-4-5-20251001-v1:0",
}
RETIRED = re.compile(
    r"amazon\.titan-image-.*|stability\.(sd3-large|stable-image-(core|ultra))-v1:0"
    r"|stability\.stable-diffusion-xl-.*"
)
NAMES = {
    400: "ValidationException",
    403: "AccessDeniedException",
    404: "ResourceNotFoundException",
    408: "ModelTimeoutException",
    424: "ModelErrorException",
    429: "ThrottlingException",
    503: "ServiceUnavailableException",
}
NOVA_BLOCKED = "This request has been blocked by our content filters."
NOVA_OUTPUT = "{} of the generated images have been blocked by our content filters."


class Bedrock(FakeProvider):
    """`key` is ACCESS_ID:SECRET, whose signature is verified; `api_key` is taken as a bearer."""

    kind = "bedrock"
    base_path = "/bedrock"
    key = "AKIACANARYBEDROCK001:canary/bedrock+secret/6a1f93d07c55"
    api_key = "bedrock-api-key-canary-41c9e0b2"
    request_id_header: ClassVar[str] = "x-amzn-requestid"
    troubles: ClassVar[Mapping[str, Mapping[str, Trouble]]] = {
        "bad_key": {
            name: (403, name, message)
            for name, message in {
                "UnrecognizedClientException": "The security token is invalid.",
                "InvalidSignatureException": "The request signature does not match.",
                "ExpiredTokenException": "The security token has expired.",
            }.items()
        },
        "no_credit": {"": (400, "ServiceQuotaExceededException", "Your quota is used up.")},
        "no_access": {"": (403, "AccessDeniedException", "You don't have access to the model.")},
        "model_gone": {"": (404, "ResourceNotFoundException", "The model reached its end.")},
        "invalid_request": {"": (400, "ValidationException", "Malformed input request.")},
        "rate_limited": {
            "ThrottlingException": (429, "ThrottlingException", "Too many requests."),
            "ModelNotReadyException": (429, "ModelNotReadyException", "The model is loading."),
        },
        "server_error": {
            "InternalServerException": (500, "InternalServerException", "Internal failure."),
            "ServiceUnavailableException": (503, "ServiceUnavailableException", "Unavailable."),
            "ModelTimeoutException": (408, "ModelTimeoutException", "The model timed out."),
            "ModelErrorException": (424, "ModelErrorException", "The model failed."),
        },
    }

    def routes(self) -> list[Route]:
        return [
            Route("POST", r"/model/([^/]+)/invoke", "image", self.read),
            Route("POST", r"/model/([^/]+)/converse", "text", self.read_converse),
        ]

    def error(self, status: int, code: str = "", message: str = "") -> Answer:
        name = code or NAMES.get(status, "InternalServerException")
        body: dict[str, Any] = {"message": message}
        if status == 424:
            body["originalStatusCode"] = 500
        return json_answer(body, status, x_amzn_ErrorType=name)

    def facts(self, request: Request) -> Facts:
        named = re.match(r"/model/([^/]+)/", request.tail)
        model = unquote(named.group(1)) if named else ""
        return Facts(self.kind, "", model, prompt_of(sketch(request)))

    def sign_in(self, request: Request) -> str:
        """The region that the caller signed for, or "" for a bearer."""
        if bearer(request) == self.api_key:
            return ""
        signed = sigv4.parse(request.headers.get("authorization", ""))
        if signed is None:
            raise self.refuse(403, "MissingAuthenticationTokenException", "no valid sign-in")
        access_id, _, secret = self.key.partition(":")
        if signed.access_id != access_id or signed.service != "bedrock":
            raise self.refuse(403, "UnrecognizedClientException", "The token is invalid.")
        if not hmac.compare_digest(signed.signature, sigv4.expected(signed, secret, request)):
            raise self.refuse(403, "InvalidSignatureException", "The signature does not match.")
        return signed.region

    def read(self, request: Request, match: re.Match[str]) -> Order:
        region = self.sign_in(request)
        model = unquote(match.group(1))
        self.demand_model(model, region)
        body = self.json_body(request)
        if model == NOVA_CANVAS:
            self.demand(nova_problems(body))
        else:
            self.demand(checks.problems(body, STABILITY_FIELDS[model], ("prompt",)))
        config = body.get("imageGenerationConfig", {})
        return Order(
            model=model,
            prompt=prompt_of(body),
            body=body,
            size=picture_size(model, body),
            format=body.get("output_format", "png").upper(),
            count=config.get("numberOfImages", 1),
        )

    def demand_model(self, model: str, region: str) -> None:
        if RETIRED.fullmatch(model):
            message = "This model version has reached the end of its life."
            raise self.refuse(404, "ResourceNotFoundException", message)
        regions = REGIONS.get(model)
        if regions is None or (region and region not in regions):
            message = f"The provided model identifier is invalid: {model} in {region}"
            raise self.refuse(400, "ValidationException", message)

    def read_converse(self, request: Request, match: re.Match[str]) -> Order:
        self.sign_in(request)
        model = unquote(match.group(1))
        if model in REGIONS:
            message = "This action doesn't support the model that you provided."
            raise self.refuse(400, "ValidationException", message)
        if model not in TEXT_MODELS:
            message = "The provided model identifier is invalid."
            raise self.refuse(400, "ValidationException", message)
        body = self.json_body(request)
        self.demand(converse_problems(body))
        return Order(model, prompt_of(body), body, stage="text")

    def draw(self, scene: Scene, picture: Picture) -> Answer:
        images = [base64_text(picture)] * scene.order.count
        if scene.order.model == NOVA_CANVAS:
            return json_answer({"images": images, "error": None})
        seed = scene.order.body.get("seed") or 2_130_420_379
        return json_answer({"seeds": [seed], "finish_reasons": [None], "images": images})

    def write(self, scene: Scene, text: str) -> Answer:
        musing = {"reasoningContent": {"reasoningText": {"text": "Let me think."}}}
        return converse_reply([musing, {"text": text}])

    def forms(self, reason: str, stage: str = "image") -> dict[str, Form]:
        if reason == "moderated" and stage == "text":
            names = ("content_filtered", "guardrail_intervened")
            return {name: stopped(name) for name in names}
        if reason == "no_text":
            return {"max_tokens": stopped("max_tokens")}
        if reason == "moderated":
            return {
                "prompt": Form(self.blocked_prompt),
                "output image": Form(self.blocked_output, charged=True),
            }
        if reason == "no_picture":
            failed = {"finish_reasons": ["Inference error"]}
            empty = {"images": [], "finish_reasons": [None], "seeds": []}
            return {
                "Inference error": Form(lambda scene: json_answer(failed), True),
                "empty images": Form(lambda scene: json_answer(empty), True),
            }
        return super().forms(reason, stage)

    def blocked_prompt(self, scene: Scene) -> Answer:
        """A 400 from Nova, a 200 from Stability's models."""
        if scene.order.model == NOVA_CANVAS:
            return self.error(400, "ValidationException", NOVA_BLOCKED)
        return json_answer({"finish_reasons": ["Filter reason: prompt"]})

    def blocked_output(self, scene: Scene) -> Answer:
        if scene.order.model == NOVA_CANVAS:
            return json_answer({"images": [], "error": NOVA_OUTPUT.format("All")})
        return json_answer({"seeds": [1], "finish_reasons": ["Filter reason: output image"]})


def stopped(reason: str) -> Form:
    return Form(lambda scene: converse_reply([], reason), charged=True)


def converse_reply(content: list[dict[str, Any]], reason: str = "end_turn") -> Answer:
    return json_answer(
        {
            "output": {"message": {"role": "assistant", "content": content}},
            "stopReason": reason,
            "usage": {"inputTokens": 60, "outputTokens": 40, "totalTokens": 100},
            "metrics": {"latencyMs": 900},
        }
    )
