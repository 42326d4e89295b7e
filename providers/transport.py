"""The one place where bytes leave for providers.

Whatever goes wrong becomes one of our errors. None of them holds a key, a header, or more of an
address than its host: the exceptions of requests and urllib3 quote whole addresses, so they end
here, and ours are raised apart from them.
"""

import http.client
import re
import time
from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

import requests
import urllib3
from urllib3.util import Url, parse_url

from providers.addresses import PrivateHosts
from providers.answers import Answer
from providers.calls import Call, OversizeError, serving
from providers.connections import wire
from providers.errors import (
    Interrupted,
    InvalidImage,
    InvalidRequest,
    InvalidResponse,
    NotAllowed,
    OutcomeUnknown,
    ProviderError,
    TimedOut,
    Unreachable,
)
from providers.version import VERSION

__all__ = ["MAX_ANSWER_BYTES", "MAX_PICTURE_BYTES", "Answer", "PrivateHosts", "Transport"]

MAX_ANSWER_BYTES = 40 * 2**20
"""A picture of 20 MB takes 27 MB in base64."""
MAX_PICTURE_BYTES = 20 * 2**20
MAX_REDIRECTS = 2
PIECE_BYTES = 2**16
NO_PRIVATE_HOSTS = PrivateHosts()

# Unasked for, compression is not undone: a few bytes could stand for gigabytes.
OWN_HEADERS = {"User-Agent": f"PixelPrompt/{VERSION}", "Accept-Encoding": "identity"}
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
HEADER_VALUE = re.compile(r"(?:[!-~](?:[ -~]*[!-~])?)?")

BROKEN = (OSError, http.client.HTTPException, urllib3.exceptions.HTTPError)
"""What requests, urllib3 and the socket raise for a call that did not work."""


class Transport:
    """Everything sent and received for one picture, within `timeout` seconds from now."""

    def __init__(self, *, timeout: float, private_hosts: PrivateHosts = NO_PRIVATE_HOSTS) -> None:
        self._deadline = time.monotonic() + timeout
        self._private_hosts = private_hosts

    @property
    def remaining(self) -> float:
        """Seconds that are left, 0 or more."""
        return max(0.0, self._deadline - time.monotonic())

    def post(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        json: Any = None,
        multipart: Mapping[str, str] | None = None,
        content: bytes | None = None,
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> Answer:
        """Send a request that may cost money, once. Any complete answer is returned, 3xx too.

        Its body is JSON, a form or, where it was signed as it stands, `content`. An error that is
        `uncharged` is proof that nothing was sent.
        """
        files = {name: (None, value) for name, value in (multipart or {}).items()}
        body = {"json": json, "files": files, "data": content}
        return self._exchange("POST", url, headers, max_bytes, **body)

    def get(
        self, url: str, *, headers: Mapping[str, str], max_bytes: int = MAX_ANSWER_BYTES
    ) -> Answer:
        """Ask for something that was paid before. Any complete answer is returned, 3xx too.

        No error of this is `uncharged`: it proves nothing about what was sent before.
        """
        return self._exchange("GET", url, headers, max_bytes)

    def download(self, url: str, *, max_bytes: int = MAX_PICTURE_BYTES) -> bytes:
        """The bytes at an address that a provider named. It is shown no credentials."""
        for _ in range(1 + MAX_REDIRECTS):
            answer = self._exchange("GET", url, {}, max_bytes, oversize=InvalidImage)
            target = answer.headers.get("location", "")
            if not 300 <= answer.status < 400 or not target:
                return _fetched(answer)
            url = _joined(url, target)
        raise InvalidResponse(detail="the picture's address redirects too often")

    def _exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        max_bytes: int,
        *,
        oversize: type[ProviderError] = InvalidResponse,
        **body: Any,
    ) -> Answer:
        paid = method == "POST"
        call = Call(self._deadline, self._private_hosts, max_bytes)
        host = ""
        try:
            host = _host(url)
            with serving(call):
                return _answer(call, _prepared(method, url, headers, **body))
        except ProviderError as error:
            error.uncharged = error.uncharged and paid
            raise
        except OversizeError:
            failure: ProviderError = _too_large(oversize, max_bytes, host)
        except BROKEN as problem:
            failure = _failure(call, _named(problem, host), paid)
        raise failure


