"""Every refusal of the API: one shape, `{"error", "code", "message", "correlationId", …extras}`."""

import math
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
from rest_framework import exceptions

from generation import correlation


class Refusal(exceptions.APIException):
    """A request that is answered with an error the contract names."""

    def __init__(
        self, status: int, code: str, message: str, *, details: str = "", **extras: Any
    ) -> None:
        super().__init__(message)
        self.status_code = status
        self.code = code
        self.message = message
        self.extras = ({"details": details} if details else {}) | extras


def invalid(field: str, constraint: str, message: str) -> Refusal:
    """A field that breaks a bound."""
    return Refusal(400, "VALIDATION_ERROR", message, field=field, constraint=constraint)


def job_not_found(job_id: str) -> Refusal:
    return Refusal(404, "JOB_NOT_FOUND", "There is no job with this id.", jobId=job_id)


def unavailable(message: str, retry_after: float = 5) -> Refusal:
    return Refusal(503, "SERVICE_UNAVAILABLE", message, retryAfter=math.ceil(retry_after))


def body(code: str, message: str, **extras: Any) -> dict[str, Any]:
    """The JSON of an error."""
    told = {"error": code, "code": code, "message": message}
    return told | extras | {"correlationId": correlation.current.get()}


def as_answer(refusal: Refusal) -> JsonResponse:
    told = body(refusal.code, refusal.message, **refusal.extras)
    answer = JsonResponse(told, status=refusal.status_code)
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
            return Refusal(405, "METHOD_NOT_ALLOWED", text)
        case exceptions.UnsupportedMediaType():
            return Refusal(
                415,
                "UNSUPPORTED_MEDIA_TYPE",
                "Send JSON, with the header Content-Type: application/json.",
            )
        case OperationalError() | InterfaceError():
            return unavailable("The database does not answer. Please try again in a moment.")
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
            return Refusal(413, "PAYLOAD_TOO_LARGE", "The request body is too large.")
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
    text = "Something went wrong on our side. The correlation id helps an operator to find it."
    return JsonResponse(body("INTERNAL_SERVER_ERROR", text), status=500)
