"""What Bedrock says when it does not draw, and what we make of it."""

from dataclasses import replace

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
from tests.fakes.messages import json_answer
from tests.providers.answering import answers, changed, refuses
from tests.providers.drawing import Caller, Meet

NOVA = "amazon.nova-canvas-v1:0"


@pytest.fixture
def caller(meet: Meet) -> Caller:
    return meet("bedrock")


@pytest.fixture
def nova(caller: Caller) -> Caller:
    caller.subject = replace(caller.subject, model_id=NOVA)
    return caller


# A 200 without a picture


@pytest.mark.parametrize(
    "reason",
    ["Filter reason: prompt", "Filter reason: output image", "Filter reason: input image"],
)
def test_a_filter_of_stability_answers_200(caller: Caller, reason: str) -> None:
    caller.plan(answers({"seeds": [1], "finish_reasons": [reason]}))
    error = caller.failure()
    assert (type(error), error.uncharged, error.detail) == (Moderated, False, reason)
    assert (error.status, error.request_id) == (200, caller.fakes.ledger[0].request_id)


def test_a_filter_of_stability_may_leave_a_picture_that_is_not_kept(caller: Caller) -> None:
    reason = "Filter reason: output image"
    caller.plan(changed(lambda told: told.update(finish_reasons=[reason])))
    assert type(caller.failure()) is Moderated


def test_a_prompt_that_nova_blocks_is_a_400_and_costs_nothing(nova: Caller) -> None:
    nova.plan(behaviours.moderated("prompt"))
    error = nova.failure()
    assert (type(error), error.status, error.uncharged) == (Moderated, 400, True)


@pytest.mark.parametrize("share", ["All", "Some"])
def test_a_picture_that_nova_blocks_is_a_200_and_may_cost(nova: Caller, share: str) -> None:
    told = f"{share} of the generated images have been blocked by our content filters."
    nova.plan(answers({"images": [], "error": told}))
    error = nova.failure()
    assert (type(error), error.status, error.uncharged) == (Moderated, 200, False)


@pytest.mark.parametrize(
    "body",
    [
        {"finish_reasons": ["Inference error"]},
        {"images": None, "error": "Something broke."},
        {"images": [], "finish_reasons": [None], "seeds": []},
        {"images": [None]},
    ],
)
def test_a_model_that_fails_to_draw_is_no_moderation(caller: Caller, body: object) -> None:
    caller.plan(answers(body))
    error = caller.failure()
    assert type(error) is InvalidResponse
    assert not error.uncharged


# Errors


@pytest.mark.parametrize(
    ("status", "code", "kind", "uncharged"),
    [
        (400, "ValidationException", InvalidRequest, True),
        (400, "ServiceQuotaExceededException", NoCredit, True),
        (400, "UnrecognizedClientException", InvalidKey, True),
        (400, "ExpiredTokenException", InvalidKey, True),
        (403, "AccessDeniedException", NoAccess, True),
        (403, "ExpiredTokenException", InvalidKey, True),
        (403, "InvalidSignatureException", InvalidKey, True),
        (403, "UnrecognizedClientException", InvalidKey, True),
        (404, "ResourceNotFoundException", ModelGone, True),
        (408, "ModelTimeoutException", ProviderError, False),
        (424, "ModelErrorException", ProviderError, False),
        (429, "ModelNotReadyException", RateLimited, True),
        (429, "ThrottlingException", RateLimited, True),
        (500, "InternalServerException", ProviderError, False),
        (503, "ServiceUnavailableException", Unavailable, True),
    ],
)
def test_each_code_of_aws_has_its_error(
    caller: Caller, status: int, code: str, kind: type[ProviderError], uncharged: bool
) -> None:
    caller.plan(behaviours.status(status, code, "as ordered"))
    error = caller.failure()
    assert type(error) is kind
    assert error.uncharged is uncharged
    assert error.status == status
    assert error.detail == f"{code} as ordered"
    assert error.request_id == caller.fakes.ledger[0].request_id


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (400, "The provided model identifier is invalid.", ModelGone),
        (400, "This request has been blocked by our content filters. Please", Moderated),
        (
            400,
            "Invocation of model ID x with on-demand throughput isn't supported.",
            InvalidRequest,
        ),
        (400, "Bad prompt: This request has been blocked by our content filters", InvalidRequest),
        (403, "Authentication failed: Please make sure your API Key is valid.", InvalidKey),
        (403, "Bearer Token has expired", InvalidKey),
        (403, "Model access is denied due to INVALID_PAYMENT_INSTRUMENT:A valid", NoCredit),
        (503, "Authentication failed", Unavailable),
    ],
)
def test_a_message_may_say_more_than_its_code(
    caller: Caller, status: int, message: str, kind: type[ProviderError]
) -> None:
    caller.plan(refuses(json_answer({"Message": message}, status)))
    assert type(caller.failure()) is kind


def test_an_operator_is_told_of_inference_profiles(caller: Caller) -> None:
    message = "Invocation of model ID x with on-demand throughput isn't supported."
    caller.plan(behaviours.status(400, "ValidationException", message))
    assert "inference profile" in caller.failure().public_message


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ("UnrecognizedClientException:http://internal.amazon.com/coral/x/", {}),
        ("", {"__type": "com.amazon.coral.service#UnrecognizedClientException"}),
    ],
)
def test_a_code_may_be_wrapped(caller: Caller, header: str, body: dict[str, str]) -> None:
    answer = json_answer(body, 400, x_amzn_ErrorType=header) if header else json_answer(body, 400)
    caller.plan(refuses(answer))
    assert type(caller.failure()) is InvalidKey


def test_an_error_in_another_language_than_json_is_known_by_its_status(caller: Caller) -> None:
    caller.plan(behaviours.not_found_html())
    assert type(caller.failure()) is ModelGone
