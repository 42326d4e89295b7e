"""Folding: any text becomes small plain letters that know where they stood, and stays so."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.gates.folding import fold
from tests.gates.test_content import BENIGN, hits

ANY = st.text(st.characters(codec=None), max_size=200)  # lone surrogates, NUL and controls too


@given(ANY)
@settings(max_examples=500)
def test_any_text_can_be_folded(text: str) -> None:
    folded = fold(text)
    assert len(folded.origins) == len(folded.text)
    assert list(folded.origins) == sorted(folded.origins)
    assert all(0 <= origin < len(text) for origin in folded.origins)


@given(ANY)
@settings(max_examples=500)
def test_what_is_folded_is_folded(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789 .,-!?'", max_size=200))
def test_small_plain_text_stays_as_it_is(text: str) -> None:
    assert fold(text).text == text
    assert list(fold(text).origins) == list(range(len(text)))


@given(ANY, ANY)
def test_a_text_is_folded_letter_by_letter(one: str, other: str) -> None:
    """But for a capital I, which is read by the letter before it."""
    if not other.startswith("I"):
        assert fold(one + other).text == fold(one).text + fold(other).text


CASES = {"upper": str.upper, "lower": str.lower, "title": str.title, "capital": str.capitalize}


@given(
    st.lists(st.sampled_from(BENIGN), min_size=1, max_size=3),
    st.sampled_from(["; ", ". ", "\n", ", a picture of ", " — "]),
    st.sampled_from(sorted(CASES)),
)
@settings(max_examples=200)
def test_ordinary_prompts_stay_ordinary(prompts: list[str], between: str, case: str) -> None:
    assert hits(CASES[case](between.join(prompts))) == []


@pytest.mark.parametrize(
    "text", ["", "\ud800", "\0", "\u202e", "\U0010ffff", "I" * 5000, "ﷺ" * 500]
)
def test_the_oddest_texts_can_be_folded(text: str) -> None:
    assert fold(fold(text).text).text == fold(text).text
