"""Google Imagen by `:predict`, as it was while it lived. Every Imagen id still draws here."""

import re
from collections.abc import Mapping
from typing import Any

from tests.fakes import checks
from tests.fakes.base import Facts, Form, Route, Scene, sketch
from tests.fakes.checks import Check, Problem, problems
from tests.fakes.google import GoogleProvider
from tests.fakes.inline import base64_text
from tests.fakes.messages import Answer, Order, Picture, Request, json_answer
from tests.fakes.pictures import size_for_ratio

LIVED = re.compile(r"imagen-(3\.0-generate-002|4\.0-(fast-|ultra-)?generate-001)")
BODY: dict[str, Check] = {
    "instances": checks.list_of(checks.mapping, 1, 1),
    "parameters": checks.mapping,
}
PARAMETERS: dict[str, Check] = {
    "sampleCount": checks.whole(1, 4),
    "aspectRatio": checks.one_of("1:1", "3:4", "4:3", "9:16", "16:9"),
    "sampleImageSize": checks.one_of("1K", "2K"),
    "guidanceScale": checks.number(0, 100),
    "personGeneration": checks.one_of("dont_allow", "allow_adult", "allow_all"),
    "safetySetting": checks.text(1),
    "includeRaiReason": checks.boolean,
    "includeSafetyAttributes": checks.boolean,
    "language": checks.text(1),
    "outputOptions": checks.mapping,
}
OUTPUT: dict[str, Check] = {
    "mimeType": checks.one_of("image/png", "image/jpeg"),
    "compressionQuality": checks.whole(0, 100),
}
FILTERED = "Unable to show generated images: they contravene the usage guidelines."


class Imagen(GoogleProvider):
    kind = "google-imagen"
    base_path = "/imagen/v1beta"
    key = "AIzaCanaryImagen-e7704bd3"

    def routes(self) -> list[Route]:
        return [Route("POST", r"/models/([^/:]+):predict", "image", self.read)]

    def facts(self, request: Request) -> Facts:
        named = re.match(r"/models/([^/:]+)", request.tail)
        return Facts(self.kind, "", named.group(1) if named else "", prompt_of(sketch(request)))

    def read(self, request: Request, match: re.Match[str]) -> Order:
        self.sign_in(request)
        model = match.group(1)
        if not LIVED.fullmatch(model):
            raise self.refuse(404, "", f"models/{model} is not found for API version v1beta")
        body = self.json_body(request)
        self.demand(problems(body, BODY, ("instances",)))
        self.demand(problems(body["instances"][0], {"prompt": checks.text(1)}, ("prompt",)))
        wish = body.get("parameters", {})
        self.demand(parameter_problems(model, wish))
        mime = wish.get("outputOptions", {}).get("mimeType", "image/png")
        return Order(
            model=model,
            prompt=prompt_of(body),
            body=body,
            size=size_for_ratio(wish.get("aspectRatio", "1:1")),
            format="JPEG" if mime == "image/jpeg" else "PNG",
            count=wish.get("sampleCount", 4),
        )

    def draw(self, scene: Scene, picture: Picture) -> Answer:
        entry = {"bytesBase64Encoded": base64_text(picture), "mimeType": picture.mime}
        return json_answer({"predictions": [entry] * scene.order.count})

    def forms(self, reason: str, stage: str = "image") -> dict[str, Form]:
        if reason == "moderated":
            filtered = {"predictions": [{"raiFilteredReason": FILTERED}]}
            return {
                "raiFilteredReason": Form(lambda scene: json_answer(filtered), True),
                "no predictions": Form(lambda scene: json_answer({})),
            }
        return super().forms(reason, stage)


def parameter_problems(model: str, wish: Mapping[str, Any]) -> list[Problem]:
    found = problems(wish, PARAMETERS, at="parameters.")
    found += problems(wish.get("outputOptions", {}), OUTPUT, at="parameters.outputOptions.")
    if "sampleImageSize" in wish and model.startswith("imagen-3"):
        found.append(Problem("wrong", "parameters.sampleImageSize", "is for Imagen 4"))
    return found


def prompt_of(body: Any) -> str:
    try:
        return str(body["instances"][0]["prompt"])
    except (IndexError, KeyError, TypeError):
        return ""
