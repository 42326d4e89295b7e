"""A Pixel Prompt of one's own to measure: `serve`, and workers where there is a broker."""

import base64
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from benchmarks import database

ROOT = Path(__file__).resolve().parent.parent
SLUGS = "abcdefghijklmnopqrst"  # one model each


@contextmanager
def provider() -> Iterator[str]:
    """The fast provider's address, in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.provider"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    with process.stdout:
        port = process.stdout.readline().strip()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()
            process.wait()


def drawing(
    provider_url: str, *, models: int, size: int, delay: int, step: int = 0
) -> dict[str, str]:
    """Models that draw pictures of `size` bytes in `delay` milliseconds, each `step` later."""
    env = {"MODEL_COUNT": str(models), "ALLOWED_PRIVATE_HOSTS": "127.0.0.1"}
    for number, slug in enumerate(SLUGS[:models], start=1):
        env |= {
            f"MODEL_{number}_NAME": slug,
            f"MODEL_{number}_ID": slug,
            f"MODEL_{number}_PROVIDER": "openai-compatible",
            f"MODEL_{number}_KEY": "a-key",
            f"MODEL_{number}_BASE_URL": f"{provider_url}/{size}/{delay + step * number}/v1",
        }
    return env


class Installation:
    """Runs inside a `with`. `place` may be given with a database that was filled before."""

    def __init__(
        self,
        place: Path,
        env: dict[str, str],
        *,
        database_url: str = "",
        broker: str = "",
        worker: bool = True,
    ) -> None:
        self.broker = broker
        self.draws = worker
        self.port = free_port()
        self.root = f"http://127.0.0.1:{self.port}"
        self.database_url = database_url or f"sqlite:///{place / 'pixelprompt.sqlite3'}"
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(place),
            "PIXELPROMPT_ENV_FILE": "",
            "PIXELPROMPT_DATA_DIR": str(place),
            "PORT": str(self.port),
            "DATABASE_URL": self.database_url,
            "BROKER_URL": broker,
            "SECRET_KEY": "a key for measuring only, long enough to be one, and no secret",
            "FIELD_ENCRYPTION_KEYS": base64.b64encode(b"b" * 32).decode(),
            "GLOBAL_LIMIT": "1000000000",
            "IP_LIMIT": "1000000000",
            "QUEUE_BOUND": "1000000",
            "LOG_LEVEL": "ERROR",
            "PYTHONWARNINGS": "ignore",
        } | env
        self.processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        alone = self.broker or not self.draws
        self.start("manage.py", "serve", *(["--no-worker"] if alone else []))
        self.wait_until_ready()
        if self.broker and self.draws:
            self.start("-m", "dramatiq", "pixelprompt.worker", "-p", "1", "-t", "64")
            time.sleep(4)  # Dramatiq tells nobody when it listens
        return self

    def __exit__(self, *details: object) -> None:
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def start(self, *command: str) -> None:
        quiet = subprocess.DEVNULL
        self.processes.append(
            subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=self.env, stdout=quiet, stderr=quiet
            )
        )

    def wait_until_ready(self) -> None:
        for _ in range(600):
            try:
                if self.get("/healthz"):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the server did not start")

    @property
    def server(self) -> int:
        """The server's process id."""
        return self.processes[0].pid

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.root + path, timeout=30) as answer:
            return json.load(answer)

    def generate(self, prompt: str = "measured") -> str:
        request = urllib.request.Request(
            f"{self.root}/generate",
            json.dumps({"prompt": prompt}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return str(json.load(answer)["jobId"])

    def finish(self, job_ids: list[str], seconds: float = 300) -> list[database.Times]:
        """Wait for the end of these jobs by looking at the database; the times of their results."""
        deadline = time.monotonic() + seconds
        while database.unfinished(self.database_url, job_ids):
            if time.monotonic() > deadline:
                raise RuntimeError("the jobs did not end in time")
            time.sleep(0.05)
        return database.times(self.database_url, job_ids)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
