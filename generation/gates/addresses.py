"""Who asks: the one resolver of a client's address, which limits, logs and login share.

What a client may write itself is believed from nobody but the proxies that an operator lists.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

from generation.models import ProxyToken
from generation.networks import counted_as, parse_address, within
from providers.addresses import Address

UNKNOWN = "unknown"  # all who have no address share one allowance: an absent one is not free
SOURCES = (("identity", "sourceIp"), ("http", "sourceIp"))  # REST gateway; HTTP gateway


@dataclass(frozen=True, slots=True)
class Client:
    """Who sent a request."""

    address: Address | None

    @property
    def key(self) -> str:
        """What limits count under."""
        return UNKNOWN if self.address is None else counted_as(self.address)


def client_of(request: HttpRequest | Request, body: object = None) -> Client:
    """The client of a request. The body's `ip` counts only from the holder of a proxy token."""
    claimed = parse_address(member(body, "ip"))
    if claimed is not None and ProxyToken.objects.recognises(bearer_token(request)):
        return Client(claimed)
    return Client(resolve(request.META))


def bearer_token(request: HttpRequest | Request) -> str:
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def resolve(environ: Mapping[str, Any]) -> Address | None:
    """Whoever opened the connection or, if that is a trusted proxy, whom it names, and so on.

    Each proxy appends the address it was called from, so the list is read from its end, and only
    as long as the last speaker is trusted. What is no address ends the walk.
    """
    address = parse_address(peer(environ))
    for hop in reversed(forwarded_for(environ).split(",")):
        if address is None or not within(address, settings.TRUSTED_PROXIES):
            break
        named = parse_address(hop)
        if named is None:
            break
        address = named
    return address


def peer(environ: Mapping[str, Any]) -> object:
    """Who opened the connection, as the server or the gateway saw it.

    On Lambda, Zappa fills REMOTE_ADDR from X-Forwarded-For, which the client controls. The event
    it keeps beside it holds what the gateway saw.
    """
    if "lambda.event" not in environ:
        return environ.get("REMOTE_ADDR")
    context = member(environ["lambda.event"], "requestContext")
    found = (member(member(context, kind), name) for kind, name in SOURCES)
    return next((address for address in found if address), None)


def forwarded_for(environ: Mapping[str, Any]) -> str:
    """X-Forwarded-For, by exactly this name.

    WSGI spells `X_Forwarded_For` and `X-Forwarded-For` alike, and a proxy that appends to one may
    pass on the other. So the name is looked up where it is still whole: in the ASGI scope, or in
    Lambda's event.
    """
    if "asgi.scope" in environ:
        headers = environ["asgi.scope"]["headers"]
        return ",".join(v.decode("latin-1") for k, v in headers if k == b"x-forwarded-for")
    if "lambda.event" not in environ:
        return str(environ.get("HTTP_X_FORWARDED_FOR", ""))
    sent = member(environ["lambda.event"], "headers")
    headers = sent.items() if isinstance(sent, dict) else ()
    return ",".join(str(v) for k, v in headers if str(k).lower() == "x-forwarded-for")


def member(value: object, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None
