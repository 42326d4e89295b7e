"""The content filter alone: it finds what is disguised and leaves ordinary words alone."""

import re
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.gates import defaults
from generation.gates.content import ContentFilter
from generation.gates.terms import is_well_formed

HERE = Path(__file__).parent
DEFAULT = ContentFilter(
    [(term, category) for category, terms in defaults.TERMS.items() for term in terms],
    defaults.PHRASES,
)
ESCAPE = re.compile(r"\\u([0-9a-f]{4})|\\n")
WORDS = sorted(
    term
    for terms in defaults.TERMS.values()
    for term in terms
    if term.isascii() and term.isalpha() and len(term) >= 3
)
calmly = settings(max_examples=300, deadline=None, derandomize=True, database=None)


def lines(name: str) -> list[str]:
    """A corpus, one text a line. Invisible characters are written as escapes."""
    text = (HERE / name).read_text("utf-8")
    return [ESCAPE.sub(unescaped, line) for line in text.splitlines()]


def unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else "\n"


def hits(prompt: str, *terms: str, allowed: tuple[str, ...] = ()) -> list[str]:
    """What of the prompt these terms, or the default ones, match."""
    filter_ = ContentFilter([(term, "other") for term in terms], allowed) if terms else DEFAULT
    return [prompt[match.start : match.end] for match in filter_.matches(prompt)]


BENIGN = lines("benign.txt")
EVASIONS = lines("evasions.txt")


def test_the_corpora_are_large_and_without_repetition() -> None:
    assert len(set(BENIGN)) == len(BENIGN) >= 200
    assert len(set(EVASIONS)) == len(EVASIONS) >= 60


@pytest.mark.parametrize("prompt", BENIGN)
def test_an_ordinary_prompt_passes(prompt: str) -> None:
    assert hits(prompt) == []
    assert hits(prompt.upper()) == []


@pytest.mark.parametrize("prompt", EVASIONS)
def test_a_disguise_is_seen_through(prompt: str) -> None:
    assert hits(prompt)
    assert hits(f"a castle, {prompt}, oil on canvas")


def test_all_ordinary_prompts_together_pass() -> None:
    assert hits("; ".join(BENIGN)) == []


@pytest.mark.parametrize("prompt", ["whatever", "Whatever!", "w h a t e v e r", "hats", "chateau"])
def test_a_term_within_a_word_is_no_term(prompt: str) -> None:
    assert hits(prompt, "hate") == []
    assert hits("hate", "hate") == ["hate"]


@given(st.sampled_from(WORDS), st.integers(0, 3), st.integers(0, 3))
@calmly
def test_no_term_matches_within_a_longer_word(term: str, before: int, after: int) -> None:
    word = "q" * before + term + "q" * after
    assert bool(hits(word)) == (before == after == 0)


@pytest.mark.parametrize(
    ("prompt", "found"),
    [
        ("a n u d e woman", ["n u d e"]),
        ("ｎｕｄｅ art", ["ｎｕｄｅ"]),  # noqa: RUF001
        ("n\u200bu\u200bde", ["n\u200bu\u200bde"]),
        ("a 😀 núde, porn", ["núde", "porn"]),
        ("nude lipstick on a nude woman", ["nude"]),
    ],
)
def test_a_match_says_where_it_is_in_the_prompt_as_written(prompt: str, found: list[str]) -> None:
    assert hits(prompt) == found


def test_an_allowed_phrase_excuses_itself_and_nothing_else() -> None:
    def found(prompt: str) -> list[str]:
        return hits(prompt, "gore", allowed=("gore tex", "al gore"))

    assert found("Gore-Tex, GORE TEX and Al Gore") == []
    assert found("gore in gore-tex") == ["gore"]
    assert found("g0re-tex") == ["g0re"]
    assert found("gore texture") == ["gore"]


def test_a_star_stands_for_any_ending() -> None:
    assert hits("decapitation", "decapitat*") == ["decapitat"]
    assert hits("decapitation", "decapitat") == []
    assert hits("undecapitated", "decapitat*") == []


def test_a_term_of_several_words_is_found_however_they_are_joined() -> None:
    for prompt in ("heil hitler", "HEIL, HITLER", "heilhitler", "heil\nhitler", "h e i l hitler"):
        assert hits(prompt, "heil hitler"), prompt
    assert hits("hitler heil", "heil hitler") == []
    assert hits("heil dir, hitler", "heil hitler") == []


