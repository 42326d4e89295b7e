"""A language of our own in which every text of the interface stands in ⟦brackets⟧.

Where all data is written in Japanese, a Latin word outside of brackets is a text that nobody can
translate.
"""

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.utils.translation import trans_real

from providers.registry import LABELS

MARKED = re.compile("⟦[^⟦⟧]*⟧")
NAMES = [label for kind, label in LABELS.items() if kind not in ("demo", "openai-compatible")]
KINDS = sorted(LABELS, key=len, reverse=True)
DJANGOS = ("Search", "True", "False")  # its alternative texts, which it does not translate
NO_WORDS = re.compile(
    r"[0-9a-f-]{36}|\b[A-Z_]{3,}\b|https?://\S*|image/\w+|\bCan (add|change|delete|view) .*|"
    + "|".join(
        re.escape(name)
        for name in ("Pixel Prompt", *NAMES, *sorted(LABELS, key=len, reverse=True), *DJANGOS)
    )
)
WORD = re.compile("[A-Za-z]{2,}")
SAID = ("alt", "title", "placeholder", "aria-label")


def speak(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on every text that can be translated is marked, whatever the language."""

    def gettext(self: Any, message: str) -> str:
        return f"⟦{message.rpartition(chr(4))[2]}⟧" if message else ""

    def ngettext(self: Any, one: str, many: str, count: int) -> str:
        return gettext(self, one if count == 1 else many)

    monkeypatch.setattr(trans_real.DjangoTranslation, "gettext", gettext)
    monkeypatch.setattr(trans_real.DjangoTranslation, "ngettext", ngettext)


def untranslatable(page: str) -> set[str]:
    """The texts of a page that hold a word outside of brackets."""
    texts = Texts()
    texts.feed(page)
    return set(left_over(texts.found))


def left_over(texts: Iterable[str]) -> Iterable[str]:
    for text in texts:
        rest = text
        while MARKED.search(rest):  # from the innermost outwards
            rest = MARKED.sub(" ", rest)
        if WORD.search(NO_WORDS.sub(" ", rest)):
            yield " ".join(text.split())


class Texts(HTMLParser):
    """What a page says: its texts, and the attributes that are read or heard."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("script", "style", "code", "kbd"):
            self.silent = tag
        said = [given.get(name) for name in SAID]
        if given.get("type") in ("submit", "button"):
            said.append(given.get("value"))
        if given.get("name") == "description":
            said.append(given.get("content"))
        self.found += [text for text in said if text]

    def handle_endtag(self, tag: str) -> None:
        if tag == self.silent:
            self.silent = ""

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)
