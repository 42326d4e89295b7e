"""Writers on SQLite take turns, and threads hand their connections on."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from django.db import connection, connections, transaction

from pixelprompt.sqlite3 import base
from pixelprompt.sqlite3.base import resting
from providers.models import Provider

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.only_on("sqlite"),
]
LONG = 10  # seconds


class Writer:
    """A thread that begins a transaction, tells that it is in, and ends it as it is told."""

    def __init__(self, end: Any = None) -> None:
        self.inside, self.may_end = threading.Event(), threading.Event()
        self._end = end
        self._thread = threading.Thread(target=self._write)
        self._thread.start()

    def _write(self) -> None:
        try:
            with transaction.atomic():
                Provider.objects.create(name="written", kind="demo")
                self.inside.set()
                assert self.may_end.wait(LONG)
                if self._end is not None:
                    self._end()
        except Refused:
            pass
        finally:
            connections.close_all()

    def finish(self) -> None:
        self.may_end.set()
        self._thread.join(LONG)


class Refused(Exception):
    pass


def refuse() -> None:
    raise Refused


@pytest.mark.parametrize("end", [None, refuse, lambda: connection.close()])
def test_whoever_ends_a_transaction_lets_the_next_one_in(end: Any) -> None:
    first = Writer(end)
    assert first.inside.wait(LONG)
    second = Writer()
    assert not second.inside.wait(0.2)
    first.finish()
    assert second.inside.wait(LONG)
    second.finish()


def test_a_transaction_that_cannot_begin_passes_its_turn_on(monkeypatch: Any) -> None:
    with broken_begin(monkeypatch), pytest.raises(Refused), transaction.atomic():
        pass
    writer = Writer()
    assert writer.inside.wait(LONG)
    writer.finish()


@contextmanager
def broken_begin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr(
            "django.db.backends.sqlite3.base.DatabaseWrapper._start_transaction_under_autocommit",
            lambda self: refuse(),
        )
        yield


def test_a_writer_of_another_process_is_waited_for() -> None:
    file = connection.settings_dict["NAME"]
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        writer = Writer()
        assert not writer.inside.wait(0.2)
        other.execute("COMMIT")
        assert writer.inside.wait(LONG)
        writer.finish()


def test_a_closed_connection_serves_the_next_thread() -> None:
    connection.ensure_connection()
    ours = connection.connection
    connection.close()
    seen: list[object] = []

    def look() -> None:
        connection.ensure_connection()
        seen.append(connection.connection)
        connections.close_all()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join(LONG)
    assert seen == [ours]


def test_a_connection_that_met_an_error_or_is_in_a_transaction_is_not_handed_on() -> None:
    for spoil in (spoil_by_error, spoil_by_transaction):
        connection.ensure_connection()
        ours = connection.connection
        spoil()
        connection.close()
        assert ours not in resting[str(connection.settings_dict["NAME"])]


def spoil_by_error() -> None:
    connection.errors_occurred = True


def spoil_by_transaction() -> None:
    connection.connection.execute("BEGIN")


class Holder:
    """A thread that holds a connection until it is told to end, with or without closing it."""

    def __init__(self, *, closes: bool = True) -> None:
        self.has_one, self._may_end = threading.Event(), threading.Event()
        self._closes = closes
        self._thread = threading.Thread(target=self._hold)
        self._thread.start()

    def _hold(self) -> None:
        connection.ensure_connection()
        self.has_one.set()
        self._may_end.wait(LONG)
        if self._closes:
            connections.close_all()

    def finish(self) -> None:
        self._may_end.set()
        self._thread.join(LONG)


@pytest.fixture
def two_places(monkeypatch: pytest.MonkeyPatch) -> None:
    connections.close_all()
    file = str(connection.settings_dict["NAME"])
    monkeypatch.setitem(base.places, file, base.free_places(2))


@pytest.mark.usefixtures("two_places")
@pytest.mark.parametrize("closes", [True, False])
def test_who_finds_all_places_taken_waits_for_one(*, closes: bool) -> None:
    first, second = Holder(closes=closes), Holder()
    assert first.has_one.wait(LONG)
    assert second.has_one.wait(LONG)
    third = Holder()
    assert not third.has_one.wait(0.2)
    first.finish()
    assert third.has_one.wait(LONG)
    for holder in (second, third):
        holder.finish()


@pytest.mark.usefixtures("two_places")
def test_who_waits_in_vain_opens_one_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "HAND_OVER", 0.1)
    holders = [Holder() for _ in range(3)]
    assert all(holder.has_one.wait(LONG) for holder in holders)
    for holder in holders:
        holder.finish()
