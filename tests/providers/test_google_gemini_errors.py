"""What Gemini says when it does not draw, and what we make of it."""

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
from tests.fakes import behaviours
from tests.fakes.behaviour import Behaviour
from tests.fakes.messages import json_answer
from tests.providers.answering import changed, refuses
from tests.providers.drawing import Caller, Meet


@pytest.fixture
def caller(meet: Meet) -> Caller:
    return meet("google-gemini")


def says(status: int, message: str, name: str, *details: dict[str, Any]) -> Behaviour:
    error = {"code": status, "message": message, "status": name, "details": list(details)}
    return refuses(json_answer({"error": error}, status))


def parts_of(told: dict[str, Any]) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = told["candidates"][0]["content"]["parts"]
    return parts


# A 200 without a picture


def test_every_way_to_block_a_prompt_or_a_picture_is_moderation(caller: Caller) -> None:
    forms = caller.forms("moderated")
    assert len(forms) == 15
    for form in forms:
        caller.plan(behaviours.moderated(form), times=1)
        error = caller.failure()
        assert type(error) is Moderated, form
        assert not error.uncharged
        assert error.status == 200
        assert error.request_id == caller.fakes.ledger[-1].request_id
        assert form in (error.detail, "text only", "content null")


def test_an_answer_in_words_is_shown(caller: Caller) -> None:
    caller.plan(behaviours.moderated("text only"))
    expected = 'in words: "I can\'t create that picture, but I can describe it."'
    assert expected in caller.failure().public_message


def test_a_long_answer_in_words_is_shortened(caller: Caller) -> None:
    caller.plan(
        changed(lambda told: parts_of(told).__setitem__(slice(None), [{"text": "x" * 999}]))
    )
    assert caller.failure().public_message.count("x") == 300


def test_a_model_that_fails_to_draw_is_no_moderation(caller: Caller) -> None:
    for form in ("NO_IMAGE", "IMAGE_OTHER", "MALFORMED_RESPONSE", "only thoughts"):
        caller.plan(behaviours.no_picture(form), times=1)
        error = caller.failure()
        assert type(error) is InvalidResponse, form
        assert not error.uncharged
        assert error.public_message == "The model answered without a picture."


# Errors


@pytest.mark.parametrize(
    ("status", "name", "kind", "uncharged"),
    [
        (400, "INVALID_ARGUMENT", InvalidRequest, True),
        (400, "FAILED_PRECONDITION", NoAccess, True),
        (401, "UNAUTHENTICATED", InvalidKey, True),
        (403, "PERMISSION_DENIED", NoAccess, True),
        (404, "NOT_FOUND", ModelGone, True),
        (408, "", ProviderError, False),
        (429, "RESOURCE_EXHAUSTED", RateLimited, True),
        (500, "INTERNAL", ProviderError, False),
        (502, "", ProviderError, False),
        (503, "UNAVAILABLE", Unavailable, True),
        (504, "DEADLINE_EXCEEDED", ProviderError, False),
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


def test_a_wrong_key_is_a_400(caller: Caller) -> None:
    error = caller.failure(key="AIza-wrong")
    assert type(error) is InvalidKey
    assert error.status == 400
    [complaint] = caller.fakes.complaints
    assert "not valid" in complaint
    caller.fakes.reset()


def test_a_free_tier_without_pictures_is_not_asked_again(caller: Caller) -> None:
    caller.plan(behaviours.no_credit("limit 0"))
    error = caller.failure()
    assert (type(error), error.status, error.transient) == (NoCredit, 429, False)


@pytest.mark.parametrize(
    ("message", "quota", "kind"),
    [
        ("Quota exceeded for metric: x, limit: 0, model: y", {}, NoCredit),
        ("Quota exceeded for metric: x, limit: 0", {"quotaValue": "10"}, NoCredit),
        ("Check your plan and billing details.", {"quotaValue": "0"}, NoCredit),
        ("Your prepayment credits are depleted.", {}, NoCredit),
        ("Quota exceeded for metric: x, limit: 0.5", {}, RateLimited),
        ("Check your plan and billing details, limit: 10", {"quotaValue": "10"}, RateLimited),
        ("Resource has been exhausted.", {"quotaValue": None}, RateLimited),
    ],
)
def test_a_429_may_be_a_limit_that_no_waiting_mends(
    caller: Caller, message: str, quota: dict[str, Any], kind: type[ProviderError]
) -> None:
    failure = {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [quota]}
    caller.plan(says(429, message, "RESOURCE_EXHAUSTED", failure))
    assert type(caller.failure()) is kind


def test_a_region_that_is_not_served_is_no_access(caller: Caller) -> None:
    message = "User location is not supported for the API use."
    caller.plan(says(400, message, "FAILED_PRECONDITION"))
    assert type(caller.failure()) is NoAccess


@pytest.mark.parametrize("seconds", [49, 0.25, 3600])
def test_the_wait_may_stand_in_the_body(caller: Caller, seconds: float) -> None:
    caller.plan(behaviours.rate_limited(seconds, "body"))
    error = caller.failure()
    assert type(error) is RateLimited
    assert error.retry_after == seconds


@pytest.mark.parametrize(
    ("delay", "seconds"),
    [("999999999s", 86400), ("-5s", None), ("nans", None), ("49", None), (49, None), (None, None)],
)
def test_an_odd_wait_in_the_body_is_bounded_or_none(
    caller: Caller, delay: object, seconds: float | None
) -> None:
    info = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}
    caller.plan(says(429, "Slow down.", "RESOURCE_EXHAUSTED", info))
    assert caller.failure().retry_after == seconds


@pytest.mark.parametrize("error", [None, [], "no", {"details": [None, {"violations": [3]}]}])
def test_an_odd_error_body_is_no_crash(caller: Caller, error: object) -> None:
    caller.plan(refuses(json_answer({"error": error}, 429)))
    assert type(caller.failure()) is RateLimited
