"""A thousand watchers of one job: how soon each sees a picture, and what watching costs."""

import asyncio
import json
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from statistics import median

from benchmarks import machine
from benchmarks.figures import Figure
from benchmarks.installation import Installation, drawing

WATCHERS = 1000
READERS = 50  # of them, whose events are looked at; the others only take them
QUIET = 3.0  # seconds in which nothing changes
FIRST, STEP = 25_000, 150  # milliseconds until the first picture, and between two


def measure(provider_url: str) -> Iterator[Figure]:
    env = drawing(provider_url, models=20, size=1000, delay=FIRST, step=STEP)
    with (
        tempfile.TemporaryDirectory() as place,
        Installation(Path(place), env) as installation,
    ):
        installation.get("/models")
        job = installation.generate()
        before = machine.memory_mb(installation.server)
        seen, idle, memory = asyncio.run(watch(installation, job))
        each = (memory - before) * 1000 / WATCHERS
    waits = [1000 * wait for wait in seen]
    far = sorted(waits)[len(waits) * 95 // 100]
    note = f"p95 {far:.0f} ms, {len(waits)} events looked at"
    yield Figure(
        f"push to {WATCHERS} watchers, from commit", "ms, p50", [median(waits)], "<= 100", (), note
    )
    yield Figure("one watcher", "KB", [each], "<= 40")
    yield Figure(f"{WATCHERS} watchers of a quiet job", "% of a core", [idle], "<= 2")


async def watch(installation: Installation, job: str) -> tuple[list[float], float, float]:
    seen: list[float] = []
    tasks = []
    for number in range(WATCHERS):
        tasks.append(asyncio.create_task(listen(installation, job, seen, number < READERS)))
        if number % 20 == 0:
            await asyncio.sleep(0.02)
    while installation_is_busy(installation):
        await asyncio.sleep(0.3)
    cpu = machine.cpu_seconds(installation.server)
    await asyncio.sleep(QUIET)
    idle = 100 * (machine.cpu_seconds(installation.server) - cpu) / QUIET
    memory = machine.memory_mb(installation.server)
    await asyncio.gather(*tasks)
    return seen, idle, memory


def installation_is_busy(installation: Installation) -> bool:
    """Whether the server still answers those who have just come."""
    before = machine.cpu_seconds(installation.server)
    time.sleep(0.5)
    return machine.cpu_seconds(installation.server) - before > 0.04


async def listen(installation: Installation, job: str, seen: list[float], reads: bool) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", installation.port, limit=2**20)
    writer.write(f"GET /events/{job} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    known = 0.0
    while line := await reader.readline():
        if line == b"0\r\n":  # the last chunk
            break
        if reads and line.startswith(b"data: "):
            now, newest = time.time(), newest_of(line)
            if newest > known > 0:
                seen.append(now - newest)
            known = max(newest, known, 1.0)
    writer.close()


def newest_of(line: bytes) -> float:
    """When the last picture of this snapshot was committed, in seconds since the epoch, or 0."""
    results = json.loads(line.removeprefix(b"data: "))["results"]
    ends = [
        datetime.fromisoformat(r["completedAt"]).timestamp() for r in results if "completedAt" in r
    ]
    return max(ends, default=0.0)
