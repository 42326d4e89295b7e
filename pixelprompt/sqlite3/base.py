"""Writers of one process pass a turn on to each other, and threads share connections.

SQLite lets one transaction write at a time and has no queue: who finds the database busy sleeps,
looks again, and sleeps longer. With twenty threads most of the time goes by in such sleep. Here the
end of one transaction wakes the next. Other processes are kept apart by SQLite as ever.

A connection that is closed is kept open for the next thread that needs one, so that a thread that
waits for a provider holds none: 2,000 of them would take a gigabyte.
"""

import atexit
import threading
from collections import defaultdict, deque
from typing import Any

from django.db.backends.sqlite3 import base

PATIENCE = 20.0  # seconds; then SQLite decides, and says that the database is locked
KEPT = 64  # connections; a thread more opens one of its own

turns: "defaultdict[str, threading.Lock]" = defaultdict(threading.Lock)
resting: defaultdict[str, deque[Any]] = defaultdict(deque)


class DatabaseWrapper(base.DatabaseWrapper):
    _turn: "threading.Lock | None" = None

    @property
    def _place(self) -> str:
        return str(self.settings_dict["NAME"])

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        try:
            return resting[self._place].pop()
        except IndexError:
            return super().get_new_connection(conn_params)

    def _start_transaction_under_autocommit(self) -> None:
        turn = turns[self._place]
        if turn.acquire(timeout=PATIENCE):
            self._turn = turn
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:  # whatever it was, a turn that is kept would stop all writers
            self._pass_on()
            raise

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
        others, sound = resting[self._place], not self.errors_occurred
        try:
            if sound and len(others) < KEPT and not self.connection.in_transaction:
                others.append(self.connection)
            else:
                super()._close()  # type: ignore[misc]
        finally:
            self._pass_on()


@atexit.register
def close_all() -> None:
    """Close what rests."""
    for connections in resting.values():
        while connections:
            connections.pop().close()
