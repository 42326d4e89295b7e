"""What each OpenAI-compatible server accepts, and how it words pictures and errors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes import checks
from tests.fakes.base import FakeProvider, Scene
from tests.fakes.checks import Check
from tests.fakes.inline import base64_text, data_url
from tests.fakes.messages import Answer, Picture, json_answer

Entry = Callable[[FakeProvider, Scene, Picture, str], dict[str, Any]]

SIZE = checks.matching(r"[1-9][0-9]{1,3}x[1-9][0-9]{1,3}")
URL_OR_BASE64 = checks.one_of("url", "b64_json")
BASIC: dict[str, Check] = {
    "model": checks.text(1, 300),
    "prompt": checks.text(1, 32_000),
    "n": checks.whole(1, 10),
    "size": SIZE,
}
XAI_RATIOS = (
    "1:1 16:9 9:16 4:3 3:4 3:2 2:3 2:1 1:2 19.5:9 9:19.5 20:9 9:20 auto".split()  # noqa: SIM905
)


def openai_error(status: int, code: str, message: str) -> Answer:
    word = code or {401: "invalid_api_key", 404: "model_not_found"}.get(status, "invalid_value")
    kind = "server_error" if status >= 500 else "invalid_request_error"
    body = {"message": message, "type": kind, "param": None, "code": word}
    return json_answer({"error": body}, status)


def xai_error(status: int, code: str, message: str) -> Answer:
    return json_answer({"code": code or "invalid-argument", "error": message}, status)


def detail_error(status: int, code: str, message: str) -> Answer:
    return json_answer({"detail": message}, status)


def localai_error(status: int, code: str, message: str) -> Answer:
    return json_answer({"error": {"code": status, "message": message, "type": ""}}, status)


def litellm_error(status: int, code: str, message: str) -> Answer:
    word = "auth_error" if status == 401 else code or "None"
    body = {"message": message, "type": word, "param": "None", "code": str(status)}
    return json_answer({"error": body}, status)


def as_base64(server: FakeProvider, scene: Scene, picture: Picture, folder: str) -> dict[str, Any]:
    return {"b64_json": base64_text(picture)}


def as_url(server: FakeProvider, scene: Scene, picture: Picture, folder: str) -> dict[str, Any]:
    return {"url": server.keep(scene, picture, folder)}


def as_data_url(
    server: FakeProvider, scene: Scene, picture: Picture, folder: str
) -> dict[str, Any]:
    return {"url": scene.result_url or data_url(picture)}


@dataclass(frozen=True, slots=True)
class Flavour:
    """What one server accepts and how it answers. `usual_format` is the answer's form."""

    name: str
    fields: Mapping[str, Check] = field(default_factory=lambda: BASIC)
    required: tuple[str, ...] = ("model", "prompt")
    error: Callable[[int, str, str], Answer] = openai_error
    entries: Mapping[str, Entry] = field(default_factory=lambda: {"b64_json": as_base64})
    needs_key: bool = True
    picture_format: str = "PNG"
    refusal_status: int = 400


FLAVOURS = (
    Flavour(
        "plain",
        BASIC | {"response_format": URL_OR_BASE64},
        entries={"b64_json": as_base64, "url": as_url},
    ),
    Flavour(
        "url",
        BASIC | {"response_format": URL_OR_BASE64},
        entries={"url": as_url, "b64_json": as_base64},
    ),
    Flavour("data-url", entries={"url": as_data_url}),
    Flavour(
        "together",
        {
            "model": checks.text(1, 300),
            "prompt": checks.text(1, 32_000),
            "n": checks.whole(1, 4),
            "width": checks.whole(64, 2048),
            "height": checks.whole(64, 2048),
            "aspect_ratio": checks.matching(r"\d+:\d+"),
            "steps": checks.whole(1, 100),
            "seed": checks.whole(0, 2**63 - 1),
            "guidance_scale": checks.number(0, 100),
            "negative_prompt": checks.text(1),
            "image_url": checks.text(1),
            "reference_images": checks.list_of(checks.text(1)),
            "response_format": checks.one_of("base64", "url"),
            "output_format": checks.one_of("jpeg", "png"),
            "disable_safety_checker": checks.boolean,
        },
        entries={"url": as_url, "base64": as_base64},
        picture_format="JPEG",
    ),
    Flavour(
        "xai",
        {
            "model": checks.text(1, 300),
            "prompt": checks.text(1, 8_000),
            "n": checks.whole(1, 10),
            "aspect_ratio": checks.one_of(*XAI_RATIOS),
            "resolution": checks.one_of("1k", "2k"),
            "quality": checks.text(1),
            "response_format": URL_OR_BASE64,
            "user": checks.text(1),
            "storage_options": checks.mapping,
        },
        error=xai_error,
        entries={"url": as_url, "b64_json": as_base64},
        picture_format="JPEG",
    ),
    Flavour(
        "vllm-omni",
        BASIC
        | {
            "response_format": checks.one_of("b64_json"),
            "negative_prompt": checks.text(),
            "num_inference_steps": checks.whole(1, 200),
            "guidance_scale": checks.number(0, 20),
            "true_cfg_scale": checks.number(0, 20),
            "seed": checks.whole(-(2**31), 2**32),
        },
        required=("prompt",),
        error=detail_error,
        needs_key=False,
        refusal_status=422,
    ),
    Flavour(
        "localai",
        BASIC | {"step": checks.whole(1, 200), "response_format": URL_OR_BASE64},
        required=("prompt",),
        error=localai_error,
        entries={"url": as_url, "b64_json": as_base64},
        needs_key=False,
    ),
    Flavour("litellm", error=litellm_error),
)
