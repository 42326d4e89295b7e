"""One log line for each request."""

import logging
import time
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from generation.api.middleware import Next
from generation.correlation import facts
from generation.gates.addresses import resolve

log = logging.getLogger("access")

LONGEST_PATH = 500  # characters
ROUTINE = ("/static/", "/healthz", "/readyz", "/metrics")


class AccessLog:
    """Who asked for what, and how it was answered. Without the query string, which may hold a
    prompt. What machines ask for all the time is told at DEBUG."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.monotonic()
        answer = self.get_response(request)
        seconds = time.monotonic() - started
        tell(request.method or "", request.path, answer.status_code, seconds, request.META)
        return answer


def tell(method: str, path: str, status: int, seconds: float, environ: Mapping[str, Any]) -> None:
    level = logging.DEBUG if path.startswith(ROUTINE) and status < 400 else logging.INFO
    if not log.isEnabledFor(level):
        return
    told = facts(
        method=method,
        path=path[:LONGEST_PATH],
        status=status,
        duration=round(seconds, 3),
        client=resolve(environ),
    )
    log.log(level, "Answered.", extra=told)
