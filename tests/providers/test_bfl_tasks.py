"""Black Forest Labs: what becomes of a task, and what is made of trouble on the way."""

import pytest

from providers import polling
from providers.adapters.bfl import BlackForestLabs
from providers.errors import (
    InvalidKey,
    InvalidRequest,
    InvalidResponse,
    Moderated,
    NoCredit,
    ProviderError,
    TimedOut,
)
from tests.fakes import behaviours, shows
from tests.fakes.behaviours import Behaviour
from tests.providers.changes import answered
from tests.providers.drawing import PROMPT, Caller, Meet

TROUBLE = {"detail": "as told"}
NOT_THERE = answered(TROUBLE, 404)


@pytest.fixture
def caller(meet: Meet, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """One who asks again without much of a pause."""
    monkeypatch.setattr(polling, "SHORTEST_PAUSE", 0.02)
    monkeypatch.setattr(polling, "LONGEST_PAUSE", 0.05)
    return meet("bfl")


def stages(caller: Caller) -> list[str]:
    return [call.stage for call in caller.fakes.traffic]


# Its end


@pytest.mark.parametrize("form", ["Request Moderated", "Content Moderated"])
def test_a_moderated_task_says_why(caller: Caller, form: str) -> None:
    caller.plan(behaviours.moderated(form))
    error = caller.failure()
    assert type(error) is Moderated
    assert error.public_message.endswith("(Violence).")
    assert form in error.detail
    assert not error.uncharged
    assert error.request_id == caller.fakes.ledger[0].request_id


@pytest.mark.parametrize(
    "details",
    [None, [], {"Moderation Reasons": None}, {"Moderation Reasons": [1, "https://x.example"]}],
)
def test_moderation_without_good_reasons_says_none(caller: Caller, details: object) -> None:
    told = {"status": "Content Moderated", "details": details}
    caller.plan(answered(told), stage="poll")
    message = caller.failure().public_message
    assert message == "The provider's content filter held the finished picture back."


@pytest.mark.parametrize("form", ["Error", "Failed", "Task not found"])
def test_a_task_that_fails_may_have_been_billed(caller: Caller, form: str) -> None:
    caller.plan(behaviours.task_failed(form))
    error = caller.failure()
    assert type(error) is ProviderError
    assert form in error.detail
    assert not error.uncharged
    assert not error.transient


@pytest.mark.parametrize(
    "doubt",
    [behaviours.poll_status("Task not found"), answered(TROUBLE, 404), behaviours.html_200()],
)
def test_a_cluster_that_does_not_know_the_task_yet_is_given_a_moment(
    caller: Caller, doubt: Behaviour
) -> None:
    caller.plan(doubt, stage="poll", times=3)
    assert shows(caller.draw().content, "flux-2-pro", PROMPT)


@pytest.mark.parametrize(
    ("doubt", "kind"),
    [(NOT_THERE, ProviderError), (behaviours.not_json(), InvalidResponse)],
)
def test_a_doubt_that_lasts_ends_the_task(
    caller: Caller, doubt: Behaviour, kind: type[ProviderError]
) -> None:
    caller.plan(doubt, stage="poll")
    error = caller.failure()
    assert type(error) is kind
    assert not error.uncharged
    assert stages(caller).count("poll") == 4


@pytest.mark.parametrize("status", ["Pending", "Reasoning", "Generating", "Queued in 2031"])
def test_any_other_status_means_to_wait(caller: Caller, status: str) -> None:
    caller.plan(behaviours.poll_status(status), stage="poll", times=6)
    assert shows(caller.draw().content, "flux-2-pro", PROMPT)


@pytest.mark.parametrize(
    "trouble",
    [
        *(answered(TROUBLE, status) for status in (408, 429, 500, 502, 503, 504)),
        behaviours.rate_limited(3600),
        behaviours.bad_gateway_html(),
        behaviours.reset_before_answer(),
        behaviours.close_before_answer(),
        behaviours.half_body(),
    ],
    ids=lambda trouble: trouble.name,
)
def test_trouble_while_asking_is_passed_over(caller: Caller, trouble: Behaviour) -> None:
    caller.plan(trouble, stage="poll", times=5)
    assert shows(caller.draw().content, "flux-2-pro", PROMPT)
    assert len(caller.fakes.charged) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, InvalidRequest), (401, InvalidKey), (402, NoCredit), (403, InvalidKey)],
)
def test_a_refusal_while_asking_does_not_prove_that_nothing_was_billed(
    caller: Caller, status: int, kind: type[ProviderError]
) -> None:
    caller.plan(answered(TROUBLE, status), stage="poll")
    error = caller.failure()
    assert type(error) is kind
    assert not error.uncharged
    assert error.request_id == caller.fakes.ledger[0].request_id


@pytest.mark.parametrize("status", ["Pending", "Queued in 2031"])
def test_a_task_that_never_ends_times_out_and_may_have_been_billed(
    caller: Caller, status: str
) -> None:
    caller.plan(behaviours.poll_status(status), stage="poll")
    error = caller.failure(timeout=1)
    assert type(error) is TimedOut
    assert not error.uncharged
    assert error.request_id == caller.fakes.ledger[0].request_id


@pytest.mark.parametrize("slow", [behaviours.hang(), behaviours.drip("body")])
def test_an_answer_that_never_ends_times_out(caller: Caller, slow: Behaviour) -> None:
    caller.plan(slow, stage="poll")
    error = caller.failure(timeout=1)
    assert type(error) is TimedOut
    assert not error.uncharged


def test_the_pauses_grow_from_half_a_second_to_two(
    meet: Meet, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = meet("bfl")
    caller.plan(behaviours.poll_status("Pending"), stage="poll", times=12)
    pauses: list[float] = []
    monkeypatch.setattr(BlackForestLabs, "wait", lambda self, seconds: pauses.append(seconds))
    caller.draw()
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[11]) == (0.5, 2.0)


# The picture


@pytest.mark.parametrize("sample", [None, "", 5, ["https://x.example"]])
def test_a_task_that_is_ready_without_a_picture_is_unreadable(
    caller: Caller, sample: object
) -> None:
    told = {"status": "Ready", "result": {"sample": sample}}
    caller.plan(answered(told), stage="poll")
    error = caller.failure()
    assert type(error) is InvalidResponse
    assert error.public_message == "The provider answered without a picture."


def test_a_download_that_breaks_off_is_tried_again(caller: Caller) -> None:
    caller.plan(behaviours.half_body(), stage="download", times=2)
    assert shows(caller.draw().content, "flux-2-pro", PROMPT)
    assert len(caller.fakes.charged) == 1


def test_a_picture_that_is_gone_was_paid_for_all_the_same(caller: Caller) -> None:
    caller.plan(behaviours.status(404), stage="download")
    error = caller.failure()
    assert type(error) is InvalidResponse
    assert not error.uncharged
    assert error.request_id == caller.fakes.ledger[0].request_id
