"""Request bodies as they come off the wire: bounded, and with or without a stated length."""

from io import BytesIO
from typing import IO

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest

MAX_BODY = 64 * 1024
MAX_DRAIN = 4 * 1024 * 1024


def measured(request: HttpRequest) -> HttpRequest:
    """The request with the length of its body known.

    Django takes a body without Content-Length for empty. It can be read to its end where the
    server ends it, which a2wsgi does, and others promise with `wsgi.input_terminated`.
    """
    environ = request.META
    chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
    ends = "asgi.scope" in environ or environ.get("wsgi.input_terminated", False)
    if environ.get("CONTENT_LENGTH") or not (chunked and ends):
        return request
    body = environ["wsgi.input"].read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        drain(environ["wsgi.input"])
    return WSGIRequest(environ | {"CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body)})


def drain(stream: IO[bytes]) -> None:
    """Read on for a while: an answer to a client that is still sending would be lost."""
    for _ in range(MAX_DRAIN // MAX_BODY):
        if not stream.read(MAX_BODY):
            return
