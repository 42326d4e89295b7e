"""POST /enhance with the built-in enhancer: two usable texts for every prompt."""

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.drawing import invalid, refusal
from tests.support import Api

pytestmark = pytest.mark.django_db

NAMES = {"original", "enhanced", "short_prompt", "long_prompt", "fallback"}
SENTENCE_END = re.compile(r"[.!?…]+(?=\s|$)|[。！？｡।॥۔؟]+|[\n\r\u2028\u2029]+")  # noqa: RUF001


def enhanced(api: Api, prompt: str) -> dict[str, Any]:
    answer = api.post("/enhance", {"prompt": prompt})
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()
    return told


def sentences(text: str) -> int:
    return len([part for part in SENTENCE_END.split(text) if part and part.strip()])


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def holds(text: str, prompt: str) -> bool:
    """Whether the prompt's words are there, in order."""
    rest = iter(words(text))
    return all(word in rest for word in words(prompt))


def test_an_answer_has_the_first_api_s_fields(api: Api) -> None:
    told = enhanced(api, " cat\r\n")
    assert set(told) == NAMES
    assert told["original"] == "cat"
    assert told["enhanced"] == told["long_prompt"]
    assert told["fallback"] is True


@pytest.mark.parametrize(
    "prompt",
    [
        "cat",
        "A cat. A dog! A horse? And a very, very small mouse...",
        "first line\nsecond line\r\n\r\nthird",
        "85 mm f/1.8 at 3.5 metres, www.example.org",
        "猫。犬！鳥？",  # noqa: RUF001
        "बिल्ली। कुत्ता॥",
        "قطة۔ كلب؟",  # noqa: RUF001
        "\U0001f431\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "?!",
        "...",
        "\u202eright to left\u202c",
        "a" * 500,
        "\U0001f600" * 500,
        "a. " * 166,
        "字" * 500,
        "x\n" * 249 + "x",
    ],
)
def test_texts_are_one_sentence_and_two_to_four(api: Api, prompt: str) -> None:
    told = enhanced(api, prompt)
    short, long = told["short_prompt"], told["long_prompt"]
    assert sentences(short) == 1
    assert 2 <= sentences(long) <= 4
    assert short not in long
    for text in (short, long):
        assert len(text) <= 1000
        assert holds(text, prompt)


def test_the_same_prompt_gets_the_same_texts(api: Api) -> None:
    assert enhanced(api, "a red fox") == enhanced(api, "a red fox")
    assert enhanced(api, "a red fox") != enhanced(api, "a red cat")


def test_the_light_suits_the_words(api: Api) -> None:
    assert "light" in enhanced(api, "a boat on the sea")["long_prompt"]
    assert enhanced(api, "a season of mangos")["short_prompt"].startswith("a season of mangos, ")


@pytest.mark.usefixtures("unlimited")
@given(st.text(min_size=1, max_size=500))
@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_texts_fit_whatever_the_prompt(api: Api, prompt: str) -> None:
    answer = api.post("/enhance", {"prompt": prompt})
    if answer.status_code == 400:
        refused = ("PROMPT_REQUIRED", "VALIDATION_ERROR", "INAPPROPRIATE_CONTENT")
        assert answer.json()["code"] in refused
        return
    told = answer.json()
    assert 0 < len(told["short_prompt"]) <= 1000
    assert 0 < len(told["long_prompt"]) <= 1000
    assert told["short_prompt"] != told["long_prompt"]
    assert told["original"] == prompt.replace("\r\n", "\n").strip()
    assert sentences(told["short_prompt"]) == 1
    assert 2 <= sentences(told["long_prompt"]) <= 4


@pytest.mark.parametrize("letter", ["a", "\U0001f600"])
def test_a_prompt_of_more_than_500_characters_is_too_long(api: Api, letter: str) -> None:
    enhanced(api, letter * 500)
    told = refusal(
        api.post("/enhance", {"prompt": letter * 501}), 400, "PROMPT_TOO_LONG", "maxLength"
    )
    assert told["maxLength"] == 500
    assert told["message"] == "Prompt is too long (maximum 500 characters)"


@pytest.mark.parametrize("prompt", [5, True, ["a"], {}])
def test_a_prompt_must_be_text(api: Api, prompt: Any) -> None:
    invalid(api.post("/enhance", {"prompt": prompt}), "prompt")
