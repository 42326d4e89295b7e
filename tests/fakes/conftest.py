"""One server for a module's tests, begun anew for each."""

from collections.abc import Iterator

import pytest

from tests.fakes import FakeProviders


@pytest.fixture(scope="module")
def running() -> Iterator[FakeProviders]:
    with FakeProviders() as server:
        yield server


@pytest.fixture
def fakes(running: FakeProviders) -> FakeProviders:
    running.reset()
    return running
