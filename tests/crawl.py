"""Following every link of the site as one visitor, without a browser."""

import html
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, ResolverMatch, resolve

LINK = re.compile(r"""<a\b[^>]*\shref=["']([^"']+)["']""")
ENOUGH = 600  # pages; more mean that the crawl runs in circles


def view_and_kind(match: ResolverMatch, query: str) -> Any:
    """One page of each view, and one with a query."""
    return match.view_name, bool(query)


def path_and_kind(match: ResolverMatch, query: str) -> Any:
    """Every page, and one with a query of each view."""
    return match.view_name if query else (match.view_name, str(match.kwargs), str(match.args))


def pages(
    client: Client, *starts: str, once: Callable[[ResolverMatch, str], Any] = view_and_kind
) -> Iterator[tuple[str, Any]]:
    """(address, answer) of every page that links lead to; `once` says what counts as the same."""
    waiting, seen = list(starts), set()
    while waiting:
        address = waiting.pop(0)
        parts = urlsplit(address)
        try:
            place = once(resolve(parts.path), parts.query)
        except Resolver404:
            place = address
        if place in seen or parts.netloc:
            continue
        seen.add(place)
        assert len(seen) < ENOUGH, sorted(map(str, seen))
        answer = client.get(address, headers={"accept": "text/html"})
        yield address, answer
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            waiting += links(address, answer.content.decode())


def links(address: str, page: str) -> Iterator[str]:
    """The addresses of this site that a page links to."""
    for target in LINK.findall(page):
        plain = html.unescape(target).partition("#")[0].removeprefix("http://testserver")
        if plain and "logout" not in plain and not plain.startswith(("/media/", "/static/")):
            yield urljoin(address, plain)
