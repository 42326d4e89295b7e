"""Every refusal of the API: one shape, `{"error", "code", "message", "correlationId", …extras}`."""

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import (
    BadRequest,
    DisallowedHost,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
)
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions

from generation import correlation

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kind:
    """One line of the contract's error table: HTTP status, meaning, and the extras as schemas."""

    status: int
    meaning: str
    extras: Mapping[str, dict[str, Any]] = field(default_factory=dict)


TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": 1}
WAIT = {"retryAfter": COUNT | {"description": "Seconds, as in the header Retry-After."}}

KINDS = {
    "PROMPT_REQUIRED": Kind(400, "There is no prompt, or an empty one."),
    "PROMPT_TOO_LONG": Kind(400, "The prompt has too many characters.", {"maxLength": COUNT}),
    "INAPPROPRIATE_CONTENT": Kind(400, "The content filter refuses the prompt."),
    "INVALID_JSON": Kind(400, "The body is not strict JSON."),
    "VALIDATION_ERROR": Kind(
        400, "A field, parameter or header breaks a bound.", {"field": TEXT, "constraint": TEXT}
    ),
    "UNAUTHORIZED": Kind(401, "The header X-Job-Token is missing."),
    "BUDGET_EXHAUSTED": Kind(402, "A spending cap stands in the way.", WAIT),
    "FORBIDDEN": Kind(403, "The X-Job-Token belongs to another job."),
    "JOB_NOT_FOUND": Kind(404, "There is no such job.", {"jobId": TEXT}),
    "NOT_FOUND": Kind(404, "The job has no such result.", {"jobId": TEXT}),
    "METHOD_NOT_ALLOWED": Kind(405, "Another method than those in the header Allow."),
    "PAYLOAD_TOO_LARGE": Kind(413, "The body has more than 64 KiB."),
    "UNSUPPORTED_MEDIA_TYPE": Kind(415, "The body is not declared as JSON."),
    "IDEMPOTENCY_KEY_REUSED": Kind(422, "The Idempotency-Key came before with another request."),
    "MODEL_UNAVAILABLE": Kind(422, "A chosen model cannot draw now."),
    "NOTHING_TO_CHOOSE": Kind(422, "The job is not over, or has fewer than two pictures."),
    "RATE_LIMIT_EXCEEDED": Kind(429, "Too many requests in this window.", WAIT),
    "INTERNAL_SERVER_ERROR": Kind(500, "A fault of ours."),
    "SERVICE_UNAVAILABLE": Kind(
        503, "Nothing can be counted, stored or drawn, or too much waits already.", WAIT
    ),
}


class Refusal(exceptions.APIException):
    """A request that is answered with an error the contract names."""

    def __init__(self, code: str, message: str, *, details: str = "", **extras: Any) -> None:
        super().__init__(message)
        self.status_code = KINDS[code].status
        self.code = code
        self.message = message
        self.extras = ({"details": details} if details else {}) | extras


def invalid(field: str, constraint: str, message: str) -> Refusal:
    """A field that breaks a bound."""
    return Refusal("VALIDATION_ERROR", message, field=field, constraint=constraint)


def job_not_found(job_id: str) -> Refusal:
    return Refusal("JOB_NOT_FOUND", _("There is no job with this id."), jobId=job_id)


def unavailable(message: str, retry_after: float = 5) -> Refusal:
    return Refusal("SERVICE_UNAVAILABLE", message, retryAfter=math.ceil(retry_after))


def no_database() -> Refusal:
    return unavailable(_("The database does not answer. Please try again in a moment."))


def body(code: str, message: str, **extras: Any) -> dict[str, Any]:
    """The JSON of an error."""
    told = {"error": code, "code": code, "message": message}
    return told | extras | {"correlationId": correlation.current.get()}


def as_answer(refusal: Refusal) -> JsonResponse:
    told = correlation.facts(code=refusal.code, field=refusal.extras.get("field"))
    log.info("Refused.", extra=told)
    content = body(refusal.code, refusal.message, **refusal.extras)
    answer = JsonResponse(content, status=refusal.status_code)
    if "retryAfter" in refusal.extras:
        answer["Retry-After"] = str(refusal.extras["retryAfter"])
    return answer


def answer_exception(problem: Exception, context: dict[str, Any]) -> JsonResponse | None:
    """DRF's exception handler. What we do not know stays an error of ours: a 500."""
    refusal = as_refusal(problem, context["request"])
    if refusal is None:
        return None
    answer = as_answer(refusal)
    if isinstance(problem, exceptions.MethodNotAllowed):
        answer["Allow"] = ", ".join(context["view"].allowed_methods)
    return answer


def as_refusal(problem: Exception, request: Any) -> Refusal | None:
    match problem:
        case Refusal():
            return problem
        case exceptions.MethodNotAllowed():
            text = f"{request.method} is not possible here."
            return Refusal("METHOD_NOT_ALLOWED", text)
        case exceptions.UnsupportedMediaType():
            return Refusal(
                "UNSUPPORTED_MEDIA_TYPE",
                "Send JSON, with the header Content-Type: application/json.",
            )
        case OperationalError() | InterfaceError():
            return no_database()
        case SuspiciousOperation() | BadRequest():
            return malformed(problem)
    return None


def malformed(problem: Exception) -> Refusal:
    """What Django found wrong with a request before it came to any field."""
    match problem:
        case DisallowedHost():
            text = "This server does not answer to this host name. See ALLOWED_HOSTS."
            return invalid("Host", "an allowed host", text)
        case TooManyFieldsSent():
            return invalid("query", "few parameters", "The query string has too many parameters.")
        case RequestDataTooBig():
            return Refusal("PAYLOAD_TOO_LARGE", "The request body is too large.")
    return invalid("request", "well formed", "The request could not be read.")


def unknown_route(request: HttpRequest) -> JsonResponse:
    """The first API's words for a route that does not exist."""
    told = {
        "error": "Not found",
        "code": "NOT_FOUND",
        "message": "There is nothing at this address.",
        "path": request.path,
        "method": request.method,
        "correlationId": correlation.current.get(),
    }
    return JsonResponse(told, status=404)


def internal_error() -> JsonResponse:
    text = _("Something went wrong on our side. The correlation id helps an operator to find it.")
    return JsonResponse(body("INTERNAL_SERVER_ERROR", text), status=500)
