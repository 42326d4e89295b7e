"""Looking at things that may hang, without hanging."""

import threading
import time
from collections.abc import Mapping

from django.db import connections

from generation.readiness import Check

PATIENCE = 2.0  # seconds that a look may take before it counts as failed
GIVEN_UP = 30.0  # seconds after which a look that hangs is left to itself, and a new one taken


class Look:
    """One look, in a thread of its own."""

    def __init__(self, check: Check) -> None:
        self.check = check
        self.began = time.monotonic()
        self.over = threading.Event()
        self.problem = "This could not be checked. The log says why."
        threading.Thread(target=self._look, name="look", daemon=True).start()

    def _look(self) -> None:
        try:
            self.problem = self.check.problem()
        finally:
            self.over.set()
            connections.close_all()

    @property
    def age(self) -> float:
        return time.monotonic() - self.began

    @property
    def stale(self) -> bool:
        return self.age > (self.check.kept if self.over.is_set() else GIVEN_UP)

    def found(self) -> str:
        """The problem, or "" for none; at most PATIENCE seconds after the look began."""
        if self.over.wait(max(0.0, PATIENCE - self.age)):
            return self.problem
        return f"This did not answer within {PATIENCE:g} seconds."


class Watch:
    """The latest look at each of some things. Who asks often is told what was found before."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self.checks = checks
        self.looks: dict[str, Look] = {}
        self.lock = threading.Lock()

    def problems(self) -> dict[str, str]:
        """What is found now, by name. All of them are looked at at once."""
        looks = {name: self._look(name) for name in self.checks}
        return {name: look.found() for name, look in looks.items()}

    def _look(self, name: str) -> Look:
        with self.lock:
            look = self.looks.get(name)
            if look is None or look.stale:
                look = self.looks[name] = Look(self.checks[name])
            return look
