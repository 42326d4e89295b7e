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
COPIED_JOBS = 30  # their copies take longer
SENDERS = 4
SIZE = 100_000  # bytes of a picture
AT_ONCE = 2000
CALL = 20_000  # milliseconds, in which all of them begin
NO_LIMIT = "UPDATE providers_provider SET concurrency = NULL"
# Its bell is heard as ever, but nobody tries.
NO_COPIES = (
    "CREATE TRIGGER no_copies AFTER INSERT ON generation_picture BEGIN UPDATE generation_picture"
    " SET copy_tries = 3 WHERE result_id = NEW.result_id; END"
)
WARM_UP = 8  # jobs, until every thread has its connections


def measure(provider_url: str) -> Iterator[Figure]:
    bare_jobs = bare.pictures(provider_url, size=SIZE, count=200) / 9
    yield jobs(provider_url, "before display copies", ">= 40", [bare_jobs], copies=False)
    bare_copied = bare.pictures(provider_url, size=SIZE, count=60, copies=True) / 9
    yield jobs(provider_url, "with display copies", ">= 4", [bare_copied], copies=True)
    yield from in_flight(provider_url)


def jobs(
    provider_url: str, name: str, goal: str, limit: Sequence[float], *, copies: bool
) -> Figure:
    env = drawing(provider_url, models=9, size=SIZE, delay=0)
    count = COPIED_JOBS if copies else JOBS
    with (
        tempfile.TemporaryDirectory() as place,
        Installation(Path(place), env) as installation,
    ):
        database.change(installation.database_url, NO_LIMIT)
        if not copies:
            database.change(installation.database_url, NO_COPIES)
        installation.finish([installation.generate("warm up") for _ in range(WARM_UP)])
        database.wait_for_copies(installation.database_url)
        before = machine.cpu_seconds(installation.server)
        with ThreadPoolExecutor(SENDERS) as senders:
            sent = list(senders.map(installation.generate, ["measured"] * count))
        installation.finish(sent)
        if copies:
            database.wait_for_copies(installation.database_url)
        rate = count / (machine.cpu_seconds(installation.server) - before)
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
        f"{AT_ONCE} calls of {CALL / 1000:.0f} s, one process",
        "MB at its peak",
        [memory],
        "<= 350",
        (),
        note,
    )


def at_once(results: list[database.Times]) -> int:
    """The most results that were being drawn at the same moment."""
    moments = sorted([(r.started, 1) for r in results] + [(r.finished, -1) for r in results])
    under_way = most = 0
    for _, change in moments:
        under_way += change
        most = max(most, under_way)
    return most
