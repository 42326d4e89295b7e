"""What a painter is told: the words, what they mean, and two kinds of chance."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from providers.painters.lexicon import MOTIF_OF, SUBJECT_OF
from providers.painters.palette import Palette, palette_for

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Brief:
    """`idea` rolls the same for every seed of a prompt, `chance` for one seed only."""

    prompt: str
    words: tuple[str, ...]
    motifs: frozenset[str]
    subject: str
    palette: Palette
    size: Size
    idea: Random = field(repr=False)
    chance: Random = field(repr=False)

    @property
    def crescent(self) -> bool:
        """Whether the light in the sky is a young moon; else it is round."""
        return "moon" in self.motifs and "sun" not in self.motifs and "full" not in self.words

    @property
    def short(self) -> int:
        """The shorter side in pixels, by which everything is measured."""
        return min(self.size)


def dice(*parts: object) -> Random:
    """Chance that is the same on every machine for the same parts."""
    text = "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return Random(int.from_bytes(hashlib.sha256(text).digest()))  # noqa: S311


def brief_for(painter: str, prompt: str, seed: int, size: Size) -> Brief:
    words = words_of(prompt)
    return Brief(
        prompt=prompt,
        words=words,
        motifs=frozenset(motif for word in words for motif in MOTIF_OF.get(word, ())),
        subject=_subject(words),
        palette=palette_for(words, dice("palette", prompt)),
        size=size,
        idea=dice("idea", painter, prompt),
        chance=dice("chance", painter, prompt, seed),
    )


def _subject(words: Sequence[str]) -> str:
    """The first thing with a figure of its own; a person only if there is nothing else."""
    found = [SUBJECT_OF[word][0] for word in words if word in SUBJECT_OF]
    return next((name for name in found if name != "person"), found[0] if found else "")


def words_of(prompt: str) -> tuple[str, ...]:
    """The words in lower case; a prompt without letters is one word of its own."""
    return tuple(re.findall(r"[^\W\d_]+", prompt.casefold())) or (prompt.strip() or "blank",)


def letter_values(word: str) -> list[int]:
    """Each letter as 0..25; letters beyond a to z fall somewhere in between."""
    return [(ord(letter) - 97) % 26 for letter in word]
