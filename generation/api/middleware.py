"""What every answer carries: the correlation id, and for the API the CORS headers.

And what every request loses: the charset of its Content-Type.
"""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.signals import request_started
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers

from generation import correlation
from generation.api.audience import is_api

Next = Callable[[HttpRequest], HttpResponseBase]
METHODS = "GET, POST, DELETE, OPTIONS"
ALLOWED_HEADERS = (
    "Content-Type, Authorization, X-Requested-With, X-Correlation-ID, X-Job-Token, "
    "Idempotency-Key, If-None-Match, Last-Event-ID"
)
EXPOSED_HEADERS = "ETag, Retry-After, RateLimit, RateLimit-Policy, X-Correlation-ID"
BOUNDARY = re.compile(r""";\s*boundary=("[^"]*"|[^;]*)""", re.IGNORECASE)


def simplify_content_type(*, environ: dict[str, Any], **signal: object) -> None:
    """Leave the type and, for forms, the boundary. Everything is read as UTF-8.

    Django decodes forms and query strings with whatever codec the charset names, and it does so
    while it makes the request, before any middleware: `hex`, `idna` or `charset*=x''y` break it.
    """
    given = environ.get("CONTENT_TYPE") or ""
    if ";" in given:
        boundary = BOUNDARY.search(given)
        kind = given.partition(";")[0]
        environ["CONTENT_TYPE"] = kind + (boundary[0] if boundary else "")


request_started.connect(simplify_content_type)


class CorrelationId:
    """Takes the caller's X-Correlation-ID if it is sane, else makes one, and echoes it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = correlation.sane_or_new(request.headers.get("X-Correlation-ID", ""))
        correlation.current.set(given)
        answer = self.get_response(request)
        answer["X-Correlation-ID"] = given
        return answer


class Cors:
    """CORS for API paths only.

    With the default `*` the header is on every answer, asked for with an Origin or not: a cached
    answer that lacks it would be of no use to the next page that asks.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_api(request):
            return self.get_response(request)
        answer = preflight() if request.method == "OPTIONS" else self.get_response(request)
        self.allow_origin(request, answer)
        answer["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
        return answer

    def allow_origin(self, request: HttpRequest, answer: HttpResponseBase) -> None:
        if "*" in settings.CORS_ALLOWED_ORIGINS:
            answer["Access-Control-Allow-Origin"] = "*"
            return
        patch_vary_headers(answer, ["Origin"])
        origin = request.headers.get("Origin", "")
        if origin in settings.CORS_ALLOWED_ORIGINS:
            answer["Access-Control-Allow-Origin"] = origin


def preflight() -> HttpResponse:
    """What a browser asks before it sends what is not a plain request."""
    answer = HttpResponse(status=204)
    del answer["Content-Type"]
    answer["Access-Control-Allow-Methods"] = METHODS
    answer["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
    answer["Access-Control-Max-Age"] = "86400"
    return answer
