"""The JSON parser alone: any bytes are a plain object or a refusal, and nothing else."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generation.api.errors import Refusal
from generation.api.parsers import MAX_DEPTH, loads

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)
OBJECTS = st.dictionaries(TEXT, VALUES, max_size=5)
TOKENS = st.sampled_from(
    ["{", "}", "[", "]", ",", ":", '"', "a", '"a"', "1", "-", "e9", ".", "NaN", "null", "\\u0000",
     "\\ud800", " ", "\ufeff", "true", "Infinity", "-0", "\x01"]
)  # fmt: skip


@given(OBJECTS)
def test_every_plain_object_is_read_as_it_is(value: dict[str, Any]) -> None:
    for ascii_only in (True, False):
        assert loads(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


def is_plain(value: Any) -> bool:
    """No NaN, no infinity, no NUL, no lone surrogate: it can be written as strict UTF-8 JSON."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return "\0" not in text and "\\u0000" not in text and bool(text.encode())


@given(st.binary(max_size=100) | st.lists(TOKENS, max_size=30).map(lambda t: "".join(t).encode()))
@example(b"[" * 60_000)
@example(b'{"a":' * 10_000)
@example(b'{"a":' + b"9" * 60_000 + b"}")
@example(b'{"a": 1e999999}')
@example(b'{"a": -1e999999}')
@example(b"\xff\xfe{\0}\0")
@settings(max_examples=500)
def test_any_bytes_are_an_object_or_a_refusal(raw: bytes) -> None:
    with suppress(Refusal):
        assert isinstance(loads(raw), dict)


@given(OBJECTS, TEXT)
def test_a_repeated_name_is_refused_at_any_depth(value: dict[str, Any], name: str) -> None:
    twice = f"{{{json.dumps(name)}: 1, {json.dumps(name)}: 2}}"
    for text in (twice, f'{{"a": [{twice}]}}', f'{{"a": {json.dumps(value)}, "b": {twice}}}'):
        with pytest.raises(Refusal):
            loads(text.encode())


@given(st.integers(1, 60), st.booleans())
def test_depth_is_bounded_to_the_level(levels: int, lists: bool) -> None:
    inner = "[" * levels + "1" + "]" * levels if lists else '{"a":' * levels + "1" + "}" * levels
    text = f'{{"a": {inner}}}'.encode()
    if levels + 1 < MAX_DEPTH:
        assert loads(text)
    elif levels + 1 > MAX_DEPTH:
        with pytest.raises(Refusal):
            loads(text)
