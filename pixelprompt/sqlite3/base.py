"""Writers of one process pass a turn on to each other, and threads share connections.

SQLite lets one transaction write at a time and has no queue: who finds the database busy sleeps,
looks again, and sleeps longer. With twenty threads most of the time goes by in such sleep. Here the
end of one transaction wakes the next. Other processes are kept apart by SQLite as ever.

A connection that is closed is kept open for the next thread that needs one, so that a thread that
waits for a provider holds none. Each takes up to 5 MB, for pages and statements, so more than MOST
are opened only for those who have waited in vain for one.
"""

import atexit
import threading
from collections import defaultdict, deque
from contextlib import ExitStack
from queue import Empty, SimpleQueue
from typing import Any

from django.db.backends.sqlite3 import base

PATIENCE = 20.0  # seconds; then SQLite decides, and says that the database is locked
MOST = 8  # connections
HAND_OVER = 5.0  # seconds; then a thread opens one more of its own


def free_places(count: int) -> "SimpleQueue[None]":
    """As many entries as there are free places. Of what threads wait at, this alone may be filled
    by a destructor, which can run in the midst of the same thread's waiting."""
    places: SimpleQueue[None] = SimpleQueue()
    for _ in range(count):
        places.put(None)
    return places


turns: "defaultdict[str, threading.Lock]" = defaultdict(threading.Lock)
places: "defaultdict[str, SimpleQueue[None]]" = defaultdict(lambda: free_places(MOST))
resting: defaultdict[str, deque[Any]] = defaultdict(deque)


class Place:
    """One of the MOST places for a connection, or none after a wait in vain. It is free again when
    nobody refers to it: a thread may end without closing what it opened."""

    def __init__(self, places: "SimpleQueue[None]") -> None:
        self._places: SimpleQueue[None] | None = places
        try:
            places.get(timeout=HAND_OVER)
        except Empty:
            self._places = None

    def __del__(self) -> None:
        if self._places is not None:
            self._places.put(None)


class DatabaseWrapper(base.DatabaseWrapper):
    _turn: "threading.Lock | None" = None
    _place: "Place | None" = None

    @property
    def _file(self) -> str:
        return str(self.settings_dict["NAME"])

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._place = Place(places[self._file])
        try:
            return resting[self._file].pop()
        except IndexError:
            return super().get_new_connection(conn_params)

    def _start_transaction_under_autocommit(self) -> None:
        turn = turns[self._file]
        if turn.acquire(timeout=PATIENCE):
            self._turn = turn
        with ExitStack() as unless_begun:  # a turn that is kept would stop all writers
            unless_begun.callback(self._pass_on)
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
            unless_begun.pop_all()

    def _pass_on(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.release()

    def _commit(self) -> Any:
        super()._commit()  # type: ignore[misc]
        self._pass_on()  # one that failed is rolled back

    def _rollback(self) -> Any:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._pass_on()

    def _close(self) -> Any:
        others, sound = resting[self._file], not self.errors_occurred
        try:
            if sound and len(others) < MOST and not self.connection.in_transaction:
                others.append(self.connection)
            else:
                super()._close()  # type: ignore[misc]
        finally:
            self._place = None
            self._pass_on()


@atexit.register
def close_all() -> None:
    """Close what rests."""
    for connections in resting.values():
        while connections:
            connections.pop().close()
