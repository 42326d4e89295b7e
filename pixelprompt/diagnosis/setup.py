"""What is wrong with settings that do not fit each other, or the way to us."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host

from pixelprompt.backups import SECRETS

HERE = ("localhost", "127.0.0.1", "::1")
OTHERS = 0o077  # the permissions of group and others


def public_host() -> str:
    return urlsplit(settings.PUBLIC_BASE_URL).hostname or ""


def refused_host() -> Iterator[str]:
    host = public_host()
    shown = f"[{host}]" if ":" in host else host
    if host and not validate_host(shown, settings.ALLOWED_HOSTS):
        yield (
            f"PUBLIC_BASE_URL names {host}, which is not in ALLOWED_HOSTS: visitors who come by it "
            "are refused with 400. Add it."
        )


def trusted_everybody() -> Iterator[str]:
    for network in settings.TRUSTED_PROXIES:
        if not network.prefixlen:
            yield (
                f"TRUSTED_PROXIES holds {network}: whoever sends an X-Forwarded-For chooses the "
                "address that the limits count. Name your own proxies only."
            )


def debugging() -> Iterator[str]:
    if settings.DEBUG and public_host() not in ("", *HERE):
        yield (
            "DEBUG is on at a public address: an error shows settings and source to everybody. "
            "Take it out."
        )


def untold_proxy() -> Iterator[str]:
    if settings.PUBLIC_BASE_URL.startswith("https://") and not settings.TRUSTED_PROXIES:
        yield (
            "PUBLIC_BASE_URL is https, so a proxy stands in front, but TRUSTED_PROXIES is not set: "
            "all visitors share one allowance. Set it to the proxy's address. On Lambda none is "
            "needed."
        )


def plain_http() -> Iterator[str]:
    if settings.PUBLIC_BASE_URL.startswith("http://") and public_host() not in HERE:
        yield (
            "PUBLIC_BASE_URL is plain http: passwords and sessions of the desk can be read on the "
            "way. Put a proxy with a certificate in front."
        )


def readable_secrets() -> Iterator[str]:
    for name in SECRETS:
        path = settings.DATA_DIR / name
        if path.is_file() and path.stat().st_mode & OTHERS:
            yield f"{path} can be read by other users of this machine. Run: chmod 600 {path}"
