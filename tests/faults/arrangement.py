"""Web and workers as processes on a database and a broker, and the judgement of what they did."""

import base64
import os
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import requests

from tests.fakes import FakeProviders
from tests.faults import databases, leaks, storage
from tests.faults.checker import Violation, violations
from tests.faults.clients import Clients
from tests.faults.evidence import Evidence, PaidCall, Rows, StoredObject
from tests.faults.processes import ROOT, Process
from tests.faults.stores import FaultyStore
from tests.support import until

LOCAL = "openai-compatible"
PRICE = 40_000
TOLD = {"flux-2-pro": 30_000}  # the provider tells this price when it takes the order
QUICK = {"LEASE": "2.4", "SWEEP": "0.4", "BELL_PAUSE": "2"}
UNHURRIED = "30"  # a lease where no worker dies: one on a busy machine keeps its claims


class Arrangement:
    """One installation. Without a broker it is one process, `serve`; with one, web and workers.

    `models` are model ids of the fake local server, or `kind:id`. `promises` shorten LEASE,
    SWEEP, BELL_PAUSE, DEADLINE, MARGIN and BUSY (SQLite's patience), in seconds.
    """

    def __init__(
        self,
        place: Path,
        fakes: FakeProviders,
        models: Sequence[str],
        *,
        database: str = "",
        broker: str = "",
        threads: int = 24,
        store: FaultyStore | None = None,
        code: Path = ROOT,
        env: dict[str, str] | None = None,
        clients: type[Clients] = Clients,
        **promises: str,
    ) -> None:
        self.fakes = fakes
        self.broker = broker
        self.threads = threads
        self.code = code
        self.place = place
        self.port = free_port()
        self.root = f"http://127.0.0.1:{self.port}"
        self.database = database or f"sqlite:///{place / 'pixelprompt.sqlite3'}"
        self.clients = clients(self.root)
        self.processes: list[Process] = []
        self.store = store
        self.env = self._environment(models, QUICK | promises) | (env or {})
        self.env |= store.env if store else {}

    def _environment(self, models: Sequence[str], promises: dict[str, str]) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.place),
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "PIXELPROMPT_ENV_FILE": "",
            "PIXELPROMPT_DATA_DIR": str(self.place),
            "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
            "DATABASE_URL": self.database,
            "BROKER_URL": self.broker,
            "WORKER_THREADS": str(self.threads),
            "WEB_THREADS": "8",
            "SECRET_KEY": "a secret of the fault runs, long enough to be one",
            "FIELD_ENCRYPTION_KEYS": base64.b64encode(b"k" * 32).decode(),
            "GLOBAL_LIMIT": "1000000",
            "IP_LIMIT": "1000000",
            **{f"FAULTS_{name}": value for name, value in promises.items()},
            **variables(self.fakes, models),
        }

    def __enter__(self) -> Self:
        self.clients.start()
        return self

    def __exit__(self, *details: object) -> None:
        self.clients.stop()
        for process in self.processes:
            process.kill()

    def web(self, failpoint: str = "", **env: str) -> Process:
        """Start the server (the whole of it, without a broker) and wait for its first answer."""
        started = self._start(*self.serving(), failpoint=failpoint, **env)
        until(lambda: started.over or self.ready(), bool, 60)
        assert failpoint or not started.over, started.output[-2000:]
        if len(self.processes) == 1:
            databases.price_everything(self.database, PRICE)
        return started

    def serving(self) -> Sequence[str]:
        alone = [] if not self.broker else ["--no-worker"]
        return [sys.executable, "manage.py", "serve", *alone]

    def drawing(self, processes: int) -> Sequence[str]:
        sizes = ["-p", str(processes), "-t", str(self.threads)]
        return [sys.executable, "-m", "dramatiq", "pixelprompt.worker", *sizes]

    def command(self, *words: str, **env: str) -> Process:
        return self._start(sys.executable, *words, failpoint="", **env)

    def worker(self, failpoint: str = "", *, processes: int = 1, **env: str) -> Process:
        return self._start(*self.drawing(processes), failpoint=failpoint, **env)

    def _start(self, *command: str, failpoint: str, **env: str) -> Process:
        log = self.place / f"process-{len(self.processes)}.log"
        own = self.env | env | {"PIXELPROMPT_FAILPOINT": failpoint}
        process = Process(*command, env=own, log=log, code=self.code)
        self.processes.append(process)
        return process

    def ready(self) -> bool:
        try:
            return requests.get(f"{self.root}/healthz", timeout=5).ok
        except requests.RequestException:
            return False

    @property
    def rows(self) -> Rows:
        return databases.read(self.database)

    def settled(self, seconds: float = 60) -> Rows:
        """The rows, once every result has ended."""
        return until(lambda: self.rows, lambda rows: not rows.unfinished, seconds)

    def evidence(self, *, seconds: float = 60) -> Evidence:
        """Wait for the end of everything, let the sweepers go on a little, and gather all facts."""
        rows = self.settled(seconds)
        self.clients.look_at_all()
        time.sleep(2 * float(self.env["FAULTS_SWEEP"]))
        return Evidence(
            requests=list(self.clients.requests),
            polls=list(self.clients.polls),
            calls=[
                PaidCall(call.model, call.prompt, call.outcome, call.status)
                for call in self.fakes.ledger
            ],
            rows=rows,
            objects=self.objects(),
            later=self.rows,
            price=PRICE,
            prices=TOLD,
            leaks=leaks.found(self.fakes.canaries, self.place, self.database),
        )

    def objects(self) -> dict[str, StoredObject]:
        local = storage.files(self.place / "media")
        return storage.facts(self.store.contents() if self.store else local)

    def broken_promises(self, *, seconds: float = 60) -> list[Violation]:
        """What the checker says, with the numbers that docs/reliability.md tells."""
        seen = self.evidence(seconds=seconds)
        print(summary(seen))
        return violations(seen)


def summary(seen: Evidence) -> str:
    results = seen.rows.results
    ended = {state: sum(r.state == state for r in results) for state in ("completed", "error")}
    codes = sorted({row.error_code for row in results if row.error_code})
    counts = {code: sum(row.error_code == code for row in results) for code in codes}
    charged = sum(call.outcome == "charged" for call in seen.calls)
    return (
        f"{len(seen.requests)} requests, {len(seen.rows.jobs)} jobs, {len(results)} results: "
        f"{ended['completed']} completed, {ended['error']} failed {counts}; "
        f"{len(seen.calls)} paid calls, {charged} charged; {len(seen.polls)} looks"
    )


def variables(fakes: FakeProviders, models: Sequence[str]) -> dict[str, str]:
    """MODEL_i_* for models of the fakes."""
    env = {"MODEL_COUNT": str(len(models)), "ALLOWED_PRIVATE_HOSTS": "127.0.0.1"}
    for number, model in enumerate(models, start=1):
        kind, _, model_id = model.rpartition(":")
        env |= {
            f"MODEL_{number}_NAME": f"Model {number}",
            f"MODEL_{number}_ID": model_id,
            f"MODEL_{number}_PROVIDER": kind or LOCAL,
            f"MODEL_{number}_KEY": fakes.key(kind or LOCAL),
            f"MODEL_{number}_BASE_URL": fakes.base_url(kind or LOCAL),
        }
    return env


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
