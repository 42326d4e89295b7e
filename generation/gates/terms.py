"""A blocked term or an allowed phrase, and what spells it."""

import re
from dataclasses import dataclass, field
from itertools import groupby

from generation.gates.folding import fold

# Scripts that write no spaces: each character of theirs may begin and end a word.
UNSPACED = (
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
LETTERS = re.compile(rf"{UNSPACED}|(?:(?!{UNSPACED})[^\W\d_])+")
WELL_FORMED = re.compile(r"[^\W\d_](?:[^\W\d_]|[ '.-](?=[^\W\d_]))*\*?")
FEWEST = 3  # letters of a term

# What shares a shape shares a place in the tree of terms; the patterns tell it apart again.
SHAPES = str.maketrans(
    dict.fromkeys("l1!|", "i") | dict.fromkeys("4@", "a") | dict.fromkeys("5$z2", "s")
    | dict.fromkeys("7+", "t") | dict.fromkeys("69", "g") | {"0": "o", "3": "e", "8": "b", "v": "u"}
)  # fmt: skip
READ_AS = {
    "a": "a4@", "b": "b8", "e": "e3", "g": "g69", "i": "i1!|", "l": "l1!|", "o": "o0",
    "s": "s5$2", "t": "t7+", "u": "uv", "z": "z2",
}  # fmt: skip
LONG = 5  # letters from which `i` and `l` stand for each other, and a last `z` for `s`
# A pattern may try every way to share such a run between an `i` and an `l`; eight are enough.
SMEARED = re.compile(r"([il1!|]{8})[il1!|]+")


@dataclass(frozen=True, eq=False)
class Term:
    """Folded words. `open_ended`: the last word may go on. `allowed`: it excuses what it covers."""

    text: str
    category: str
    words: tuple[str, ...]
    open_ended: bool = False
    allowed: bool = False
    letters: str = field(init=False)
    patterns: tuple[re.Pattern[str], ...] = field(init=False)

    def __post_init__(self) -> None:
        letters = "".join(self.words)
        heads = ("".join(self.words[:count]) for count in range(1, len(self.words) + 1))
        patterns = tuple(spelling(head, long=len(letters) >= LONG) for head in heads)
        object.__setattr__(self, "letters", letters)
        object.__setattr__(self, "patterns", patterns)

    @classmethod
    def parse(cls, text: str, category: str = "", *, allowed: bool = False) -> "Term":
        """The term that an operator wrote: words, and perhaps a `*` at the end. What is not well
        formed becomes a term without words, which matches nothing."""
        words = LETTERS.findall(folded(text)) if is_well_formed(text) else ()
        return cls(text, category, tuple(words), text.endswith("*"), allowed)

    def spelled_by(self, text: str) -> bool:
        return bool(self.patterns[-1].fullmatch(unsmeared(text)))

    def enough_letters(self, text: str) -> bool:
        """Whether there are letters among the digits and symbols; numbers spell nothing."""
        count = sum(map(str.isalpha, text))
        return count >= 2 and 2 * count >= len(self.letters) - 1

    def is_exactly(self, words: list[str]) -> bool:
        return self.words == tuple(words)

    def breaks(self, words: list[str]) -> list[bool]:
        """For each gap between these words, whether it is within a word of the term."""
        return [
            not any(
                head.fullmatch(unsmeared("".join(words[:count]))) for head in self.patterns[:-1]
            )
            for count in range(1, len(words))
        ]

    def starred_out(self, word: str) -> bool:
        """Whether this is the term with `*` for at most half of its letters."""
        size = len(self.letters)
        if len(word) < size or (len(word) > size and not self.open_ended):
            return False
        shown = word[:size]
        return 2 * shown.count("*") <= size and all(
            letter in ("*", own) for letter, own in zip(shown, self.letters, strict=True)
        )


def folded(text: str) -> str:
    return fold(text.lower()).text


def is_well_formed(text: str) -> bool:
    plain = folded(text)
    return bool(WELL_FORMED.fullmatch(plain)) and (
        len("".join(LETTERS.findall(plain))) >= FEWEST or re.search(UNSPACED, plain) is not None
    )


def spelling(letters: str, *, long: bool) -> re.Pattern[str]:
    """What spells these letters: each at least as often as here, or what is read as it."""
    read_as = READ_AS | {"i": "il1!|", "l": "il1!|"} if long else READ_AS
    runs = [(read_as.get(letter, letter), len(list(run))) for letter, run in groupby(letters)]
    if long and letters.endswith("s"):
        runs[-1] = ("s5$z2", runs[-1][1])
    return re.compile("".join(f"[{choices}]{{{count},}}" for choices, count in runs))


def unsmeared(text: str) -> str:
    return SMEARED.sub(r"\1", text)


def shape(text: str) -> str:
    """The text, letter by letter, with one letter for all that look the same."""
    return text.translate(SHAPES)
