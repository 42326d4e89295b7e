"""Processes of Pixel Prompt, each the head of its own group, so that all of it can be killed."""

import os
import re
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


class Process:
    """One command; what it says goes into a file. `code` is the tree that it runs."""

    def __init__(self, *command: str, env: Mapping[str, str], log: Path, code: Path = ROOT) -> None:
        self.log = log
        with log.open("ab") as out:
            self._running = subprocess.Popen(
                command,
                cwd=code,
                env=dict(env),
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._running.pid

    @property
    def output(self) -> str:
        return self.log.read_text(errors="replace")

    @property
    def over(self) -> bool:
        return self._running.poll() is not None

    def signal(self, number: signal.Signals) -> None:
        """To the whole group: dramatiq's master and its worker process are one."""
        if not self.over:
            os.killpg(self.pid, number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        self._running.wait()

    def terminate(self, seconds: float = 60) -> int:
        """SIGTERM to the head, as a supervisor sends it; returns the exit code."""
        self._running.send_signal(signal.SIGTERM)
        return self._running.wait(seconds)

    def wait_until_over(self, seconds: float = 30) -> int:
        return self._running.wait(seconds)

    def children(self) -> list[int]:
        listed = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(pid) for pid in re.findall(r"\d+", listed)]


def has_stopped(states: list[str]) -> bool:
    return "T" in states


def state_of(pid: int) -> str:
    """The kernel's letter for a process: T is stopped, Z is dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return ""


def catches(pid: int, number: signal.Signals) -> bool:
    """Whether the process handles this signal itself; the kernel would end it."""
    told = Path(f"/proc/{pid}/status").read_text()
    caught = re.search(r"^SigCgt:\s*([0-9a-f]+)$", told, re.MULTILINE)
    return bool(caught and int(caught[1], 16) >> (number - 1) & 1)
