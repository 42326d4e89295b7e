"""Every adapter keeps the contract."""

import pytest

from providers.kinds import CHAT_KINDS, DEMO, KINDS
from providers.registry import ADAPTERS
from tests.providers.chat_contract import ChatContract
from tests.providers.contract import AdapterContract
from tests.providers.drawing import CHATS, SUBJECTS


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
class TestEveryAdapter(AdapterContract):
    pass


@pytest.mark.parametrize("subject", CHATS, ids=str)
class TestEveryChat(ChatContract):
    pass


def test_no_adapter_is_left_out() -> None:
    assert {subject.kind for subject in SUBJECTS} | {DEMO} == set(ADAPTERS) == set(KINDS)
    assert {subject.kind for subject in CHATS} == set(CHAT_KINDS)
