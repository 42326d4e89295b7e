"""What Google's image protocols share: the key's header, the shape of errors, names for a call."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar
from urllib.parse import quote

from providers.answers import MAX_RETRY_AFTER, Answer, list_of, object_of
from providers.base import Adapter, text_of
from providers.errors import (
    InvalidKey,
    InvalidResponse,
    NoAccess,
    NoCredit,
    ProviderError,
    RateLimited,
)

NO_QUOTA = "The account behind this model has no quota for it. An operator must check its plan."
BILLING = re.compile(r"billing|prepa|credit", re.IGNORECASE)
# What a free tier says of models it does not have. Waiting helps as little with a used up balance.
NO_WAIT_HELPS = re.compile(r"limit: 0(?![.\d])|credits are depleted", re.IGNORECASE)
DELAY = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)s")


class Google(Adapter):
    default_base_url: ClassVar[str] = "https://generativelanguage.googleapis.com/v1beta"

    def asked(self, method: str, body: Mapping[str, Any]) -> Answer:
        """The successful answer of this model's method, which is called once."""
        path = f"/models/{quote(self.model_id, safe='')}:{method}"
        headers = {"x-goog-api-key": self.account.key}
        return self.checked(self.transport.post(self.url(path), headers=headers, json=body))

    @contextmanager
    def reading(self, answer: Answer) -> Iterator[None]:
        with super().reading(answer):
            try:
                yield
            except ProviderError as error:
                error.request_id = self.without_key(response_id(body_of(answer)))
                raise

    def error_for(self, answer: Answer) -> ProviderError:
        told = object_of(body_of(answer).get("error"))
        status, words = text_of(told.get("status")), text_of(told.get("message"))
        details = [object_of(detail) for detail in list_of(told.get("details"))]
        detail = f"{status} {words}"
        if any(entry.get("reason") == "API_KEY_INVALID" for entry in details):
            return self.error(InvalidKey, answer, detail)  # a 400
        if status == "FAILED_PRECONDITION":
            return self.error(NoCredit if BILLING.search(words) else NoAccess, answer, detail)
        if answer.status == 429 and (NO_WAIT_HELPS.search(words) or has_none(details)):
            return self.error(NoCredit, answer, detail, NO_QUOTA)
        error = super().error_for(answer)
        if isinstance(error, RateLimited) and error.retry_after is None:
            error.retry_after = delay_in(details)
        return error


def body_of(answer: Answer) -> dict[str, Any]:
    """The answer's object, or an empty one where it holds none."""
    try:
        return object_of(answer.json())
    except InvalidResponse:
        return {}


def response_id(body: Mapping[str, Any]) -> str:
    """Google's name for a call, which stands in the body; not every answer has one."""
    return text_of(body.get("responseId"), 128)


def has_none(details: list[dict[str, Any]]) -> bool:
    """Whether a quota that was exceeded is one of 0."""
    violations = [object_of(v) for detail in details for v in list_of(detail.get("violations"))]
    return any(str(violation.get("quotaValue")) == "0" for violation in violations)


def delay_in(details: list[dict[str, Any]]) -> float | None:
    """The seconds of a RetryInfo: "49s"."""
    for detail in details:
        delay = DELAY.fullmatch(text_of(detail.get("retryDelay")))
        if delay:
            return min(float(delay[1]), MAX_RETRY_AFTER)
    return None
