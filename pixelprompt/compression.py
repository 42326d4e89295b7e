"""Compression of what it makes smaller: text, but neither pictures nor streams of events."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXT_ENDINGS = ("json", "+xml", "javascript")
EVENTS = "text/event-stream"  # held back in the compressor, an event would arrive too late


class TextGZip(GZipMiddleware):
    """Django's middleware compresses whatever it is given, and takes a picture's length away."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if not is_text(response.headers.get("Content-Type", "")):
            return response
        return super().process_response(request, response)


def is_text(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind != EVENTS and (kind.startswith("text/") or kind.endswith(TEXT_ENDINGS))
