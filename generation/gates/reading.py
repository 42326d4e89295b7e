"""A folded prompt as a list of words, and whether some of them spell a term.

A prompt is read twice: `1` is a letter in `p1c` and none in `pic1`. One reading has letters only,
the other takes digits and symbols for letters too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from generation.gates.terms import LETTERS, Term, shape

LONGEST_GAP = 5  # characters between the parts of one term
ASCII_LETTERS = re.compile("[a-z]+")
# Before and between others `!` and `|` are read as letters; behind them they end something.
WITH_SYMBOLS = re.compile(r"[0-9@$!|]+|[^\W\d_](?:[@$!|+]{0,2}[^\W_])*[@$]{0,2}")
SPACE = re.compile(r"\s")


class Word(NamedTuple):
    """Letters, and the same by their shapes. From `tail` on there are digits and symbols only."""

    text: str
    shape: str
    start: int
    end: int
    tail: int


@dataclass(frozen=True, slots=True)
class Span:
    """The words `first` to `last`, this one up to `stop`, which may spell the term."""

    term: Term
    first: int
    last: int
    stop: int


class Reading:
    """A text's words, with digits and symbols taken for letters or not."""

    def __init__(self, text: str, *, symbols: bool) -> None:
        self.text = text
        self.symbols = symbols
        self.words = list(words_with_symbols(text) if symbols else words_of_letters(text))

    def spells(self, span: Span) -> bool:
        """Whether the words really spell the term."""
        words = [word.text for word in self.words[span.first : span.last]]
        words.append(self.words[span.last].text[: span.stop])
        if span.term.allowed:
            return span.term.is_exactly(words)
        spelled = "".join(words)
        if not span.term.spelled_by(spelled):
            return False
        if self.symbols and not span.term.enough_letters(spelled):
            return False
        return len(words) == 1 or self._hangs_together(span, words)

    def _hangs_together(self, span: Span, words: list[str]) -> bool:
        """Whether words with something between them are read as the term."""
        gaps = [self.gap(place) for place in range(span.first, span.last)]
        if any(len(gap) > LONGEST_GAP for gap in gaps):
            return False
        breaks = span.term.breaks(words)
        within = {gap for gap, broken in zip(gaps, breaks, strict=True) if broken}
        if any(self._parts_words(gap) for gap in within) and not spelled_out(words, within):
            return False
        return not within or self._stands_alone(span, within)

    def _parts_words(self, gap: str) -> bool:
        """Whether a reader takes what is left and right of it for two words. Between letters with
        digits any mark does that: `t1-t2` is two names."""
        return bool(SPACE.search(gap)) or (self.symbols and gap != "")

    def _stands_alone(self, span: Span, gaps: set[str]) -> bool:
        """Whether the spelling begins and ends here: in `e s s e x` no shorter word is spelled.
        An article may stand beside it."""
        before = self._single_letters(range(span.first - 1, -1, -1), gaps, gap_after=True)
        after = self._single_letters(range(span.last + 1, len(self.words)), gaps, gap_after=False)
        return before in ARTICLES and (after in ARTICLES or span.term.open_ended)

    def _single_letters(self, places: range, gaps: set[str], *, gap_after: bool) -> str:
        """The letters that go on spelling at these places, at most two."""
        found = ""
        for place in places[:2]:
            gap = self.gap(place if gap_after else place - 1)
            if gap not in gaps or len(self.words[place].text) > 1:
                break
            found += self.words[place].text
        return found

    def gap(self, place: int) -> str:
        """What stands between this word and the next."""
        return self.text[self.words[place].end : self.words[place + 1].start]


ARTICLES = ("", "a", "i")


def spelled_out(words: list[str], gaps: set[str]) -> bool:
    """Whether these are single letters. Of three parts and more, all as far apart from each other,
    one may be longer."""
    longer = sum(len(word) > 1 for word in words)
    return longer == 0 or (longer == 1 and len(words) >= 3 and len(gaps) == 1)


def words_of_letters(text: str) -> Iterator[Word]:
    letters = ASCII_LETTERS if text.isascii() else LETTERS
    shapes = shape(text)
    for found in letters.finditer(text):
        start, end = found.span()
        yield Word(found[0], shapes[start:end], start, end, end - start)


def words_with_symbols(text: str) -> Iterator[Word]:
    shapes = shape(text)
    for found in WITH_SYMBOLS.finditer(text):
        start, end = found.span()
        tail = len(found[0].rstrip("0123456789@$"))
        yield Word(found[0], shapes[start:end], start, end, tail)
