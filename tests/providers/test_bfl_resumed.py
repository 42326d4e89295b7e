"""Black Forest Labs: an order outlives the worker that placed it, and shows nobody else the key."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from providers import polling
from providers.adapters.bfl import BlackForestLabs
from providers.errors import InvalidResponse, NotAllowed, ProviderError
from providers.messages import Account, ImageRequest
from providers.transport import Transport
from tests.fakes import behaviours, shows
from tests.providers.changes import changed
from tests.providers.drawing import PROMPT, Caller, Meet
from tests.providers.servers import HERE, Server, message, says


@pytest.fixture
def caller(meet: Meet, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """One who asks again without much of a pause."""
    monkeypatch.setattr(polling, "SHORTEST_PAUSE", 0.02)
    monkeypatch.setattr(polling, "LONGEST_PAUSE", 0.05)
    return meet("bfl")


def adapter(
    caller: Caller,
    *,
    task: str = "",
    on_task: Callable[[str], None] = lambda task: None,
    timeout: float = 20,
) -> BlackForestLabs:
    account = Account("bfl", key=caller.key, base_url=caller.base_url)
    transport = Transport(timeout=timeout, private_hosts=HERE)
    return BlackForestLabs(account, "flux-2-pro", transport, task=task, on_task=on_task)


def resume(caller: Caller, task: str, timeout: float = 20) -> Callable[[], object]:
    return lambda: adapter(caller, task=task, timeout=timeout).generate(ImageRequest(PROMPT))


def stages(caller: Caller) -> list[str]:
    return [call.stage for call in caller.fakes.traffic]


# After a crash


def test_the_task_is_told_before_it_is_asked_for(caller: Caller) -> None:
    seen: list[tuple[str, list[str]]] = []
    made = adapter(caller, on_task=lambda task: seen.append((task, stages(caller))))
    made.generate(ImageRequest(PROMPT))
    [(task, so_far)] = seen
    assert task.startswith(f"{caller.fakes.root}/bfl/cluster-eu2/v1/get_result?id=")
    assert so_far == ["image"]


def test_a_task_is_taken_up_without_another_order(caller: Caller) -> None:
    tasks: list[str] = []
    asked = ImageRequest(PROMPT, seed=5, aspect_ratio="3:2")
    first = adapter(caller, on_task=tasks.append).generate(asked)
    again = adapter(caller, task=tasks[0], on_task=tasks.append).generate(asked)
    assert again == replace(first, cost_micros=None)
    assert stages(caller).count("image") == 1
    assert len(tasks) == 1


def test_a_worker_that_dies_after_the_order_loses_nothing(caller: Caller) -> None:
    tasks: list[str] = []

    def die(task: str) -> None:
        tasks.append(task)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        adapter(caller, on_task=die).generate(ImageRequest(PROMPT))
    result = adapter(caller, task=tasks[0]).generate(ImageRequest(PROMPT))
    assert shows(result.content, "flux-2-pro", PROMPT)
    assert len(caller.fakes.charged) == 1


def test_a_task_that_was_tampered_with_is_not_asked_for(caller: Caller) -> None:
    with Server(says(message(b"{}"))) as elsewhere:
        error = caller.error_of(resume(caller, elsewhere.url("/v1/get_result?id=1")))
    assert type(error) is InvalidResponse
    assert not error.uncharged
    assert elsewhere.requests == []
    assert caller.fakes.traffic == []


def test_a_lost_task_may_have_been_billed(caller: Caller) -> None:
    task = f"{caller.base_url}/cluster-eu2/v1/get_result?id=long-gone"
    error = caller.error_of(resume(caller, task))
    assert type(error) is ProviderError
    assert not error.uncharged
    assert error.request_id == "long-gone"
    assert stages(caller) == ["poll"] * 4


# Where the key may go


def test_an_order_that_leads_elsewhere_is_not_followed(caller: Caller) -> None:
    tasks: list[str] = []
    with Server(says(message(b"{}"))) as elsewhere:
        caller.plan(behaviours.polling_url(elsewhere.url("/v1/get_result?id=1")))
        made = adapter(caller, on_task=tasks.append)
        error = caller.error_of(lambda: made.generate(ImageRequest(PROMPT)))
    assert type(error) is InvalidResponse
    assert not error.uncharged
    assert error.request_id == caller.fakes.ledger[0].request_id
    assert elsewhere.requests == []
    assert tasks == []


@pytest.mark.parametrize("address", [None, "", 7, ["https://api.bfl.ai"], "x" * 2000])
def test_an_order_without_an_address_to_ask_at_may_have_been_billed(
    caller: Caller, address: object
) -> None:
    caller.plan(changed(polling_url=address))
    error = caller.failure()
    assert type(error) is InvalidResponse
    assert not error.uncharged


def test_a_redirect_is_not_followed_with_the_key(caller: Caller) -> None:
    with Server(says(message(b"{}"))) as elsewhere:
        caller.plan(behaviours.redirect(elsewhere.url("/")), stage="poll")
        error = caller.failure()
    assert type(error) is ProviderError
    assert not error.uncharged
    assert elsewhere.requests == []


def test_no_picture_is_fetched_from_a_forbidden_address(caller: Caller) -> None:
    caller.plan(behaviours.result_url("http://169.254.169.254/latest/meta-data"))
    error = caller.failure()
    assert type(error) is NotAllowed
    assert not error.uncharged
