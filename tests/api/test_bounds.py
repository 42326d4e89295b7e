"""The bounds of POST /generate: what lies on them is taken, what lies beyond is refused by name."""

from typing import Any

import pytest

from generation.models import Job
from providers.models import ImageModel
from tests.api.drawing import invalid, refusal
from tests.support import Api

pytestmark = pytest.mark.django_db

LARGEST_SEED = 2_147_483_646


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("steps", 1),
        ("steps", 100),
        ("steps", 25.0),
        ("guidance", 0),
        ("guidance", 20),
        ("guidance", 1e-320),
        ("guidance", -0.0),
        ("control", 0),
        ("control", 2),
        ("control", -0.0),
        ("seed", 0),
        ("seed", LARGEST_SEED),
    ],
)
def test_numbers_up_to_their_bounds_are_taken(
    api: Api, aurora: ImageModel, field: str, value: float
) -> None:
    told = api.status(api.generate("numbers", **{field: value}))
    assert told["parameters"][field] == value
    assert not str(told["parameters"][field]).startswith("-")


NO_NUMBERS: list[Any] = ["7", "", True, False, [], [7], {}, {"a": 1}, "NaN"]


@pytest.mark.parametrize(
    ("field", "value"),
    [(field, value) for field in ("steps", "guidance", "control", "seed") for value in NO_NUMBERS]
    + [
        ("steps", 0),
        ("steps", 101),
        ("steps", -1),
        ("steps", 25.5),
        ("guidance", -0.01),
        ("guidance", 20.01),
        ("control", -1),
        ("control", 2.1),
        ("seed", -1),
        ("seed", LARGEST_SEED + 1),
        ("seed", 0.5),
        ("seed", 10**300),
        ("listed", "true"),
        ("listed", 1),
        ("listed", 0),
        ("listed", "false"),
        ("aspectRatio", "7:5"),
        ("aspectRatio", ""),
        ("aspectRatio", 1),
        ("aspectRatio", ["1:1"]),
        ("aspectRatio", "1:1\n"),
        ("negativePrompt", "x" * 1001),
        ("negativePrompt", 5),
        ("negativePrompt", ["no"]),
        ("models", []),
        ("models", "aurora"),
        ("models", {"aurora": True}),
        ("models", ["aurora", "aurora"]),
        ("models", [None]),
        ("models", [["aurora"]]),
        ("models", [1]),
        ("models", [f"model-{number}" for number in range(21)]),
        ("models", ["no-such-model"]),
        ("models", ["AURORA"]),
        ("models", [""]),
        ("prompt", 5),
        ("prompt", True),
        ("prompt", ["a"]),
        ("prompt", {"a": "b"}),
    ],
)
def test_a_value_out_of_bounds_is_refused_by_name(
    api: Api, aurora: ImageModel, field: str, value: Any
) -> None:
    told = invalid(api.post("/generate", {"prompt": "a fox", field: value}), field)
    assert told["message"].startswith(field) or field == "models"
    assert not Job.objects.exists()


@pytest.mark.parametrize("field", ["steps", "guidance", "control", "seed"])
@pytest.mark.parametrize("number", ["1e400", "-1e400", "9" * 400, "-" + "9" * 4000, "1" + "0" * 99])
def test_absurd_numbers_are_refused(api: Api, aurora: ImageModel, field: str, number: str) -> None:
    invalid(api.post("/generate", f'{{"prompt": "a", "{field}": {number}}}'), field)


@pytest.mark.parametrize(
    "word", ["NaN", "Infinity", "-Infinity", "nan", "0x10", "1_000", "01", "+1"]
)
def test_numbers_that_json_does_not_know_are_no_json(
    api: Api, aurora: ImageModel, word: str
) -> None:
    answer = api.post("/generate", f'{{"prompt": "a", "guidance": {word}}}')
    assert refusal(answer, 400, "INVALID_JSON")["message"] == "Invalid JSON in request body"
