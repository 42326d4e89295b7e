"""Every request the fakes ever saw, in order: the truth about money."""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fakes.messages import Headers

PAID_STAGES = ("image", "text")


@dataclass(slots=True, eq=False)
class Call:
    """One request. Times are of `time.monotonic`.

    `stage` is "image" (draws), "text" (writes), "poll", "download" or "other" (free).
    `outcome` is "open" until it is decided, then "charged", "refused" or "free".
    `complaint` is set when the request broke the provider's protocol.
    `delivered` is true once the whole answer was handed to the network.
    """

    number: int
    kind: str
    flavour: str
    stage: str
    model: str
    prompt: str
    method: str
    path: str
    headers: Headers
    body: Any
    started: float
    ended: float | None = None
    outcome: str = "open"
    status: int | None = None
    request_id: str = ""
    behaviour: str = ""
    complaint: str = ""
    delivered: bool = False


class Ledger:
    """Calls in order of arrival, and how many are being drawn at the same time."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.calls: list[Call] = []
        self.token = secrets.token_hex(4)
        self.in_flight = 0
        self.max_concurrent = 0

    def open(self, **facts: Any) -> Call:
        with self.changed:
            call = Call(number=len(self.calls) + 1, started=time.monotonic(), **facts)
            call.request_id = f"req-fake-{call.number:06d}-{self.token}"
            self.calls.append(call)
            self.changed.notify_all()
            return call

    def take_off(self) -> None:
        with self.changed:
            self.in_flight += 1
            self.max_concurrent = max(self.max_concurrent, self.in_flight)
            self.changed.notify_all()

    def land(self, call: Call) -> None:
        with self.changed:
            self.in_flight -= 1
            call.ended = time.monotonic()
            self.changed.notify_all()

    def end(self, call: Call) -> None:
        with self.changed:
            call.ended = time.monotonic()

    def note(self, call: Call, **facts: Any) -> None:
        with self.changed:
            for name, value in facts.items():
                setattr(call, name, value)
            self.changed.notify_all()

    def wait_for(self, condition: Callable[[], bool], timeout: float) -> bool:
        with self.changed:
            return self.changed.wait_for(condition, timeout)

    def all(self) -> list[Call]:
        with self.changed:
            return list(self.calls)

    def paid(self) -> list[Call]:
        return [call for call in self.all() if call.stage in PAID_STAGES]
