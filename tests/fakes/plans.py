"""Which of the next calls shall misbehave, and which shall take their time."""

import threading
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True, eq=False)
class Plan:
    """`what` happens to calls that match every field that is not None."""

    what: Any
    stage: str
    kind: str | None = None
    flavour: str | None = None
    model: str | None = None
    prompt: str | None = None
    left: int | None = None

    def matches(self, stage: str, kind: str, flavour: str, model: str, prompt: str) -> bool:
        return (
            stage == self.stage
            and self.kind in (None, kind)
            and self.flavour in (None, flavour)
            and self.model in (None, model)
            and self.prompt in (None, prompt)
        )


class PlanBook:
    """Plans, newest first. A plan with `left` is used up after that many calls."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._plans: list[Plan] = []

    def add(self, plan: Plan) -> None:
        with self._lock:
            self._plans.insert(0, plan)

    def take(self, *, stage: str, kind: str, flavour: str, model: str, prompt: str) -> Any:
        """What the newest matching plan says, or None."""
        with self._lock:
            for plan in self._plans:
                if plan.matches(stage, kind, flavour, model, prompt):
                    self._use(plan)
                    return plan.what
        return None

    def _use(self, plan: Plan) -> None:
        if plan.left is None:
            return
        plan.left -= 1
        if plan.left <= 0:
            self._plans.remove(plan)
