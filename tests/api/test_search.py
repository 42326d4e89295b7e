"""Searching prompts: every word must be there, the last may be a beginning, nothing is syntax."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from generation import search
from generation.models import Job
from providers.models import ImageModel
from tests.api.drawing import drawn

pytestmark = pytest.mark.django_db

Find = Callable[[str], set[str]]


@pytest.fixture
def find(client: Client, aurora: ImageModel) -> Find:
    """The prompts that a search finds."""

    def found(query: str) -> set[str]:
        answer = client.get("/gallery/list", {"q": query, "limit": "100"})
        assert answer.status_code == 200, answer.content
        return {entry["prompt"] for entry in answer.json()["galleries"]}

    return found


@pytest.mark.parametrize(
    "query",
    [
        "fox",
        "FOX",
        "red fox",
        "fox red",
        "a red fo",
        "sno",
        "  fox\t",
        "fox, red!",
        "snow-fox",
        "(fox)",
    ],
)
def test_every_word_is_found_in_any_order_and_case(find: Find, query: str) -> None:
    drawn("A red fox in the snow")
    drawn("a blue whale")
    assert find(query) == {"A red fox in the snow"}


@pytest.mark.parametrize("query", ["fo red", "ox", "foxes", "fox whale", "nothing", "red fox x"])
def test_a_word_that_is_not_there_finds_nothing(find: Find, query: str) -> None:
    drawn("A red fox in the snow")
    assert find(query) == set()


@pytest.mark.parametrize("query", ["", "   ", "\n"])
def test_an_empty_search_finds_everything(find: Find, query: str) -> None:
    drawn("one")
    drawn("two")
    assert find(query) == {"one", "two"}


@pytest.mark.parametrize(
    ("prompt", "query"),
    [
        ("Füchse im Schnee", "füchse"),
        ("ΑΛΕΠΟΎ στο χιόνι", "χιόνι"),
        ("лиса в снегу", "Лиса"),
        ("雪の中 キツネ", "キツネ"),
        ("ثعلب أحمر", "أحمر"),
        ("여우 한 마리", "여우"),
        ("an f/2.8 lens, 85mm", "85mm"),
        ("route 66 at dawn", "66"),
        ("snake_case and camelCase", "snake_case"),
        ("it's o'clock", "o'clock"),
        ("a \U0001f98a fox", "\U0001f98a fox"),
        ("null or not", "not"),
        ("near and far", "near"),
        ("salt AND pepper", "and"),
    ],
)
def test_words_of_any_script_are_found(find: Find, prompt: str, query: str) -> None:
    drawn(prompt)
    drawn("something else")
    assert find(query) == {prompt}


@pytest.mark.parametrize(
    "query",
    [
        '"', '""', "'", "*", "**", "fox*", "*fox", "^fox", "fox AND", "OR", "NOT fox", "a NOT b",
        "NEAR(a b, 5)", "prompt:fox", "job_id:x", "{prompt}: fox", "-fox", "+fox", "(", ")", "((",
        "fox)", "a & b", "a | b", "!a", "a <-> b", "a:*", ":*", "\\", "\\'", "%", "_", "__ _",
        "a_b", "%s", "%(x)s", "fox; DROP TABLE generation_job", "fox' OR 1=1 --", "\U0001f98a",
        "\u200b", "\u202e", "\ufffd", "\u0301", "e\u0301", "\u0130", "ß", "ﬁ", "²", "①", "ªº",
        "\U0001d7d8", "\x01\x1f\x7f", "a\u2028b", "x" * 200, "a " * 100, "\U0001f600" * 50,
        "-" * 200,
        "_" * 200,
    ],
)  # fmt: skip
def test_nothing_a_visitor_types_is_syntax(client: Client, aurora: ImageModel, query: str) -> None:
    drawn("A red fox in the snow")
    for path in ("/gallery/list", "/gallery/"):
        assert client.get(path, {"q": query}).status_code == 200


@pytest.mark.parametrize("query", ["_", "\U0001f98a", "%", '"', "***"])
def test_a_search_without_words_finds_nothing(find: Find, query: str) -> None:
    drawn("A red fox in the snow")
    assert find(query) == set()


def test_search_and_pages_go_together(client: Client, aurora: ImageModel) -> None:
    for number in range(3):
        drawn(f"fox number {number}")
        drawn(f"whale number {number}")
    first = client.get("/gallery/list?q=fox&limit=2").json()
    second = client.get(f"/gallery/list?q=fox&limit=2&cursor={first['nextCursor']}").json()
    prompts = [entry["prompt"] for entry in first["galleries"] + second["galleries"]]
    assert sorted(prompts) == [f"fox number {number}" for number in range(3)]
    assert second["nextCursor"] is None


def test_a_forgotten_prompt_is_not_found(find: Find) -> None:
    job = drawn("a secret fox")
    search.remove(job.pk)
    assert find("secret") == (set() if connection.vendor == "sqlite" else {"a secret fox"})
    Job.objects.filter(pk=job.pk).delete()
    assert find("secret") == set()
