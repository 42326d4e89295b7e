"""What Google's two image protocols share: the key, the errors, the strict names."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from tests.fakes.base import FakeProvider, Form, Trouble
from tests.fakes.checks import Problem
from tests.fakes.messages import Answer, Request, json_answer

STATUS_NAMES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
TYPE = "type.googleapis.com/google.rpc."
NO_FREE_QUOTA = "Quota exceeded for metric: generate_content_free_tier_requests, limit: 0"


class GoogleProvider(FakeProvider):
    """Request ids are not in a header but, if at all, in the body."""

    request_id_header: ClassVar[str] = ""
    troubles: ClassVar[Mapping[str, Mapping[str, Trouble]]] = {
        "no_access": {"": (403, "", "The caller does not have permission.")},
        "model_gone": {"": (404, "", "models/x is not found for API version v1beta.")},
        "invalid_request": {"": (400, "", "Invalid value at 'generation_config'.")},
        "rate_limited": {"": (429, "", "Resource has been exhausted (e.g. check quota).")},
    }

    def error(self, status: int, code: str = "", message: str = "") -> Answer:
        return google_error(status, message, name=code)

    def complain(self, problem: Problem) -> Answer:
        if problem.reason != "unknown":
            return google_error(400, f"Invalid value at '{problem.field}': {problem.message}")
        parent, _, name = problem.field.rpartition(".")
        place = f" at '{snake(parent)}'" if parent else ""
        return google_error(
            400, f'Invalid JSON payload received. Unknown name "{name}"{place}: Cannot find field.'
        )

    def forms(self, reason: str, stage: str = "image") -> dict[str, Form]:
        if reason == "bad_key":
            return {"": Form(lambda scene: invalid_key())}
        if reason == "no_credit":
            return {
                "limit 0": Form(lambda scene: no_free_quota()),
                "billing": Form(
                    lambda scene: google_error(
                        400, "Please enable billing on your project.", name="FAILED_PRECONDITION"
                    )
                ),
            }
        return super().forms(reason, stage)

    def rate_limited(self, seconds: float | None) -> Answer:
        message = "You exceeded your current quota. Please retry later."
        quota = {"quotaMetric": "generate_requests_per_minute", "quotaValue": "10"}
        details: list[dict[str, Any]] = [{"@type": TYPE + "QuotaFailure", "violations": [quota]}]
        if seconds is not None:
            details.append({"@type": TYPE + "RetryInfo", "retryDelay": f"{seconds:g}s"})
        return google_error(429, message, details=details)

    def sign_in(self, request: Request) -> None:
        if "key" in request.query:
            raise self.refuse(400, "", "the key stands in the address, where logs show it")
        key = request.headers.get("x-goog-api-key")
        if key is None:
            raise self.refuse(403, "", "Method doesn't allow unregistered callers.")
        if key != self.key:
            raise self.refuse_key()

    def refuse_key(self) -> Exception:
        refusal = self.refuse(400, "", "API key not valid")
        refusal.answer = invalid_key()
        return refusal


def google_error(
    status: int, message: str, *, name: str = "", details: list[dict[str, Any]] | None = None
) -> Answer:
    error: dict[str, Any] = {"code": status, "message": message}
    error["status"] = name or STATUS_NAMES.get(status, "INTERNAL")
    if details:
        error["details"] = details
    return json_answer({"error": error}, status)


def invalid_key() -> Answer:
    info = {
        "@type": TYPE + "ErrorInfo",
        "reason": "API_KEY_INVALID",
        "domain": "googleapis.com",
        "metadata": {"service": "generativelanguage.googleapis.com"},
    }
    message = "API key not valid. Please pass a valid API key."
    return google_error(400, message, details=[info])


def no_free_quota() -> Answer:
    """429 as well, but no wait helps: the free tier has no pictures at all."""
    violation = {"quotaMetric": "free_tier_requests", "quotaId": "FreeTier", "quotaValue": "0"}
    details: list[dict[str, Any]] = [
        {"@type": TYPE + "QuotaFailure", "violations": [violation]},
        {"@type": TYPE + "RetryInfo", "retryDelay": "49s"},
    ]
    return google_error(429, NO_FREE_QUOTA, details=details)


def snake(path: str) -> str:
    """Google's messages name fields as the protocol buffers do."""
    return re.sub(r"(?<=[a-z])([A-Z])", lambda match: "_" + match.group(1).lower(), path)
