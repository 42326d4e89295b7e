"""Refusals in the provider's own words."""

from base64 import b64encode
from dataclasses import replace
from email.utils import formatdate
from time import time
from urllib.parse import quote

from tests.fakes.base import FakeProvider, Form, Scene
from tests.fakes.behaviour import Behaviour, always, never
from tests.fakes.files import storage_error
from tests.fakes.messages import Answer


def status(code: int, word: str = "", message: str = "") -> Behaviour:
    """Any HTTP status in the provider's own error form; `word` is its code or name."""

    def answer(scene: Scene) -> Answer:
        return _error(scene, code, word, message or f"ordered status {code}")

    return Behaviour(f"status {code}", answer, charges=never)


def bad_key(form: str | None = None) -> Behaviour:
    return _documented("bad_key", form)


def no_credit(form: str | None = None) -> Behaviour:
    return _documented("no_credit", form)


def no_access(form: str | None = None) -> Behaviour:
    return _documented("no_access", form)


def model_gone(form: str | None = None) -> Behaviour:
    return _documented("model_gone", form)


def invalid_request(form: str | None = None) -> Behaviour:
    return _documented("invalid_request", form)


def moderated(form: str | None = None) -> Behaviour:
    """Refused for its content; `FakeProviders.forms(kind, "moderated")` lists the forms."""
    return _documented("moderated", form)


def no_picture(form: str | None = None) -> Behaviour:
    """200, no picture, and it was not moderation."""
    return _documented("no_picture", form)


def no_text(form: str | None = None) -> Behaviour:
    """A language model's 200 without usable text; for calls at the stage "text"."""
    return _documented("no_text", form)


def task_failed(form: str | None = None) -> Behaviour:
    """The order is taken, and polling says later that nothing came of it."""
    return _documented("task_failed", form)


def rate_limited(
    seconds: float | str | None = 2, how: str = "seconds", form: str | None = None
) -> Behaviour:
    """429. `how` tells the wait: "seconds", "date", "ms" or "body" (Google's RetryInfo).

    A string is sent as it is: `rate_limited("soon")`. None tells no wait at all.
    """

    def answer(scene: Scene) -> Answer:
        told = float(seconds) if how == "body" and seconds is not None else None
        provider = scene.provider
        plain = provider.rate_limited(told) if provider else storage_error(429, "SlowDown")
        if form is not None and provider:
            plain = _form(provider, "rate_limited", form, scene.order.stage).answer(scene)
        return replace(plain, headers={**plain.headers, **_wait_headers(seconds, how)})

    return Behaviour("rate_limited", answer, charges=never)


def server_error(code: int = 500, form: str | None = None) -> Behaviour:
    if form is not None:
        return _documented("server_error", form)
    return replace(status(code), name=f"server_error {code}")


def error_after_charge(code: int = 500) -> Behaviour:
    """An error status for a picture that was drawn and billed."""
    return replace(status(code), name=f"error_after_charge {code}", charges=always)


def echo_key() -> Behaviour:
    """An error that repeats the caller's key in message and header, as careless servers do."""

    def answer(scene: Scene) -> Answer:
        shown = ("authorization", "x-key", "x-goog-api-key")
        keys = " ".join(scene.request.headers.get(name, "") for name in shown).strip()
        key = keys.rpartition(" ")[2]
        told = f"{keys}, {b64encode(key.encode()).decode()}, {quote(key, safe='')}"
        edge = "." * (470 - len(told)) + key  # lies across the place where texts are cut
        return _error(scene, 400, "", f"You sent {told} {edge}").with_headers(x_debug=keys)

    return Behaviour("echo_key", answer, charges=never)


def _documented(reason: str, form: str | None) -> Behaviour:
    def answer(scene: Scene) -> Answer:
        if scene.provider is None:
            return storage_error(403, "AccessDenied")
        return _form(scene.provider, reason, form, scene.order.stage).answer(scene)

    def charges(provider: FakeProvider | None, stage: str) -> bool:
        return provider is not None and _form(provider, reason, form, stage).charged

    return Behaviour(f"{reason} {form or ''}".strip(), answer, charges=charges)


def _form(provider: FakeProvider, reason: str, form: str | None, stage: str) -> Form:
    forms = provider.forms(reason, stage)
    if not forms or (form is not None and form not in forms):
        raise LookupError(f"{provider.kind} has no {reason} {form or ''}, only {list(forms)}")
    return forms[form] if form is not None else next(iter(forms.values()))


def _error(scene: Scene, code: int, word: str, message: str) -> Answer:
    if scene.provider is None:
        return storage_error(code, word or "Error", message)
    return scene.provider.error(code, word, message)


def _wait_headers(seconds: float | str | None, how: str) -> dict[str, str]:
    if seconds is None or how == "body":
        return {}
    if isinstance(seconds, str):
        return {"Retry-After": seconds}
    if how == "date":
        return {"Retry-After": formatdate(time() + seconds, usegmt=True)}
    if how == "ms":
        return {"retry-after-ms": str(round(seconds * 1000))}
    return {"Retry-After": f"{seconds:g}" if seconds < 1 else str(int(seconds))}
