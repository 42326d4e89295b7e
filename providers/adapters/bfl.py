"""Black Forest Labs: an order is answered with an address to ask at until the picture is drawn.

That address is the task which outlives a crash. It is shown the key, so it is checked each time it
is taken up: it must be on the base URL's own server, or at *.bfl.ai where the base URL is, too.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import parse_qs, quote, urlsplit

from providers.answers import Answer
from providers.base import Adapter, Complaint, number_of, text_of
from providers.errors import BY_STATUS, InvalidKey, InvalidResponse, Moderated, ProviderError
from providers.messages import ImageRequest, ImageResult
from providers.origins import is_own
from providers.polling import asked, ordered

MICROS_PER_CREDIT = 10_000
LONGEST_TASK = 1000
READY, LOST = "Ready", "Task not found"
MOST_DOUBTS = 3  # a cluster may learn of a task a moment after we do
FAILED = ("Error", "Failed")
REFUSED = {
    "Request Moderated": "The provider's content filter refused this prompt{}.",
    "Content Moderated": "The provider's content filter held the finished picture back{}.",
}
REASON = re.compile(r"[\w ,&()'/-]{1,60}")
NO_PICTURE = "The provider answered without a picture."
NO_TASK = "The provider did not say at an address of its own where the picture will be."
NOT_FOUND = "The provider lost track of this picture."


@dataclass(frozen=True, slots=True)
class Order:
    """A task: where to ask for it, and its id and price as far as they are known."""

    address: str
    id: str
    cost_micros: int | None = None


class BlackForestLabs(Adapter):
    kind: ClassVar[str] = "bfl"
    default_base_url = "https://api.bfl.ai"
    rate_limit_wait = 5.0

    def generate(self, request: ImageRequest) -> ImageResult:
        body = {"prompt": self.prompt(request), **self.size(request), **self.family.fixed}
        body |= self.parameters(request)
        order = self.resumed() if self.task else self.placed(body)
        with ordered(order.id):
            result = self.result(order.address)
            content = self.downloaded(result["sample"])
        seed, drawn = number_of(result.get("seed")), text_of(result.get("prompt"))
        return ImageResult(
            content=content,
            prompt_sent=body["prompt"],
            parameters=self.report.complete(request),
            seed=number_of(body.get("seed")) if seed is None else seed,
            revised_prompt="" if drawn == body["prompt"] else drawn,
            cost_micros=order.cost_micros,
            request_id=order.id,
        )

    def headers(self) -> dict[str, str]:
        return {"x-key": self.account.key}

    def placed(self, body: Mapping[str, Any]) -> Order:
        url = self.url(f"/v1/{quote(self.model_id, safe='')}")
        answer = self.checked(self.transport.post(url, headers=self.headers(), json=body))
        told = object_in(answer.json())
        task_id = text_of(told.get("id"), 128)
        with ordered(task_id):
            address = self.own(told.get("polling_url"))
        self.on_task(address)
        return Order(address, task_id, micros(told.get("cost")))

    def resumed(self) -> Order:
        """The order that was placed before a crash."""
        address = self.own(self.task)
        names = parse_qs(urlsplit(address).query).get("id", [""])
        return Order(address, text_of(names[0], 128))

    def own(self, address: object) -> str:
        """The address, if the key may be shown there."""
        named = address if isinstance(address, str) and len(address) <= LONGEST_TASK else ""
        if not is_own(named, self.url(""), "bfl.ai"):
            raise InvalidResponse(NO_TASK, detail="polling_url is not an address of the provider")
        return named

    def result(self, address: str) -> Mapping[str, Any]:
        """What a finished task holds. A status that is new to us means that it is not finished."""
        status, doubts = "", 0
        for answer in asked(self, address, self.headers()):
            told = self.told(answer)
            status = text_of(told.get("status"))
            if status == READY:
                return finished(told.get("result"))
            if status in REFUSED or status in FAILED:
                raise self.ending(status, told.get("details"))
            doubts = doubts + 1 if status in ("", LOST) else 0
            if doubts > MOST_DOUBTS:
                break
        if status == LOST:
            raise ProviderError(NOT_FOUND, detail=LOST)
        raise InvalidResponse(detail="the task's status cannot be read")

    def told(self, answer: Answer) -> Mapping[str, Any]:
        """What is said of the task; nothing, where it cannot be read."""
        if answer.status == 404:
            return {"status": LOST}
        try:
            return object_in(self.checked(answer).json())
        except InvalidResponse:
            return {}

    def ending(self, status: str, details: object) -> ProviderError:
        """The error that a task without a picture ends in."""
        detail = text_of(self.without_key(f"{status}: {details}"), 500)
        if status in FAILED:
            return ProviderError(detail=detail)
        return Moderated(REFUSED[status].format(reasons_in(details)), detail=detail)

    def error_for(self, answer: Answer) -> ProviderError:
        """By status alone. A 403 is a missing key; a 422 may quote our own words, "unsafe" among
        them, and is never the filter's."""
        kind = InvalidKey if answer.status == 403 else BY_STATUS.get(answer.status, ProviderError)
        return self.error(kind, answer, Complaint.of(answer).text)


def object_in(body: object) -> dict[str, Any]:
    return body if isinstance(body, dict) else {}


def finished(result: object) -> Mapping[str, Any]:
    """What a task holds that is ready: at least the address of its picture."""
    held = object_in(result)
    if not isinstance(held.get("sample"), str) or not held["sample"]:
        raise InvalidResponse(NO_PICTURE, detail="a task that is ready has no sample")
    return held


def micros(credits: object) -> int | None:
    if isinstance(credits, bool) or not isinstance(credits, int | float):
        return None
    return round(credits * MICROS_PER_CREDIT) if 0 <= credits < 10**6 else None


def reasons_in(details: object) -> str:
    """Why the filter stopped it, where it says so: " (Violence)"."""
    listed = object_in(details).get("Moderation Reasons")
    words = listed[:5] if isinstance(listed, list) else []
    plain = [word for word in words if isinstance(word, str) and REASON.fullmatch(word)]
    return f" ({', '.join(plain)})" if plain else ""
