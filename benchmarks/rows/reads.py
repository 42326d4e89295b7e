"""Status reads and the gallery over a million stored pictures, on SQLite and PostgreSQL."""

import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from benchmarks import bare, database, machine, seed
from benchmarks.brokers import POSTGRES_ANSWERS
from benchmarks.figures import Figure
from benchmarks.installation import ROOT, Installation, drawing

SECONDS = 4
WARM = 2  # seconds of reading before it is measured
CONNECTIONS = 32
WATCHED_JOBS = 500
READ_ONCE = 10_000  # jobs: more than are read in SECONDS, so that none is read twice
DEEP = 10_000  # pages
ENTRIES = 24  # a page
LOOKS = 60


def measure(provider_url: str) -> Iterator[Figure]:
    env = drawing(provider_url, models=seed.PICTURES, size=1000, delay=0)
    with tempfile.TemporaryDirectory() as place:
        yield from on(Path(place), env, "SQLite", "")
    if POSTGRES_ANSWERS:
        with tempfile.TemporaryDirectory() as place, database.fresh_postgres() as url:
            yield from on(Path(place), env, "PostgreSQL", url)


def on(place: Path, env: dict[str, str], name: str, url: str) -> Iterator[Figure]:
    with Installation(place, env, database_url=url) as installation:
        url = installation.database_url
        first = installation.generate()
        installation.finish([first])
        database.wait_for_copies(url)
    seed.multiply(url, first)
    with Installation(place, env, database_url=url, worker=False) as installation:
        jobs = seed.some_jobs(url, WATCHED_JOBS)
        limit = [bare.status_reads(url, jobs)] if name == "SQLite" else []
        yield Figure(
            f"status reads, 1 M pictures stored, {name}", "a second and core",
            [rate(installation, jobs)], ">= 1,500", limit,
            f"{WATCHED_JOBS} jobs, again and again",
        )  # fmt: skip
        yield Figure(
            f"status reads of jobs nobody has read, {name}", "a second and core",
            [rate(installation, seed.some_jobs(url, READ_ONCE), warm=0)], "",
        )  # fmt: skip
        yield Figure(
            f"the same, answered 304, {name}", "a second and core",
            [rate(installation, jobs, known=True)], ">= 2,500",
        )  # fmt: skip
        deep = f"?cursor={quote(seed.cursor_of_page(url, DEEP, ENTRIES))}"
        yield Figure(
            f"gallery, page {DEEP:,} of 1 M pictures, {name}", "ms", looks(installation, deep),
            "within 20 % of page 1", looks(installation, ""), "beside it: page 1",
        )  # fmt: skip


def rate(
    installation: Installation, jobs: list[str], *, known: bool = False, warm: float = WARM
) -> float:
    """Answers a second of the server's own processor time, after `warm` seconds of the same."""
    tag = 'If-None-Match: "{}"\r\n'
    versions = [installation.get(f"/status/{job}")["version"] for job in jobs[:1]]
    extra = tag.format(versions[0]) if known else ""
    requests = [f"GET /status/{job} HTTP/1.1\r\nHost: 127.0.0.1\r\n{extra}\r\n" for job in jobs]
    if warm:
        load(installation, requests, warm)
    before = machine.cpu_seconds(installation.server)
    answers = load(installation, requests, SECONDS)
    expected = "304" if known else "200"
    if set(answers) != {expected}:
        raise RuntimeError(f"the server answered {answers}, not {expected}")
    return float(answers[expected] / (machine.cpu_seconds(installation.server) - before))


def load(installation: Installation, requests: list[str], seconds: float) -> dict[str, int]:
    """How many answers of which status came to these requests, asked in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.load", f"127.0.0.1:{installation.port}"]
    told = subprocess.run(
        [*command, str(seconds), str(CONNECTIONS)], cwd=ROOT, input=json.dumps(requests),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return dict(json.loads(told.stdout))


def looks(installation: Installation, query: str) -> list[float]:
    """Milliseconds of each of several looks at a page of the gallery."""
    took = []
    for _ in range(LOOKS):
        started = time.perf_counter()
        url = f"{installation.root}/gallery/list{query}"
        with closing(urllib.request.urlopen(url, timeout=30)) as answer:
            answer.read()
        took.append((time.perf_counter() - started) * 1000)
    return took
