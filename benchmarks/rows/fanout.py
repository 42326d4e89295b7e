"""One job of many models: what we add to the provider's own time, until the last picture shows."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import bare
from benchmarks.brokers import ARRANGEMENTS
from benchmarks.figures import Figure
from benchmarks.installation import Installation, drawing

RUNS = 5
DELAY = 1000  # milliseconds
CASES = {(20, 100_000): "60", (20, 1_500_000): "150", (9, 100_000): "25", (1, 100_000): "15"}


def measure(provider_url: str) -> Iterator[Figure]:
    for (models, size), goal in CASES.items():
        names = ARRANGEMENTS if models == 20 and size == 100_000 else ["in process"]
        for name in names:
            yield case(provider_url, models, size, goal, name)


def case(provider_url: str, models: int, size: int, goal: str, arrangement: str) -> Figure:
    ours, limit = [], []
    env = drawing(provider_url, models=models, size=size, delay=DELAY)
    with (
        tempfile.TemporaryDirectory() as place,
        ARRANGEMENTS[arrangement]() as (url, broker),
        Installation(Path(place), env, database_url=url, broker=broker) as installation,
    ):
        installation.finish([installation.generate("warm up")])
        for _ in range(RUNS):
            time.sleep(0.5)
            sent = time.time()
            ended = max(times.finished for times in installation.finish([installation.generate()]))
            ours.append((ended - sent) * 1000 - DELAY)
            limit.append(bare.fan_out(provider_url, models=models, size=size, delay=DELAY) * 1000)
    name = f"fan-out, {models} models, {size / 1e6:g} MB, {arrangement}"
    return Figure(name, "ms over the provider", ours, f"<= {goal}", limit)
