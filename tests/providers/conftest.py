"""What the tests of adapters share."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.fakes import FakeProviders
from tests.providers.drawing import NAMED, Caller, Meet, logged


@pytest.fixture
def meet(fakes: FakeProviders, caplog: pytest.LogCaptureFixture) -> Iterator[Meet]:
    """Makes a caller of a kind or accent, with these options besides its own.

    Afterwards no provider has anything to complain about, and no key is in a log line.
    """
    caplog.set_level(logging.DEBUG)
    callers = []

    def meet(name: str, /, **options: Any) -> Caller:
        subject = NAMED[name]
        known = replace(subject, options={**subject.options, **options})
        callers.append(Caller(fakes, known))
        return callers[-1]

    yield meet
    assert fakes.complaints == []
    for caller in callers:
        caller.is_silent_on_the_key(logged(caplog))
