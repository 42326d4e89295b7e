"""Following every link of the site as one visitor, without a browser."""

import html
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

LINK = re.compile(r"""<a\b[^>]*\shref=["']([^"']+)["']""")
ENOUGH = 1000  # pages; more mean that the crawl runs in circles


def pages(client: Client, *starts: str, of_each: int = 1) -> Iterator[tuple[str, Any]]:
    """(address, answer) of the pages that links lead to: so many of each view, with and without a
    query."""
    waiting, seen, counts = list(starts), set(), Counter[Any]()
    while waiting:
        address = waiting.pop(0)
        parts = urlsplit(address)
        kind = view_at(parts.path), bool(parts.query)
        if address in seen or parts.netloc or counts[kind] == of_each:
            continue
        seen.add(address)
        counts[kind] += 1
        assert len(seen) < ENOUGH, counts
        answer = client.get(address, headers={"accept": "text/html"})
        yield address, answer
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            waiting += links(address, answer.content.decode())


def view_at(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return path


def links(address: str, page: str) -> Iterator[str]:
    """The addresses of this site that a page links to."""
    for target in LINK.findall(page):
        plain = html.unescape(target).partition("#")[0].removeprefix("http://testserver")
        if plain and "logout" not in plain and not plain.startswith(("/media/", "/static/")):
            yield urljoin(address, plain)
