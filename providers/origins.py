"""Which addresses that a provider names may be shown the account's key."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from urllib3.util import Url

PORTS = {"http": 80, "https": 443}


def is_own(address: str, base_url: str, maker: str) -> bool:
    """Whether an address is on the base URL's own server (scheme, host and port), or both are https
    addresses at the maker's domain or below it."""
    there, here = parsed(address), parsed(base_url)
    if there is None or here is None:
        return False
    return origin(there) == origin(here) or (is_at(there, maker) and is_at(here, maker))


def parsed(address: str) -> "Url | None":
    """The parts of an http(s) address with a host and no credentials in it, else None.

    It is the parser that the connection is made with: another one may see another host.
    """
    from urllib3.util import parse_url  # a twentieth of a start

    try:
        url = parse_url(address)
    except ValueError:
        return None
    return url if url.scheme in PORTS and url.host and url.auth is None else None


def origin(url: "Url") -> tuple[str | None, str | None, int]:
    return url.scheme, url.host, url.port or PORTS[url.scheme or "https"]


def is_at(url: "Url", domain: str) -> bool:
    host = url.host or ""
    return origin(url) == ("https", host, 443) and f".{host}".endswith(f".{domain}")
