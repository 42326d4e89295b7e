"""What happens between two resets."""

import threading

from tests.fakes.ledger import Ledger
from tests.fakes.plans import Plan, PlanBook


class Run:
    """Everything that `reset` throws away."""

    def __init__(self, delay: float) -> None:
        self.ledger = Ledger()
        self.behaviours = PlanBook()
        self.delays = PlanBook()
        self.over = threading.Event()
        self.gate = threading.Event()
        self.gate.set()
        self.held_after_charge = True
        if delay:
            self.delays.add(Plan(delay, "image"))

    def end(self) -> None:
        self.over.set()
        self.gate.set()

    def before_charge(self) -> None:
        if not self.held_after_charge:
            self.gate.wait()

    def after_charge(self, seconds: float) -> None:
        self.gate.wait()
        self.over.wait(seconds)
