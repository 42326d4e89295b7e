"""Failpoints: places between two commits where a fault test kills or stops this process.

`PIXELPROMPT_FAILPOINT=after-claim:3` kills it without warning when it comes to `after-claim` for
the third time; `after-claim:3:stop` stops it there until it is told to continue. Where the
variable is not set, which is everywhere but in tests, a failpoint does nothing.
"""

import os
import threading
from dataclasses import dataclass, field
from signal import SIGKILL, SIGSTOP, Signals, pthread_kill
from typing import Self


@dataclass(slots=True)
class Failpoint:
    """What happens at one named place, and at which arrival."""

    name: str
    left: int = 1
    signal: Signals = SIGKILL
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """`name`, `name:hit` or `name:hit:stop`; nothing for an empty text."""
        name, hit, how = [*text.split(":"), "", ""][:3]
        if not name:
            return None
        return cls(name, int(hit or 1), SIGSTOP if how == "stop" else SIGKILL)

    def arrive(self) -> None:
        with self._lock:
            self.left -= 1
            if self.left == 0:
                # To this thread: another one would take the signal while this one went on.
                pthread_kill(threading.get_ident(), self.signal)


armed = Failpoint.parse(os.environ.get("PIXELPROMPT_FAILPOINT", ""))


def failpoint(name: str) -> None:
    """The process may end here."""
    if armed is not None and armed.name == name:
        armed.arrive()
