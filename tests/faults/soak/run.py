"""One soak: a team's installation, visitors, and a course of faults; then the judge."""

import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.fakes import FakeProviders
from tests.faults import databases
from tests.faults.parts import Parts
from tests.faults.soak.course import SHARE, TROUBLES, course
from tests.faults.soak.gauges import Gauges
from tests.faults.soak.timed import TimedClients
from tests.faults.visitors import visitors
from tests.support import until

LOCAL = [f"m-{number}" for number in range(1, 9)]
MODELS = [*LOCAL, "bfl:flux-2-pro"]
AWAY = 2.0  # seconds for which a service is not there
DELAY = 1.0  # seconds that the first model takes; the second takes twice as long, and so on
IN_EARNEST: Mapping[str, Any] = {"LEASE": "30", "SWEEP": "5", "BELL_PAUSE": "30"}
OPEN = "SELECT count(*) FROM generation_result WHERE state IN ('pending', 'in_progress')"
PATIENCE = 330.0  # a deadline and a lease


class Soak:
    """`visitors` order a job for nine models each, and the next one when it is over."""

    def __init__(self, stack: ExitStack, place: Path, seed: int) -> None:
        self.fakes = stack.enter_context(FakeProviders())
        self.seed = seed
        self.faults: Counter[str] = Counter()
        self.troubles: Counter[str] = Counter()
        for number, model in enumerate(LOCAL, start=1):
            self.fakes.delay(number * DELAY, model=model)
        self.parts = Parts(
            stack, place, self.fakes, MODELS, threads=64, clients=TimedClients, away=AWAY,
            **IN_EARNEST,
        )  # fmt: skip
        self.team = self.parts.team

    @property
    def clients(self) -> TimedClients:
        assert isinstance(self.team.clients, TimedClients)
        return self.team.clients

    def prompt(self, who: int, turn: int) -> str:
        """The next order, some of whose calls will meet trouble."""
        prompt = f"visitor {who}, order {turn}"
        dice = random.Random(f"{self.seed} {prompt}")
        for model in LOCAL:
            if dice.random() < SHARE:
                trouble = dice.choice(TROUBLES)
                self.troubles[trouble.name] += 1
                self.fakes.plan(trouble, model=model, prompt=prompt, times=1)
        return prompt

    def processes(self) -> Mapping[str, int]:
        left_alone, killed = self.team.workers
        return {
            "server": self.team.server.pid,
            "worker, left alone": left_alone.pid,
            "worker, killed": killed.pid,
            "Redis": self.parts.redis.running.pid,
            "PostgreSQL": self.parts.database.pid,
        }

    def run(self, seconds: float, number: int) -> tuple[Gauges, float]:
        """Everything has ended when this returns."""
        self.team.install()
        gauges = Gauges(self.team.database, self.parts.redis.url, self.processes)
        with gauges:
            began = time.monotonic()
            with visitors(self.clients, number, self.prompt):
                self.break_things(seconds)
            lasted = time.monotonic() - began
            until(self.open_results, lambda left: left == 0, PATIENCE)
        return gauges, lasted

    def open_results(self) -> int:
        [[(count,)]] = databases.select(self.team.database, OPEN)
        return int(count)

    def break_things(self, seconds: float) -> None:
        restarts: Mapping[str, Callable[[], object]] = {
            **self.parts.restarts,
            "a worker killed": lambda: self.team.restart_worker(1, kill=True),
            "a worker stopped": lambda: self.team.restart_worker(1, kill=False),
        }
        began = time.monotonic()
        for fault in course(random.Random(self.seed), seconds):
            time.sleep(max(0.0, began + fault.at - time.monotonic()))
            print(f"{time.monotonic() - began:6.0f} s  {fault.what}", flush=True)
            restarts[fault.what]()
            self.faults[fault.what] += 1
        time.sleep(max(0.0, began + seconds - time.monotonic()))
