"""What every adapter owes us when something goes wrong."""

import time

import pytest

from providers import polling
from providers.errors import (
    NotAllowed,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
    Unreachable,
)
from providers.transport import PrivateHosts
from tests.fakes import behaviours
from tests.fakes.behaviours import Behaviour
from tests.providers.drawing import NOWHERE, Caller, WithFakes
from tests.providers.mutations import Recorder, mutants
from tests.providers.troubles import (
    BROKEN_PICTURES,
    DOCUMENTED,
    LOST,
    MAYBE_BILLED,
    SLOW,
    UNREADABLE,
    each,
)

PATIENCE = 15


class FailureContract(WithFakes):
    """A part of `AdapterContract`."""

    # Refusals

    @pytest.mark.parametrize("reason", DOCUMENTED)
    def test_every_documented_refusal_is_understood(self, caller: Caller, reason: str) -> None:
        for form in caller.forms(reason):
            caller.plan(getattr(behaviours, reason)(form=form), times=1)
            error = caller.failure()
            assert type(error) is DOCUMENTED[reason], form
            assert error.request_id in ("", caller.fakes.ledger[-1].request_id)

    @pytest.mark.parametrize("how", ["seconds", "date", "ms"])
    def test_the_wait_that_a_provider_asks_for_is_told(self, caller: Caller, how: str) -> None:
        caller.plan(behaviours.rate_limited(40, how))
        error = caller.failure()
        assert type(error) is RateLimited
        assert error.retry_after is not None
        assert 30 <= error.retry_after <= 41
        assert error.transient
        assert error.uncharged

    @pytest.mark.parametrize("wish", ["soon", "-5", "99999999999", "nan", ""])
    def test_an_absurd_wait_is_bounded(self, caller: Caller, wish: str) -> None:
        caller.plan(behaviours.rate_limited(wish))
        error = caller.failure()
        assert type(error) is RateLimited
        assert error.retry_after is None or 0 <= error.retry_after <= 86400

    def test_only_a_503_is_proven_to_cost_nothing(self, caller: Caller) -> None:
        caller.plan(behaviours.server_error(503), times=1)
        error = caller.failure()
        assert type(error) is Unavailable
        assert error.transient
        assert error.uncharged

    @pytest.mark.parametrize("status", MAYBE_BILLED)
    def test_other_troubles_of_a_provider_may_have_been_billed(
        self, caller: Caller, status: int
    ) -> None:
        caller.plan(behaviours.error_after_charge(status))
        error = caller.failure()
        assert type(error) is ProviderError
        assert not error.uncharged
        assert error.status == status

    def test_a_gateway_may_answer_in_html(self, caller: Caller) -> None:
        caller.plan(behaviours.bad_gateway_html())
        assert type(caller.failure()) is ProviderError

    def test_an_answer_without_a_picture_may_have_been_billed(self, caller: Caller) -> None:
        for form in caller.forms("no_picture"):
            caller.plan(behaviours.no_picture(form), times=1)
            error = caller.failure()
            assert error.code in ("INVALID_RESPONSE", "PROVIDER_ERROR"), form
            assert not error.uncharged

    # The network

    def test_a_provider_that_cannot_be_reached_has_sold_nothing(self, caller: Caller) -> None:
        error = caller.failure(base_url=NOWHERE)
        assert type(error) is Unreachable
        assert error.transient
        assert error.uncharged

    def test_a_private_address_is_called_only_where_it_is_listed(self, caller: Caller) -> None:
        error = caller.failure(private_hosts=PrivateHosts())
        assert type(error) is NotAllowed
        assert error.uncharged
        assert caller.fakes.traffic == []

    @each("behaviour", LOST)
    def test_contact_that_breaks_off_leaves_the_outcome_unknown(
        self, caller: Caller, behaviour: Behaviour
    ) -> None:
        caller.plan(behaviour)
        error = caller.failure()
        assert type(error) is OutcomeUnknown
        assert not error.uncharged

    @each("behaviour", SLOW)
    def test_the_deadline_holds(self, caller: Caller, behaviour: Behaviour) -> None:
        caller.plan(behaviour)
        started = time.monotonic()
        error = caller.failure(timeout=caller.subject.short)
        assert time.monotonic() - started < PATIENCE
        assert type(error) is OutcomeUnknown
        assert not error.uncharged

    # Answers that cannot be read

    @each("behaviour", UNREADABLE)
    def test_an_unreadable_answer_is_no_crash(self, caller: Caller, behaviour: Behaviour) -> None:
        caller.plan(behaviour)
        assert not caller.failure().uncharged

    @pytest.mark.parametrize("stage", ["image", "poll"])
    def test_a_wrong_part_of_an_answer_is_no_crash(
        self, caller: Caller, stage: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Only some providers are polled; of the others there is no such answer to change."""
        monkeypatch.setattr(polling, "SHORTEST_PAUSE", 0.01)
        recorder = Recorder()
        caller.plan(recorder.behaviour(), stage)
        caller.draw()
        for mutant in mutants(recorder.answer):
            caller.plan(mutant, stage, times=1)
            caller.survives(mutant.name)

    @each("behaviour", BROKEN_PICTURES)
    def test_a_broken_picture_is_handed_on_or_refused(
        self, caller: Caller, behaviour: Behaviour
    ) -> None:
        caller.plan(behaviour)
        caller.survives(behaviour.name)
