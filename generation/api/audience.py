"""Who asks: an API client, or a person with a browser."""

from django.http import HttpRequest
from django.urls import Resolver404, resolve


def wants_html(request: HttpRequest) -> bool:
    """Whether a person's browser asks, rather than an API client."""
    return "text/html" in request.headers.get("Accept", "")


def is_api(request: HttpRequest) -> bool:
    """Whether the path belongs to the API. An unknown path does, unless a browser asks for it."""
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return not wants_html(request)
    if match.view_name == "job":  # a page to look at, and the API's to change
        asked = request.headers.get("Access-Control-Request-Method", request.method or "")
        return asked not in ("GET", "HEAD")
    return "api" in match.namespaces


def gets_page(request: HttpRequest) -> bool:
    """Whether an error is told as a page. The API's own paths answer JSON to everybody."""
    return wants_html(request) and not is_api(request)
