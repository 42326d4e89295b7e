"""Stability AI: a form goes out, JSON comes back, and a blurred picture is not kept."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from providers.errors import (
    InvalidKey,
    InvalidRequest,
    InvalidResponse,
    ModelGone,
    Moderated,
    NoAccess,
    NoCredit,
    ProviderError,
    RateLimited,
    Unavailable,
)
from providers.messages import ImageRequest
from tests.fakes import FakeProviders, behaviours, shows
from tests.providers.changes import changed
from tests.providers.drawing import PROMPT, Caller, Subject

EVERYTHING = {
    "negative_prompt": "rain",
    "aspect_ratio": "4:3",
    "steps": 20,
    "guidance": 12.0,
    "seed": 11,
}
FOLDED = f"{PROMPT}\n\nDo not include: rain"


@pytest.fixture
def caller(fakes: FakeProviders, caplog: pytest.LogCaptureFixture) -> Iterator[Caller]:
    """After each test the fake has no complaints, and the key is in no log line."""
    caplog.set_level(logging.DEBUG)
    caller = Caller(fakes, Subject("stability", "sd3.5-large"))
    yield caller
    caller.is_silent_on_the_key(caplog.text)
    assert fakes.complaints == []


def test_a_form_goes_out_and_json_is_asked_for(caller: Caller) -> None:
    result = caller.draw(seed=77)
    [call] = caller.fakes.ledger
    assert call.path.endswith("/v2beta/stable-image/generate/sd3")
    assert call.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert call.headers["accept"] == "application/json"
    assert call.headers["authorization"] == f"Bearer {caller.key}"
    assert shows(result.content, "sd3.5-large", PROMPT)
    assert (result.seed, result.request_id) == (77, call.request_id)
    assert result.cost_micros is None


@pytest.mark.parametrize(
    ("model_id", "endpoint", "fields"),
    [
        ("stable-image-core", "core", {"negative_prompt": "rain"}),
        ("stable-image-ultra", "ultra", {"negative_prompt": "rain"}),
        (
            "sd3.5-large",
            "sd3",
            {"model": "sd3.5-large", "negative_prompt": "rain", "cfg_scale": 10.0},
        ),
        (
            "sd3.5-medium",
            "sd3",
            {"model": "sd3.5-medium", "negative_prompt": "rain", "cfg_scale": 10.0},
        ),
        ("sd3.5-large-turbo", "sd3", {"model": "sd3.5-large-turbo"}),
        ("sd3.5-flash", "sd3", {"model": "sd3.5-flash"}),
    ],
)
def test_each_model_gets_the_fields_that_it_knows(
    caller: Caller, model_id: str, endpoint: str, fields: dict[str, Any]
) -> None:
    adapter = caller.adapter(model_id=model_id)
    result = adapter.generate(ImageRequest(PROMPT, **EVERYTHING))  # type: ignore[arg-type]
    [call] = caller.fakes.charged
    mode = {"mode": "text-to-image"} if endpoint == "sd3" else {}
    prompt = PROMPT if "negative_prompt" in fields else FOLDED
    shared = {"prompt": prompt, "aspect_ratio": "5:4", "output_format": "png", "seed": 11}
    assert call.body == shared | mode | fields
    assert call.path.endswith(f"/{endpoint}")
    assert result.prompt_sent == prompt
    assert shows(result.content, model_id, prompt)


def test_what_became_of_each_parameter_is_told(caller: Caller) -> None:
    assert caller.draw(**EVERYTHING).parameters == {
        "negativePrompt": {"fate": "applied", "value": "rain"},
        "aspectRatio": {"fate": "translated", "value": "4:3", "sent": "aspect_ratio 5:4"},
        "steps": {"fate": "ignored", "value": 20},
        "guidance": {"fate": "translated", "value": 12.0, "sent": "cfg_scale 10"},
        "seed": {"fate": "applied", "value": 11},
    }


def test_a_model_newer_than_the_catalogue_is_asked_like_its_newest(caller: Caller) -> None:
    error = caller.failure(model_id="sd4-huge")
    assert type(error) is InvalidRequest
    [complaint] = caller.fakes.complaints
    assert complaint.startswith("stability: model: must be one of")
    assert caller.fakes.ledger[0].path.endswith("/sd3")
    caller.fakes.reset()


def test_the_seed_is_the_providers_where_it_tells_one(caller: Caller) -> None:
    caller.plan(changed(seed=4242), times=1)
    assert caller.draw(seed=7).seed == 4242
    caller.plan(changed(seed=None), times=1)
    assert caller.draw(seed=7).seed == 7
    drawn_there = caller.draw().seed
    assert drawn_there is not None
    assert drawn_there > 0


def test_a_prompt_that_is_too_long_is_not_sent(caller: Caller) -> None:
    error = caller.failure("x" * 10_001)
    assert type(error) is InvalidRequest
    assert "10000 characters" in error.public_message
    assert caller.fakes.traffic == []


# Refusals


def test_a_flagged_prompt_is_a_403_and_costs_nothing(caller: Caller) -> None:
    caller.plan(behaviours.moderated("403"))
    error = caller.failure()
    assert type(error) is Moderated
    assert error.uncharged


def test_a_blurred_picture_is_not_kept_and_may_cost(caller: Caller) -> None:
    caller.plan(behaviours.moderated("CONTENT_FILTERED"))
    error = caller.failure()
    assert type(error) is Moderated
    assert not error.uncharged
    assert (error.status, error.request_id) == (200, caller.fakes.ledger[0].request_id)


@pytest.mark.parametrize("reason", ["ERROR", "", None, "success", ["SUCCESS"]])
def test_only_a_success_is_kept(caller: Caller, reason: object) -> None:
    caller.plan(changed(finish_reason=reason))
    error = caller.failure()
    assert type(error) is InvalidResponse
    assert not error.uncharged


@pytest.mark.parametrize(
    ("status", "name", "kind", "uncharged"),
    [
        (400, "bad_request", InvalidRequest, True),
        (401, "unauthorized", InvalidKey, True),
        (402, "payment_required", NoCredit, True),
        (403, "content_moderation", Moderated, True),
        (403, "forbidden", NoAccess, True),
        (404, "not_found", ModelGone, True),
        (413, "payload_too_large", InvalidRequest, True),
        (422, "invalid_language", InvalidRequest, True),
        (422, "public_figure", InvalidRequest, True),
        (429, "rate_limit_exceeded", RateLimited, True),
        (500, "internal_error", ProviderError, False),
        (502, "", ProviderError, False),
        (503, "", Unavailable, True),
        (504, "", ProviderError, False),
    ],
)
def test_each_status_means_what_it_means_here(
    caller: Caller, status: int, name: str, kind: type[ProviderError], uncharged: bool
) -> None:
    caller.plan(behaviours.status(status, name, "as ordered"))
    error = caller.failure()
    assert type(error) is kind
    assert error.uncharged is uncharged
    assert error.status == status
    assert "as ordered" in error.detail
    assert error.request_id == caller.fakes.ledger[0].request_id


@pytest.mark.parametrize("form", ["", "gateway"])
def test_a_wrong_key_is_refused_by_the_service_or_its_gateway(caller: Caller, form: str) -> None:
    caller.plan(behaviours.bad_key(form))
    assert type(caller.failure()) is InvalidKey


def test_a_prompt_in_another_language_is_explained(caller: Caller) -> None:
    caller.plan(behaviours.invalid_request("422"))
    error = caller.failure()
    assert error.public_message == "This model understands prompts in English only."


def test_a_rate_limit_without_a_wait_means_a_minute(caller: Caller) -> None:
    caller.plan(behaviours.rate_limited(None))
    error = caller.failure()
    assert type(error) is RateLimited
    assert error.retry_after == 60


def test_a_rate_limit_with_a_wait_means_that_wait(caller: Caller) -> None:
    caller.plan(behaviours.rate_limited(7))
    assert caller.failure().retry_after == 7
