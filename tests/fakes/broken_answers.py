"""Answers of the wrong kind, and answers of the right kind with a wrong picture in them."""

import base64
import json
from dataclasses import replace

from tests.fakes import broken_pictures
from tests.fakes.base import Scene
from tests.fakes.behaviour import Behaviour, never
from tests.fakes.messages import Answer, Picture, json_answer


def body(content: bytes, media_type: str = "application/json", code: int = 200) -> Behaviour:
    """Any bytes at all, charged."""
    return Behaviour("body", lambda scene: Answer(code, content, {"Content-Type": media_type}))


def empty_body() -> Behaviour:
    return replace(body(b""), name="empty_body")


def not_json() -> Behaviour:
    return replace(body(b'{"data": [{"b64_json": "iVBOR'), name="not_json")


def wrong_shape(value: object = None) -> Behaviour:
    """Valid JSON that is not what was promised: null by default."""
    return replace(body(json.dumps(value).encode()), name="wrong_shape")


def deep_json(depth: int = 100_000) -> Behaviour:
    """JSON nested so deeply that a recursive parser gives up."""
    return replace(body(b"[" * depth + b"]" * depth), name="deep_json")


def html_200() -> Behaviour:
    page = b"<!DOCTYPE html><html><body><h1>Welcome to nginx!</h1></body></html>"
    return replace(body(page, "text/html"), name="html_200")


def not_found_html() -> Behaviour:
    """A reverse proxy that does not know the path."""
    page = b"<html><head><title>404 Not Found</title></head><body>nginx</body></html>"
    return replace(body(page, "text/html", 404), name="not_found_html", charges=never)


def bad_gateway_html(code: int = 502) -> Behaviour:
    """A reverse proxy whose backend is down."""
    page = b"<html><head><title>Bad Gateway</title></head><body>nginx</body></html>"
    return replace(body(page, "text/html", code), name="bad_gateway_html", charges=never)


def redirect(url: str, code: int = 302) -> Behaviour:
    return Behaviour("redirect", lambda scene: Answer(code, b"", {"Location": url}), charges=never)


def picture(content: Picture, name: str = "picture") -> Behaviour:
    return Behaviour(name, lambda scene: scene.usual(content))


def junk_image() -> Behaviour:
    return picture(broken_pictures.junk(), "junk_image")


def zero_bytes() -> Behaviour:
    return picture(broken_pictures.nothing(), "zero_bytes")


def svg_image() -> Behaviour:
    return picture(broken_pictures.svg(), "svg_image")


def html_image() -> Behaviour:
    return picture(broken_pictures.html(), "html_image")


def truncated_image() -> Behaviour:
    return picture(broken_pictures.truncated_png(), "truncated_image")


def trailing_bytes() -> Behaviour:
    return picture(broken_pictures.with_trailing_bytes(), "trailing_bytes")


def wrong_mime() -> Behaviour:
    """A JPEG that is declared as PNG."""
    return picture(broken_pictures.wrong_type(), "wrong_mime")


def animated(format: str = "GIF") -> Behaviour:
    """Three frames: "GIF", "WEBP" or "APNG"."""
    content = broken_pictures.animated("PNG" if format.upper() == "APNG" else format.upper())
    return picture(content, f"animated {format}")


def gif_image() -> Behaviour:
    return picture(broken_pictures.still_gif(), "gif_image")


def bomb() -> Behaviour:
    """20 KB that decode to 169 megapixels."""
    return picture(broken_pictures.bomb(), "bomb")


def huge_stream(size: int = 64 * 1024 * 1024, *, declared: bool = True) -> Behaviour:
    """A picture of `size` bytes; undeclared it comes in chunks, without a Content-Length."""

    def answer(scene: Scene) -> Answer:
        content = broken_pictures.endless(size)
        answered = scene.usual(content)
        for needle in (base64.b64encode(content.data), content.data):
            if needle in answered.body:
                return replace(answered, needle=needle, filler=size, chunked=not declared)
        return answered

    return Behaviour("huge_stream", answer)


def says(text: str) -> Behaviour:
    """A language model that answers with these words; for calls at the stage "text"."""

    def answer(scene: Scene) -> Answer:
        return scene.provider.write(scene, text) if scene.provider else Answer()

    return Behaviour("says", answer)


def poll_status(word: str) -> Behaviour:
    """A task's status, whatever it is in truth; for calls at the stage "poll"."""

    def answer(scene: Scene) -> Answer:
        return json_answer({"id": scene.request.query.get("id"), "status": word})

    return Behaviour(f"poll_status {word}", answer)


def polling_url(url: str) -> Behaviour:
    """An order is taken and shall be polled at `url`. For providers whose tasks are polled."""

    def answer(scene: Scene) -> Answer:
        scene.polling_url = url
        return scene.usual()

    return Behaviour("polling_url", answer)


def result_url(url: str) -> Behaviour:
    """The picture is said to be at `url`. Only for providers that answer with addresses."""

    def answer(scene: Scene) -> Answer:
        scene.result_url = url
        return scene.usual()

    return Behaviour("result_url", answer)
