"""Jobs of nine models at no delay, and how many calls one process holds at once."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks import bare, database, machine
from benchmarks.figures import Figure
from benchmarks.installation import Installation, drawing

JOBS = 60
SENDERS = 4
SIZE = 100_000  # bytes of a picture
AT_ONCE = 2000
CALL = 5000  # milliseconds
NO_LIMIT = "UPDATE providers_provider SET concurrency = NULL"


def measure(provider_url: str) -> Iterator[Figure]:
    bare_jobs = bare.pictures(provider_url, size=SIZE, count=200) / 9
    yield jobs(provider_url, "before display copies", ">= 40", [bare_jobs], copies=False)
    yield jobs(provider_url, "with display copies", ">= 4", (), copies=True)
    yield from in_flight(provider_url)


def jobs(
    provider_url: str, name: str, goal: str, limit: Sequence[float], *, copies: bool
) -> Figure:
    env = drawing(provider_url, models=9, size=SIZE, delay=0)
    with (
        tempfile.TemporaryDirectory() as place,
        Installation(Path(place), env) as installation,
    ):
        database.change(installation.database_url, NO_LIMIT)
        installation.finish([installation.generate("warm up")])
        database.wait_for_copies(installation.database_url)
        before = machine.cpu_seconds(installation.server)
        with ThreadPoolExecutor(SENDERS) as senders:
            sent = list(senders.map(installation.generate, ["measured"] * JOBS))
        installation.finish(sent)
        if copies:
            database.wait_for_copies(installation.database_url)
        rate = JOBS / (machine.cpu_seconds(installation.server) - before)
    return Figure(f"jobs of 9 models, {name}", "a second and core", [rate], goal, limit)


def in_flight(provider_url: str) -> Iterator[Figure]:
    env = drawing(provider_url, models=20, size=1000, delay=CALL)
    env |= {"WORKER_THREADS": str(AT_ONCE)}
    # An account each, since none may have more than three quarters of the threads.
    env |= {f"MODEL_{number}_KEY": f"key-{number}" for number in range(1, 21)}
    with (
        tempfile.TemporaryDirectory() as place,
        Installation(Path(place), env) as installation,
    ):
        database.change(installation.database_url, NO_LIMIT)
        started = time.monotonic()
        with ThreadPoolExecutor(SENDERS) as senders:
            sent = list(senders.map(installation.generate, ["measured"] * (AT_ONCE // 20)))
        results = installation.finish(sent)
        took = time.monotonic() - started
        memory = machine.memory_mb(installation.server, peak=True)
    done = sum(result.state == "completed" for result in results)
    note = f"{done} of {AT_ONCE} completed in {took:.0f} s, at most {at_once(results)} at once"
    yield Figure(
        f"{AT_ONCE} calls of 5 s, one process", "MB at its peak", [memory], "<= 350", (), note
    )


def at_once(results: list[database.Times]) -> int:
    """The most results that were being drawn at the same moment."""
    moments = sorted([(r.started, 1) for r in results] + [(r.finished, -1) for r in results])
    under_way = most = 0
    for _, change in moments:
        under_way += change
        most = max(most, under_way)
    return most
