"""One log line for each request."""

import logging
import time

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
        routine = request.path.startswith(ROUTINE) and answer.status_code < 400
        told = facts(
            method=request.method,
            path=request.path[:LONGEST_PATH],
            status=answer.status_code,
            duration=round(time.monotonic() - started, 3),
            client=resolve(request.META),
        )
        log.log(logging.DEBUG if routine else logging.INFO, "Answered.", extra=told)
        return answer