def test_a_term_in_a_script_without_spaces_is_found_within_a_sentence() -> None:
    assert hits("一个裸体女人", "裸体") == ["裸体"]
    assert hits("一只红色的狐狸", "裸体") == []
    assert hits("голая женщина", "голая") == ["голая"]


def test_a_doubled_letter_of_a_term_is_not_dropped() -> None:
    assert hits("Niger", "nigger") == []
    assert hits("nigger", "nigger") == ["nigger"]


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("hate", True), ("heil hitler", True), ("x-rated", True), ("porn*", True), ("裸体", True),
        ("medusa's head", True), ("", False), ("*", False), ("ab", False), ("a*b", False),
        ("rule34", False), ("...", False), ("two  spaces", False), ("-hate", False),
    ],
)  # fmt: skip
def test_a_term_is_words_of_letters(text: str, good: bool) -> None:
    assert is_well_formed(text) is good
    assert good or hits("rule 34, ab, a and b, two spaces", text) == []


def test_every_default_is_well_formed_and_every_term_finds_itself() -> None:
    for terms in defaults.TERMS.values():
        for term in terms:
            assert is_well_formed(term)
            assert hits(term.rstrip("*")), term
    for phrase in defaults.PHRASES:
        assert is_well_formed(phrase)
        assert hits(phrase.rstrip("*")) == [], phrase


LETTER_DISGUISES: dict[str, Callable[[str], str]] = {
    "capital": str.upper,
    "full width": lambda letter: chr(ord(letter) + 0xFEE0),
    "repeated": lambda letter: letter * 3,
    "accented": lambda letter: unicodedata.normalize("NFC", letter + "\u0301"),
    "invisible": lambda letter: f"\u200d{letter}\u2060",
}


@given(
    st.sampled_from(WORDS),
    st.lists(st.sampled_from(sorted(LETTER_DISGUISES)), min_size=9, max_size=9),
    st.sampled_from(["", " ", ".", "-", "---", " . ", "\U0001f351", "_", ", "]),
)
@calmly
def test_disguises_do_not_help_each_other(word: str, disguises: list[str], apart: str) -> None:
    """Each letter its own disguise, all with the same between them."""
    if " " in apart:
        disguises = ["capital" if name == "repeated" else name for name in disguises]
    letters = zip(word, disguises * 4, strict=False)
    disguised = apart.join(LETTER_DISGUISES[name](letter) for letter, name in letters)
    assert hits(f"a picture of ({disguised}), oil on canvas")


@given(st.text(max_size=400))
@calmly
def test_whatever_the_prompt_every_match_lies_in_it(prompt: str) -> None:
    for match in DEFAULT.matches(prompt):
        assert 0 <= match.start < match.end <= len(prompt)


@given(st.text(alphabet="aeilnoprstux1!|50@$*. -\u200b", max_size=1000))
@calmly
def test_texts_made_of_disguises_are_read_in_time(prompt: str) -> None:
    started = time.process_time()
    DEFAULT.matches(prompt)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "part",
    ["a", "a ", "x ", "s e x ", "n u d ", "a*b", "f*", "f**k ", "1", "|l1!", "il", "i l ", "se ex ",
     "fuck ", "nig gig ", "p*rn ", "gore tex ", "child ", "c1", "n 1 ", "$", "*", "!a", "\u200b",
     "e\u0301", "\ufdfa", "字", "loli"],
)  # fmt: skip
def test_the_longest_prompts_are_read_in_time(part: str) -> None:
    prompt = (part * 1000)[:1000]
    tricky = ContentFilter([("lili", ""), ("illi*", ""), ("xxx", ""), ("aaaa", "")])
    started = time.process_time()
    DEFAULT.matches(prompt)
    tricky.matches(prompt)
    assert time.process_time() - started < 2


def test_a_prompt_is_read_much_faster_than_a_page_is_made() -> None:
    prompt = "A mountain at dawn, 8k, f/1.8, a fox in tall grass, by Hokusai and Monet; " * 13
    DEFAULT.matches(prompt)
    started = time.process_time()
    for _ in range(20):
        DEFAULT.matches(prompt)
    assert (time.process_time() - started) / 20 < 0.02
