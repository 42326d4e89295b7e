"""A `manage.py serve` of one's own: a real process on a free port with its own data directory."""

import atexit
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from functools import cache
from pathlib import Path
from typing import Any, Self

import requests

from tests.support import until

ROOT = Path(__file__).resolve().parent.parent
# Static files are collected at each start, as in a checkout. What a test may add for that.
COLLECTED = {"DJANGO_SETTINGS_MODULE": "pixelprompt.settings"}


def environment(data: Path) -> dict[str, str]:
    """Nothing of the developer's own settings."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(data),
        "PIXELPROMPT_ENV_FILE": "",
        "PIXELPROMPT_DATA_DIR": str(data),
        "PORT": "0",
        "PYTHONUNBUFFERED": "1",
    }


def manage(data: Path, *words: str) -> tuple[int, str]:
    """Exit code and output of a command on a data directory."""
    ran = subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=environment(data), timeout=60,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    return ran.returncode, ran.stdout


@cache
def packed() -> dict[str, str]:
    """The environment for static files that are made once in a run and never written to again."""
    made = tempfile.TemporaryDirectory(prefix="pixelprompt-packed-")
    atexit.register(made.cleanup)
    code, told = manage(Path(made.name), "collectstatic", "--noinput")
    assert code == 0, told
    return {"DJANGO_SETTINGS_MODULE": "tests.packed", "TESTS_PACKED": f"{made.name}/static"}


class Served:
    """`env` is added to an environment of its own. Static files are packed, see `COLLECTED`."""

    def __init__(self, data: Path, **env: str) -> None:
        self.data = data
        words, place, around = self.command()
        self.process = subprocess.Popen(
            words, cwd=place, env=around | env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.root = ""

    def command(self) -> tuple[list[str], Path, dict[str, str]]:
        """What to run, where, and in which environment."""
        return [sys.executable, "manage.py", "serve"], ROOT, environment(self.data) | packed()

    def __enter__(self) -> Self:
        self.wait_for_address()
        return self

    def __exit__(self, *details: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._close()

    def _close(self) -> None:
        self._reader.join()
        if self.process.stdout:
            self.process.stdout.close()

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def wait_for_address(self) -> None:
        until(lambda: self.output, lambda seen: "Pixel Prompt is at" in seen or self.over(), 180)
        found = re.search(r"Pixel Prompt is at (http://\S+?)/ ", self.output)
        assert found, self.output
        self.root = found[1]
        until(self._answers, bool, 30)

    def over(self) -> bool:
        return self.process.poll() is not None

    def ended(self, seconds: float = 60) -> tuple[int, str]:
        """Exit code and output of a process that ends by itself."""
        code = self.process.wait(seconds)
        self._close()
        return code, self.output

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def terminate(self, seconds: float = 60) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def get(self, path: str, **options: Any) -> requests.Response:
        return requests.get(self.root + path, timeout=20, **options)

    def post(self, path: str, body: Any, **options: Any) -> requests.Response:
        return requests.post(self.root + path, json=body, timeout=20, **options)

    def generate(self, prompt: str, **fields: Any) -> str:
        answer = requests.post(
            f"{self.root}/generate", json={"prompt": prompt} | fields, timeout=20
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["jobId"])

    def status(self, job_id: str) -> dict[str, Any]:
        told: dict[str, Any] = self.get(f"/status/{job_id}").json()
        return told

    def finished(self, job_id: str, seconds: float = 40) -> dict[str, Any]:
        return until(
            lambda: self.status(job_id),
            lambda told: told["status"] in ("completed", "partial", "failed"),
            seconds,
        )

    def _answers(self) -> bool:
        try:
            return self.get("/healthz").ok
        except requests.ConnectionError:
            return False

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line)
