"""Clients that send jobs and watch them, and remember every answer."""

import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests
from urllib3.exceptions import NewConnectionError

from tests.faults.evidence import Poll, Request, Shown

ENDED = ("completed", "partial", "failed")
PATIENCE = 60.0  # seconds that a client waits for a server that is starting again


class Clients:
    """What they sent is in `requests`, what they saw in `polls`, which jobs are over in `ended`."""

    def __init__(self, root: str, *, every: float = 0.3) -> None:
        self.root = root
        self.every = every
        self.requests: list[Request] = []
        self.polls: list[Poll] = []
        self.ended: set[str] = set()
        self._looking = threading.Lock()
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="clients", daemon=True)

    def start(self) -> None:
        self._watcher.start()

    def stop(self) -> None:
        self._over.set()
        self._watcher.join()

    def send(self, prompt: str, *, key: str = "", **fields: Any) -> Request:
        """One job. Nobody listening means that nothing was sent, so it is sent again."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            request = self.send_once(prompt, key=key, **fields)
            if request is not None:
                self.requests.append(request)
                return request
            time.sleep(0.1)
        raise TimeoutError("the server did not come back")

    def send_once(self, prompt: str, *, key: str = "", **fields: Any) -> Request | None:
        try:
            answer = requests.post(
                f"{self.root}/generate",
                json={"prompt": prompt, **fields},
                headers={"Idempotency-Key": key} if key else {},
                timeout=30,
            )
        except requests.ConnectionError as problem:
            return None if never_sent(problem) else Request(prompt, "unknown", key=key)
        except requests.Timeout:
            return Request(prompt, "unknown", key=key)
        if answer.status_code == 200:
            told = answer.json()
            return Request(prompt, "ok", told["jobId"], told["totalModels"], key)
        refused = answer.status_code < 500 or answer.status_code == 503
        return Request(prompt, "failed" if refused else "unknown", key=key)

    def send_all(self, prompts: Iterable[str], *, at_once: int = 4, **fields: Any) -> None:
        with ThreadPoolExecutor(at_once) as pool:
            list(pool.map(lambda prompt: self.send(prompt, **fields), prompts))

    def look(self, job: str) -> Poll | None:
        """One look at a job, remembered; None where nobody answers. One at a time: of two that
        look at once, the one with the older answer may be the later to note it."""
        with self._looking:
            try:
                answer = requests.get(f"{self.root}/status/{job}", timeout=10)
            except requests.RequestException:
                return None
            if answer.status_code != 200:
                return None
            poll = as_poll(answer.json(), time.time())
            self.polls.append(poll)
            return poll

    def look_at_all(self) -> None:
        for job in self.accepted:
            self.look(job)

    @property
    def accepted(self) -> set[str]:
        return {request.job for request in list(self.requests) if request.job}

    def _watch(self) -> None:
        """Watch every job until it has ended, and once more after that."""
        while not self._over.wait(self.every):
            for job in self.accepted - self.ended:
                poll = self.look(job)
                if poll is not None and poll.status in ENDED:
                    self.ended.add(job)


def never_sent(problem: requests.ConnectionError) -> bool:
    """Whether the connection was refused, so that no byte of the request left."""
    cause = getattr(problem.args[0], "reason", None) if problem.args else None
    return isinstance(cause, NewConnectionError)


def as_poll(told: dict[str, Any], at: float) -> Poll:
    return Poll(
        job=told["jobId"],
        at=at,
        status=told["status"],
        version=told["version"],
        total=told["totalModels"],
        completed=told["completedModels"],
        failed=told["failedModels"],
        results={
            result["id"]: Shown(result["status"], result.get("imageKey", ""))
            for result in told["results"]
        },
    )
