"""One right request for every kind, and how to get at the picture that comes back."""

import base64
import io
import time
from collections.abc import Mapping
from typing import Any

import requests
from PIL import Image

from tests.fakes.bedrock import Bedrock
from tests.fakes.fakes import FakeProviders

TIMEOUT = 20
MODELS = {
    "openai": "gpt-image-2.5-flare",
    "google-gemini": "gemini-nano-banana-2.1",
    "google-imagen": "imagen-4.0-generate-001",
    "bedrock": "stability.sd3-5-large-v1:0",
    "stability": "sd3.5-large",
    "bfl": "flux-2-pro",
    "recraft": "recraftv4_1",
    "openai-compatible": "fake-1",
}
STABILITY = "/v2beta/stable-image/generate/"


def ask(
    fakes: FakeProviders, kind: str, prompt: str = "a red fox", **changes: Any
) -> requests.Response:
    """Order one picture. `changes` are more fields of the body; model and flavour are special."""
    flavour = changes.pop("flavour", None)
    model = changes.pop("model", MODELS[kind])
    base = fakes.base_url(kind, flavour)
    headers = credentials(fakes, kind, flavour)
    if kind == "stability":
        return ask_stability(base, headers, {"prompt": prompt} | changes, model)
    path, body = request_for(kind, model, prompt)
    return requests.post(base + path, json=body | changes, headers=headers, timeout=TIMEOUT)


def credentials(fakes: FakeProviders, kind: str, flavour: str | None = None) -> dict[str, str]:
    key = fakes.key(kind, flavour)
    if kind in ("google-gemini", "google-imagen"):
        return {"x-goog-api-key": key}
    if kind == "bfl":
        return {"x-key": key}
    if kind == "bedrock":
        key = Bedrock.api_key
    return {"Authorization": f"Bearer {key}"} if key else {}


def request_for(kind: str, model: str, prompt: str) -> tuple[str, dict[str, Any]]:
    """Path and body of the smallest good request."""
    if kind == "google-gemini":
        contents = [{"role": "user", "parts": [{"text": prompt}]}]
        config = {"responseModalities": ["TEXT", "IMAGE"]}
        body = {"contents": contents, "generationConfig": config}
        return f"/models/{model}:generateContent", body
    if kind == "google-imagen":
        instances = [{"prompt": prompt}]
        body = {"instances": instances, "parameters": {"sampleCount": 1}}
        return f"/models/{model}:predict", body
    if kind == "bedrock":
        return f"/model/{model}/invoke", bedrock_body(model, prompt)
    if kind == "bfl":
        return f"/v1/{model}", {"prompt": prompt}
    return "/images/generations", {"model": model, "prompt": prompt}


def bedrock_body(model: str, prompt: str) -> dict[str, Any]:
    if model.startswith("amazon."):
        return {"taskType": "TEXT_IMAGE", "textToImageParams": {"text": prompt}}
    return {"prompt": prompt}


def ask_stability(
    base: str, headers: Mapping[str, str], fields: Mapping[str, Any], model: str = "sd3.5-large"
) -> requests.Response:
    """Multipart needs a pair of no file name and text for each plain value."""
    core_or_ultra = model.removeprefix("stable-image-") if model.startswith("stable") else ""
    sent = dict(fields) if core_or_ultra else {"model": model, **fields}
    form = {name: (None, str(value)) for name, value in sent.items()}
    accept = {"Accept": "image/*", **headers}
    url = base + STABILITY + (core_or_ultra or "sd3")
    return requests.post(url, files=form, headers=accept, timeout=TIMEOUT)


def picture_in(fakes: FakeProviders, kind: str, response: requests.Response) -> bytes:
    """The bytes of the picture that a good answer holds or leads to."""
    if response.headers["Content-Type"].startswith("image/"):
        return response.content
    answer = response.json()
    if kind == "google-gemini":
        parts = answer["candidates"][0]["content"]["parts"]
        kept = [part for part in parts if "inlineData" in part and not part.get("thought")]
        return base64.b64decode(kept[-1]["inlineData"]["data"])
    if kind == "google-imagen":
        return base64.b64decode(answer["predictions"][0]["bytesBase64Encoded"])
    if kind == "bedrock":
        return base64.b64decode(answer["images"][0])
    if kind == "bfl":
        return download(poll(fakes, answer["polling_url"])["result"]["sample"])
    return from_entry(answer["data"][0])


def from_entry(entry: Mapping[str, Any]) -> bytes:
    if entry.get("b64_json"):
        return base64.b64decode(entry["b64_json"])
    url = entry["url"]
    if url.startswith("data:"):
        return base64.b64decode(url.partition(",")[2])
    return download(url)


def download(url: str) -> bytes:
    return requests.get(url, timeout=TIMEOUT).content


def poll(fakes: FakeProviders, url: str) -> dict[str, Any]:
    """A task's last status; its first ones are Pending."""
    for _ in range(200):
        answer: dict[str, Any] = requests.get(
            url, headers=credentials(fakes, "bfl"), timeout=TIMEOUT
        ).json()
        if answer["status"] not in ("Pending", "Generating"):
            return answer
        time.sleep(0.05)
    raise TimeoutError("the task stays pending")


def size_of(content: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(content)) as image:
        return image.size
