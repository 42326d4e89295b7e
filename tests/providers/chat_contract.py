"""What every adapter that can chat owes us besides."""

import time

import pytest

from providers.errors import InvalidResponse, Moderated, OutcomeUnknown, ProviderError, Unreachable
from tests.fakes import behaviours
from tests.fakes.base import enhanced
from tests.fakes.behaviours import Behaviour
from tests.providers.contract import PROMPTS
from tests.providers.drawing import INSTRUCTIONS, NOWHERE, Caller, WithFakes, leaves
from tests.providers.failure_contract import PATIENCE
from tests.providers.mutations import Recorder, mutants
from tests.providers.troubles import DOCUMENTED, LOST, SLOW, UNREADABLE, each

TEXT = "text"
SAID = {
    "letters": "Füchse, 狐 🦊",
    "lines": "One.\n\nTwo.",
    "long": "fox " * 999 + "fox",
    "tags": "<script>alert(1)</script>",
}


class ChatContract(WithFakes):
    """Inherit, and parametrize `subject` with a language model."""

    @each("prompt", PROMPTS)
    def test_an_answer_comes_back_to_what_was_sent_unchanged(
        self, caller: Caller, prompt: str
    ) -> None:
        assert caller.chat(prompt) == enhanced(prompt).strip()
        [call] = caller.fakes.charged
        assert call.stage == TEXT
        assert call.model == caller.subject.model_id
        assert {INSTRUCTIONS, prompt} <= {leaf for leaf in leaves(call.body) if leaf}
        assert caller.fakes.complaints == []

    @each("words", SAID)
    def test_the_answer_is_what_was_said(self, caller: Caller, words: str) -> None:
        caller.plan(behaviours.says(f" {words}\n"), TEXT)
        assert caller.chat() == words

    def test_what_no_database_takes_is_left_out(self, caller: Caller) -> None:
        caller.plan(behaviours.says("a\0b\ud800c"), TEXT)
        assert caller.chat().encode() == b"ab?c"

    def test_a_refusal_may_have_been_billed(self, caller: Caller) -> None:
        for form in caller.forms("moderated", TEXT):
            caller.plan(behaviours.moderated(form), TEXT, times=1)
            error = caller.chat_failure()
            assert type(error) is Moderated, form
            assert not error.uncharged

    def test_an_answer_without_a_text_is_no_answer(self, caller: Caller) -> None:
        for form in caller.forms("no_text", TEXT):
            caller.plan(behaviours.no_text(form), TEXT, times=1)
            error = caller.chat_failure()
            assert type(error) is InvalidResponse, form
            assert error.request_id in ("", caller.fakes.ledger[-1].request_id)

    def test_an_answer_of_blanks_is_no_answer(self, caller: Caller) -> None:
        caller.plan(behaviours.says(" \n\t "), TEXT)
        assert type(caller.chat_failure()) is InvalidResponse

    @pytest.mark.parametrize("reason", [reason for reason in DOCUMENTED if reason != "moderated"])
    def test_every_documented_refusal_is_understood(self, caller: Caller, reason: str) -> None:
        for form in caller.forms(reason, TEXT):
            caller.plan(getattr(behaviours, reason)(form=form), TEXT, times=1)
            assert type(caller.chat_failure()) is DOCUMENTED[reason], form

    def test_a_providers_own_trouble_is_an_error(self, caller: Caller) -> None:
        caller.plan(behaviours.server_error(500), TEXT)
        assert type(caller.chat_failure()) is ProviderError

    def test_a_provider_that_cannot_be_reached_is_an_error(self, caller: Caller) -> None:
        assert type(caller.chat_failure(base_url=NOWHERE)) is Unreachable

    @each("behaviour", LOST)
    def test_contact_that_breaks_off_is_an_error(
        self, caller: Caller, behaviour: Behaviour
    ) -> None:
        caller.plan(behaviour, TEXT)
        assert type(caller.chat_failure()) is OutcomeUnknown

    @each("behaviour", SLOW)
    def test_the_deadline_holds(self, caller: Caller, behaviour: Behaviour) -> None:
        caller.plan(behaviour, TEXT)
        started = time.monotonic()
        assert type(caller.chat_failure(timeout=caller.subject.short)) is OutcomeUnknown
        assert time.monotonic() - started < PATIENCE

    @each("behaviour", UNREADABLE)
    def test_an_unreadable_answer_is_no_crash(self, caller: Caller, behaviour: Behaviour) -> None:
        caller.plan(behaviour, TEXT)
        assert not caller.chat_failure().uncharged

    def test_a_wrong_part_of_an_answer_is_no_crash(self, caller: Caller) -> None:
        recorder = Recorder()
        caller.plan(recorder.behaviour(), TEXT, times=1)
        caller.chat()
        for mutant in mutants(recorder.answer):
            caller.plan(mutant, TEXT, times=1)
            caller.survives_chat(mutant.name)

    def test_a_provider_that_repeats_our_key_is_not_quoted(self, caller: Caller) -> None:
        caller.plan(behaviours.echo_key(), TEXT)
        caller.chat_failure()
