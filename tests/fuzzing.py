"""Hooks for schemathesis: good requests that may be refused for reasons that no schema can tell."""

from typing import Any

import schemathesis
from schemathesis.openapi.checks import RejectedPositiveData

REASONS = {
    "INAPPROPRIATE_CONTENT",
    "IDEMPOTENCY_KEY_REUSED",
    "known slugs",  # which models there are, GET /models tells
    "a nextCursor",  # which cannot be made up
    "a failed result",  # only such a one can be drawn anew
}


@schemathesis.hook
def filter_failure(
    context: schemathesis.HookContext,
    failure: Exception,
    case: schemathesis.Case[Any],
    response: schemathesis.Response,
) -> bool:
    if not isinstance(failure, RejectedPositiveData):
        return True
    told = response.json()
    return REASONS.isdisjoint((told["code"], told.get("constraint")))