def _answer(call: Call, request: requests.PreparedRequest) -> Answer:
    timeout = call.remaining
    if not timeout:
        raise TimedOut(detail="no time was left to send anything", uncharged=True)
    with wire().send(request, stream=True, timeout=timeout) as response:
        if response.status_code < 200:
            # http.client passes over a 100 only.
            raise http.client.BadStatusLine("an interim answer")
        content = _body(response.raw, call)
    return Answer(response.status_code, response.headers, content)


def _body(raw: urllib3.HTTPResponse, call: Call) -> bytes:
    """The whole body. Raises `OversizeError`, or `OSError` where the deadline may have cut it."""
    if (raw.length_remaining or 0) > call.max_bytes:
        raise OversizeError
    chunked = raw.headers.get("transfer-encoding", "").lower() == "chunked"
    ends_by_itself = chunked or raw.length_remaining is not None
    content = BytesIO()
    while piece := raw.read(PIECE_BYTES, decode_content=False):
        if content.tell() + len(piece) > call.max_bytes:
            raise OversizeError
        content.write(piece)
    if call.cut and not ends_by_itself:
        raise TimeoutError("the end of the body is our own deadline")
    return content.getvalue()


def _failure(call: Call, detail: str, paid: bool) -> ProviderError:
    """What a call that broke off stands for; where it went wrong decides, not how."""
    if not call.sent:
        kind = TimedOut if call.late else Unreachable
        return kind(detail=detail, uncharged=paid)
    if paid:
        return OutcomeUnknown(detail=detail)
    return TimedOut(detail=detail) if call.late else Interrupted(detail=detail)


def _too_large(kind: type[ProviderError], max_bytes: int, host: str) -> ProviderError:
    size = f"larger than {max_bytes / 2**20:g} MB"
    message = f"The provider sent something {size}."
    return kind(message, detail=f"an answer of {host} is {size}")


def _named(problem: BaseException, host: str) -> str:
    """The innermost exception's class and the host: their texts may hold whole addresses."""
    while inner := problem.__cause__ or problem.__context__:
        problem = inner
    return f"{type(problem).__name__} at {host}"


def _fetched(answer: Answer) -> bytes:
    if 200 <= answer.status < 300:
        return answer.content
    raise InvalidResponse(
        detail=f"the picture's address answered {answer.status}", status=answer.status
    )


def _joined(url: str, target: str) -> str:
    try:
        return urljoin(url, target)
    except ValueError:
        return ""


def _host(url: str) -> str:
    """The host of an address that can be called. Raises `NotAllowed`, which does not quote it."""
    parts = _parts(url)
    if (
        parts is None
        or not url.isprintable()
        or parts.scheme not in ("http", "https")
        or parts.host is None
        or parts.auth is not None
        or parts.port == 0
    ):
        raise NotAllowed(detail="an address is not a plain http or https one")
    return parts.host


@lru_cache(maxsize=256)
def _parts(url: str) -> Url | None:
    request = requests.PreparedRequest()
    try:
        request.prepare_url(url, None)
        (parse_url(request.url or "").host or "").encode("idna")
        return parse_url(url)
    except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError):
        return None


def _prepared(
    method: str, url: str, headers: Mapping[str, str], **body: Any
) -> requests.PreparedRequest:
    request = requests.PreparedRequest()
    if not all(
        HEADER_NAME.fullmatch(name) and HEADER_VALUE.fullmatch(value)
        for name, value in headers.items()
    ):
        raise InvalidRequest(
            "This model's key or options hold characters that cannot be sent. "
            "An operator must check them.",
            detail="a header holds characters that cannot be sent",
        )
    try:
        request.prepare(method, url, headers={**headers, **OWN_HEADERS}, **body)
    except (requests.RequestException, ValueError) as problem:
        reason = type(problem).__name__
    else:
        return request
    raise InvalidRequest(detail=f"the request cannot be written: {reason}")
