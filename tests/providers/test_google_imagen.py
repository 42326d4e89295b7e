"""Google Imagen: `:predict`, as it was while it lived, and its end."""

from typing import Any

import pytest

from providers.errors import InvalidResponse, ModelGone, Moderated
from providers.messages import ImageRequest
from tests.fakes import behaviours, shows
from tests.providers.answering import answers
from tests.providers.drawing import PROMPT, Caller, Meet

FOLDED = f"{PROMPT}\n\nDo not include: rain"


@pytest.fixture
def caller(meet: Meet) -> Caller:
    return meet("google-imagen")


@pytest.mark.parametrize(
    ("model_id", "known"),
    [
        ("imagen-3.0-generate-002", {}),
        ("imagen-4.0-generate-001", {"sampleImageSize": "1K"}),
        ("imagen-4.0-fast-generate-001", {"sampleImageSize": "1K"}),
        ("imagen-4.0-ultra-generate-001", {"sampleImageSize": "1K"}),
    ],
)
def test_each_model_gets_the_fields_that_it_knows(
    caller: Caller, model_id: str, known: dict[str, Any]
) -> None:
    request = ImageRequest(PROMPT, "rain", "3:2", steps=20, guidance=7.5, seed=11)
    result = caller.adapter(model_id=model_id).generate(request)
    [call] = caller.fakes.ledger
    assert call.path.endswith(f"/models/{model_id}:predict")
    assert call.headers["x-goog-api-key"] == caller.key
    shared = {"sampleCount": 1, "aspectRatio": "4:3", "includeRaiReason": True}
    assert call.body == {
        "instances": [{"prompt": FOLDED}],
        "parameters": {**shared, "guidanceScale": 7.5, **known},
    }
    assert shows(result.content, model_id, FOLDED)
    assert result.seed is None
    assert {name: fate["fate"] for name, fate in result.parameters.items()} == {
        "negativePrompt": "translated",
        "aspectRatio": "translated",
        "steps": "ignored",
        "guidance": "applied",
        "seed": "ignored",
    }


def test_a_filtered_picture_leaves_a_reason_or_nothing(caller: Caller) -> None:
    details = []
    for form in caller.forms("moderated"):
        caller.plan(behaviours.moderated(form), times=1)
        error = caller.failure()
        assert type(error) is Moderated, form
        assert not error.uncharged
        details.append(error.detail)
    assert "usage guidelines" in details[0]
    assert details[1] == "no predictions"


@pytest.mark.parametrize("body", [{"predictions": []}, {"predictions": None}])
def test_no_predictions_is_what_a_filter_leaves(caller: Caller, body: object) -> None:
    caller.plan(answers(body))
    assert type(caller.failure()) is Moderated


@pytest.mark.parametrize(
    "body", [{"predictions": [{}]}, {"predictions": [{"mimeType": "image/png"}]}, []]
)
def test_a_prediction_without_bytes_is_no_crash(caller: Caller, body: object) -> None:
    caller.plan(answers(body))
    error = caller.failure()
    assert type(error) is InvalidResponse
    assert not error.uncharged


def test_a_model_that_is_gone_is_explained(caller: Caller) -> None:
    caller.plan(behaviours.model_gone())
    error = caller.failure()
    assert type(error) is ModelGone
    assert error.public_message.startswith("Google has retired Imagen.")
    assert error.uncharged
