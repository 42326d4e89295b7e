"""Stability: multipart only, bytes or JSON, moderation in two ways."""

import base64
from typing import Any

import pytest
import requests

from tests.fakes import FakeProviders, behaviours, shows
from tests.fakes.callers import (
    MODELS,
    STABILITY,
    ask,
    ask_stability,
    credentials,
)


def stability(fakes: FakeProviders, fields: dict[str, Any], **headers: str) -> requests.Response:
    return ask_stability(
        fakes.base_url("stability"), credentials(fakes, "stability") | headers, fields
    )


@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        ({}, {}),
        ({"prompt": "x", "model": "sd3-large-turbo"}, {}),
        ({"prompt": "x", "aspect_ratio": "4:3"}, {}),
        ({"prompt": "x", "seed": "many"}, {}),
        ({"prompt": "x", "cfg_scale": 11}, {}),
        ({"prompt": "x", "mode": "image-to-image"}, {}),
        ({"prompt": "x"}, {"Accept": "*/*"}),
        ({"prompt": "x"}, {"Content-Type": "multipart/form-data"}),
    ],
)
def test_stability_refuses(
    fakes: FakeProviders, fields: dict[str, Any], headers: dict[str, str]
) -> None:
    response = stability(fakes, fields, **headers)
    assert (response.status_code, response.json()["name"]) == (400, "bad_request")
    assert fakes.charged == []


@pytest.mark.parametrize("form", ["json", "data"])
def test_stability_wants_multipart(fakes: FakeProviders, form: str) -> None:
    url = fakes.base_url("stability") + STABILITY + "core"
    headers = credentials(fakes, "stability") | {"Accept": "image/*"}
    body: dict[str, Any] = {form: {"prompt": "x"}}
    response = requests.post(url, headers=headers, timeout=20, **body)
    assert response.json()["errors"] == ["content-type: must be multipart/form-data"]


def test_a_plain_value_must_not_be_sent_as_a_file(fakes: FakeProviders) -> None:
    url = fakes.base_url("stability") + STABILITY + "core"
    headers = credentials(fakes, "stability") | {"Accept": "image/*"}
    response = requests.post(url, files={"prompt": "x"}, headers=headers, timeout=20)
    assert response.json()["errors"] == ["prompt: must be a plain value, not a file"]


def test_stability_core_answers_bytes_or_json(fakes: FakeProviders) -> None:
    url = fakes.base_url("stability") + STABILITY + "core"
    form = {"prompt": (None, "a red fox"), "seed": (None, "7"), "output_format": (None, "webp")}
    kept = credentials(fakes, "stability")
    raw, answered = (
        requests.post(url, files=form, headers=kept | {"Accept": accept}, timeout=20)
        for accept in ("image/*", "application/json")
    )
    assert (raw.headers["Content-Type"], raw.headers["seed"]) == ("image/webp", "7")
    assert base64.b64decode(answered.json()["image"]) == raw.content
    assert answered.json()["finish_reason"] == raw.headers["finish-reason"] == "SUCCESS"
    assert fakes.charged[0].body == {"prompt": "a red fox", "seed": 7, "output_format": "webp"}


def test_stability_moderates_with_403_or_a_blurred_200(fakes: FakeProviders) -> None:
    fakes.plan(behaviours.moderated(), times=1)
    assert ask(fakes, "stability").json()["name"] == "content_moderation"
    fakes.plan(behaviours.moderated("CONTENT_FILTERED"), times=1)
    response = ask(fakes, "stability")
    assert response.headers["finish-reason"] == "CONTENT_FILTERED"
    assert not shows(response.content, MODELS["stability"], "a red fox")
