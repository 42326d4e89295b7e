"""Clients that also keep how long each answer took."""

import time
from collections import defaultdict
from typing import Any

from tests.faults.clients import Clients
from tests.faults.evidence import Poll, Request


class TimedClients(Clients):
    """Seconds of every answer, as the one who asked saw them, in `took`."""

    def __init__(self, root: str, *, every: float = 1.0) -> None:
        super().__init__(root, every=every)
        self.took: defaultdict[str, list[float]] = defaultdict(list)
        self.unheard = 0

    def send_once(self, prompt: str, *, key: str = "", **fields: Any) -> Request | None:
        began = time.perf_counter()
        sent = super().send_once(prompt, key=key, **fields)
        if sent is None:
            self.unheard += 1
        elif sent.outcome != "unknown":
            self.took["POST /generate"].append(time.perf_counter() - began)
        return sent

    def look(self, job: str) -> Poll | None:
        began = time.perf_counter()
        seen = super().look(job)
        if seen is not None:
            self.took["GET /status"].append(time.perf_counter() - began)
        return seen
