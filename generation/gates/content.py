"""The content filter: which blocked terms a prompt holds. It knows neither Django nor rows.

A term matches whole words only, never a part of another word. It is found through accents,
full-width and look-alike letters, invisible characters, repeated letters, digits and symbols for
letters, starred-out letters, and separators between its letters. A `*` at a term's end stands for
any ending. What an allowed phrase covers does not count.

From each word on, the tree of terms is walked along the letters' shapes, with repeated letters as
one. No step goes back, and a match spans a bounded number of words, so that time grows with the
prompt's length and with nothing else.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from generation.gates.folding import fold
from generation.gates.reading import Reading, Span, Word
from generation.gates.terms import Term, shape

MOST_WORDS = 40  # in one match, single letters with separators included
SYMBOL = re.compile(r"[0-9@$!|+]")
STARRED = re.compile(r"(?<!\w)[^\W\d_][\w*]*")
Found = tuple[Term, int, int]


@dataclass(frozen=True, slots=True)
class Match:
    """A blocked term and where the prompt holds it: `prompt[start:end]`."""

    term: str
    category: str
    start: int
    end: int


class Node:
    """A place in the tree: the terms that end here, those that may go on, and the ways on."""

    __slots__ = ("begun", "ended", "ways")

    def __init__(self) -> None:
        self.ended: list[Term] = []
        self.begun: list[Term] = []
        self.ways: dict[str, Node] = {}


class ContentFilter:
    """Blocked terms, as pairs of text and category, and allowed phrases, compiled."""

    def __init__(self, blocked: Iterable[tuple[str, str]], allowed: Iterable[str] = ()) -> None:
        self.root = Node()
        self.by_first_letter: dict[str, list[Term]] = {}
        for text, category in blocked:
            self._add(Term.parse(text, category))
        for text in allowed:
            self._add(Term.parse(text, allowed=True))

    def _add(self, term: Term) -> None:
        if not term.words:
            return
        node, latest = self.root, ""
        for letter in shape(term.letters):
            if letter != latest:
                node, latest = node.ways.setdefault(letter, Node()), letter
        (node.begun if term.open_ended else node.ended).append(term)
        if not term.allowed and len(term.words) == 1:
            self.by_first_letter.setdefault(term.letters[0], []).append(term)

    def matches(self, prompt: str) -> list[Match]:
        """The blocked terms in the prompt, in the order of their places."""
        folded = fold(prompt)
        found: dict[tuple[Term, int], int] = {}
        for term, start, end in self._found(folded.text):
            found[term, start] = max(end, found.get((term, start), 0))
        allowed = [(start, end) for (term, start), end in found.items() if term.allowed]
        matches = [
            Match(term.text, term.category, folded.origins[start], folded.origins[end - 1] + 1)
            for (term, start), end in found.items()
            if not (term.allowed or covered(start, end, allowed))
        ]
        return sorted(matches, key=lambda match: (match.start, match.end, match.term))

    def _found(self, text: str) -> Iterator[Found]:
        yield from self._spelled(Reading(text, symbols=False))
        if SYMBOL.search(text):
            yield from self._spelled(Reading(text, symbols=True))
        if "*" in text:
            yield from self._starred_out(text)

    def _spelled(self, reading: Reading) -> Iterator[Found]:
        words = reading.words
        for first, word in enumerate(words):
            for span in self._walk(words, first):
                if reading.spells(span):
                    yield span.term, word.start, words[span.last].start + span.stop

    def _walk(self, words: list[Word], first: int) -> Iterator[Span]:
        """The terms that the words from here on may spell."""
        node, latest = self.root, ""
        for last in range(first, min(first + MOST_WORDS, len(words))):
            tail = words[last].tail
            for stop, letter in enumerate(words[last].shape, start=1):
                if letter != latest:
                    if letter not in node.ways:
                        return
                    node, latest = node.ways[letter], letter
                for term in node.begun:
                    yield Span(term, first, last, stop)
                if node.ended and stop >= tail:
                    yield from (Span(term, first, last, stop) for term in node.ended)

    def _starred_out(self, text: str) -> Iterator[Found]:
        for found in STARRED.finditer(text):
            word = found[0].rstrip("*")
            if "*" in word:
                for term in self.by_first_letter.get(word[0], ()):
                    if term.starred_out(word):
                        yield term, found.start(), found.start() + len(word)


def covered(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(first <= start and end <= last for first, last in spans)
