"""From a bell to the claim after an idle pause, and what idling itself costs."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import database, machine
from benchmarks.brokers import ARRANGEMENTS
from benchmarks.figures import Figure
from benchmarks.installation import Installation, drawing

RUNS = 7
PAUSE = 2.0  # seconds without any work
GOALS = {"in process": "<= 5", "Redis": "<= 60", "RabbitMQ": "<= 20"}
WATCHED = 8.0  # seconds over which processor time is counted


def measure(provider_url: str) -> Iterator[Figure]:
    env = drawing(provider_url, models=1, size=1000, delay=0)
    for name, arrangement in ARRANGEMENTS.items():
        with (
            tempfile.TemporaryDirectory() as place,
            arrangement() as (url, broker),
            Installation(Path(place), env, database_url=url, broker=broker) as installation,
        ):
            installation.finish([installation.generate("warm up")])
            waits = []
            for _ in range(RUNS):
                time.sleep(PAUSE)
                (result,) = installation.finish([installation.generate()])
                waits.append((result.started - result.bell) * 1000)
            yield Figure(f"start of work after idling, {name}", "ms", waits, GOALS[name])
            database.wait_for_copies(installation.database_url)
            yield Figure(f"idle, {name}", "% of a core", [idling(installation)], "<= 3")


def idling(installation: Installation) -> float:
    """Processor time of all its processes, in percent of one core."""
    pids = [process.pid for process in installation.processes]
    before = sum(machine.cpu_of_tree(pid) for pid in pids)
    time.sleep(WATCHED)
    return 100 * (sum(machine.cpu_of_tree(pid) for pid in pids) - before) / WATCHED
