"""Black Forest Labs: what is ordered, what an order costs, how it outlives a crash."""

from typing import Any

import pytest

from providers import polling
from providers.errors import (
    InvalidKey,
    InvalidRequest,
    ModelGone,
    Moderated,
    NoCredit,
    ProviderError,
    RateLimited,
    Unavailable,
)
from providers.messages import ImageRequest
from tests.fakes import behaviours, shows
from tests.providers.changes import answered, changed
from tests.providers.drawing import PROMPT, Caller, Meet

EVERYTHING = {
    "negative_prompt": "rain",
    "aspect_ratio": "16:9",
    "steps": 80,
    "guidance": 7.5,
    "seed": 11,
}
FOLDED = f"{PROMPT}\n\nDo not include: rain"


@pytest.fixture
def caller(meet: Meet, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """One who asks again without much of a pause."""
    monkeypatch.setattr(polling, "SHORTEST_PAUSE", 0.02)
    monkeypatch.setattr(polling, "LONGEST_PAUSE", 0.05)
    return meet("bfl")


def stages(caller: Caller) -> list[str]:
    return [call.stage for call in caller.fakes.traffic]


# An order


def test_an_order_is_asked_for_and_its_picture_fetched(caller: Caller) -> None:
    result = caller.draw()
    order, *polls, download = caller.fakes.traffic
    assert order.path == "/bfl/v1/flux-2-pro"
    assert order.body == {"prompt": PROMPT, "width": 1024, "height": 1024, "output_format": "png"}
    assert {call.stage for call in polls} == {"poll"}
    assert download.stage == "download"
    assert shows(result.content, "flux-2-pro", PROMPT)
    assert result.request_id == order.request_id
    assert result.cost_micros == 30_000
    assert result.revised_prompt == ""


def test_the_key_goes_to_the_provider_and_not_to_the_store_of_pictures(caller: Caller) -> None:
    caller.draw()
    *asked, download = caller.fakes.traffic
    assert [call.headers["x-key"] for call in asked] == [caller.key] * len(asked)
    assert caller.key not in str(download.headers)


FLUX_2 = {"width": 1360, "height": 768, "seed": 11, "output_format": "png"}
FLUX_1 = {"width": 1344, "height": 768, "seed": 11, "output_format": "png"}
BY_RATIO = {"aspect_ratio": "16:9", "seed": 11, "output_format": "png"}


@pytest.mark.parametrize(
    ("model_id", "fields"),
    [
        ("flux-2-pro", FLUX_2),
        ("flux-2-max", FLUX_2),
        ("flux-2-klein-4b", FLUX_2),
        ("flux-2-flex", FLUX_2 | {"steps": 50, "guidance": 7.5}),
        ("flux-3-image", {"aspect_ratio": "16:9", "resolution": "1k"}),
        ("flux-pro-1.1", FLUX_1),
        ("flux-dev", FLUX_1 | {"steps": 50, "guidance": 5}),
        ("flux-pro-1.1-ultra", BY_RATIO),
        ("flux-kontext-max", BY_RATIO),
    ],
)
def test_each_model_gets_the_fields_that_it_knows(
    caller: Caller, model_id: str, fields: dict[str, Any]
) -> None:
    made = caller.adapter(model_id=model_id)
    result = made.generate(ImageRequest(PROMPT, **EVERYTHING))  # type: ignore[arg-type]
    [call] = caller.fakes.charged
    assert call.body == {"prompt": FOLDED, **fields}
    assert result.prompt_sent == FOLDED
    assert shows(result.content, model_id, FOLDED)


def test_what_became_of_each_parameter_is_told(caller: Caller) -> None:
    made = caller.adapter(model_id="flux-2-flex")
    result = made.generate(ImageRequest(PROMPT, **EVERYTHING))  # type: ignore[arg-type]
    folded, size = "a sentence in the prompt", "width 1360, height 768"
    assert result.parameters == {
        "negativePrompt": {"fate": "translated", "value": "rain", "sent": folded},
        "aspectRatio": {"fate": "translated", "value": "16:9", "sent": size},
        "steps": {"fate": "translated", "value": 80, "sent": "steps 50"},
        "guidance": {"fate": "applied", "value": 7.5},
        "seed": {"fate": "applied", "value": 11},
    }


def test_steps_are_said_to_be_ignored_where_a_model_has_none(caller: Caller) -> None:
    fates = caller.draw(**EVERYTHING).parameters
    assert {fates["steps"]["fate"], fates["guidance"]["fate"]} == {"ignored"}


def test_the_seed_is_the_providers_where_it_tells_one(caller: Caller) -> None:
    caller.plan(changed("result", seed=4242), stage="poll")
    assert caller.draw(seed=7).seed == 4242
    caller.plan(changed("result", seed=None), stage="poll")
    assert caller.draw(seed=7).seed == 7


def test_a_prompt_that_the_provider_rewrote_is_told(caller: Caller) -> None:
    caller.plan(changed("result", prompt="A russet fox"), stage="poll")
    assert caller.draw().revised_prompt == "A russet fox"


@pytest.mark.parametrize(
    ("credits", "micros"), [(1.4, 14_000), (7, 70_000), (None, None), ("3", None), (-1, None)]
)
def test_the_cost_is_counted_from_credits(
    caller: Caller, credits: object, micros: int | None
) -> None:
    caller.plan(changed(cost=credits))
    assert caller.draw().cost_micros == micros


# Refused orders


@pytest.mark.parametrize(
    ("status", "kind", "uncharged"),
    [
        (400, InvalidRequest, True),
        (401, InvalidKey, True),
        (402, NoCredit, True),
        (403, InvalidKey, True),
        (404, ModelGone, True),
        (422, InvalidRequest, True),
        (429, RateLimited, True),
        (451, Moderated, True),
        (500, ProviderError, False),
        (502, ProviderError, False),
        (503, Unavailable, True),
        (504, ProviderError, False),
    ],
)
def test_each_status_means_what_it_means_here(
    caller: Caller, status: int, kind: type[ProviderError], uncharged: bool
) -> None:
    caller.plan(behaviours.status(status, message="as ordered"))
    error = caller.failure()
    assert type(error) is kind
    assert error.uncharged is uncharged
    assert error.status == status
    assert "as ordered" in error.detail
    assert stages(caller) == ["image"]


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("bad_key", InvalidKey),
        ("no_credit", NoCredit),
        ("model_gone", ModelGone),
        ("invalid_request", InvalidRequest),
        ("rate_limited", RateLimited),
    ],
)
def test_every_documented_form_of_a_refusal_is_read(
    caller: Caller, reason: str, kind: type[ProviderError]
) -> None:
    for form in caller.forms(reason):
        caller.plan(getattr(behaviours, reason)(form=form), times=1)
        error = caller.failure()
        assert type(error) is kind, form
        assert error.detail, form


def test_an_older_error_body_is_read_too(caller: Caller) -> None:
    caller.plan(behaviours.no_credit("error and message"))
    assert "Insufficient credits" in caller.failure().detail


def test_a_refused_field_is_not_taken_for_moderation(caller: Caller) -> None:
    entry = {"loc": ["body", "prompt"], "msg": "too long", "input": "road safety, moderately"}
    caller.plan(answered({"detail": [entry]}, 422))
    error = caller.failure()
    assert type(error) is InvalidRequest
    assert error.uncharged


@pytest.mark.parametrize(("told", "wait"), [(None, 5), (9, 9)])
def test_too_many_tasks_mean_a_wait(caller: Caller, told: float | None, wait: float) -> None:
    caller.plan(behaviours.rate_limited(told))
    error = caller.failure()
    assert type(error) is RateLimited
    assert error.retry_after == wait
