"""Folding a prompt to what a reader sees: small plain letters, whatever they are written with."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from generation.gates.lookalikes import ALIKE, UNSEEN

DROPPED = frozenset(("Mn", "Me", "Cf"))  # combining marks; zero-width and direction characters
# After a small letter a capital I may stand for either letter that looks like it. So does a 1.
CAPITAL_I = re.compile("(?<=[a-z])I")


@dataclass(frozen=True, slots=True)
class Folded:
    """The folded text and, for each of its characters, the place of its original."""

    text: str
    origins: Sequence[int]


def fold(text: str) -> Folded:
    text = CAPITAL_I.sub("1", text)
    if text.isascii():
        return Folded(text.lower(), range(len(text)))
    pieces = [folded(letter) for letter in text]
    places = [place for place, piece in enumerate(pieces) for _ in piece]
    return Folded("".join(pieces), places)


@lru_cache(maxsize=8192)
def folded(letter: str) -> str:
    """What one character looks like: usually one character, sometimes none or several."""
    return "".join(plain(part) for part in unicodedata.normalize("NFKD", letter))


def plain(part: str) -> str:
    kind = unicodedata.category(part)
    if kind in DROPPED or part in UNSEEN:
        return ""
    if kind == "Nd":
        return str(unicodedata.digit(part))
    return ALIKE.get(part) or "".join(ALIKE.get(small, small) for small in part.casefold())
