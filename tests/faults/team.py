"""A team's installation, made and started by the words of the README."""

import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.fakes import FakeProviders
from tests.faults import databases, documented
from tests.faults.arrangement import PRICE, Arrangement
from tests.faults.processes import Process, catches
from tests.faults.stores import CREDENTIALS, FaultyStore
from tests.support import until

# Only where things are differs from the README; whatever else its `.env` says is taken as it is.
PLACES = ("DATABASE_URL", "BROKER_URL", "CACHE_URL", "S3_BUCKET", "S3_ENDPOINT_URL")
SECRETS = ("SECRET_KEY", "FIELD_ENCRYPTION_KEYS")


class Team(Arrangement):
    """One server and two workers. What the README puts into files is not in the environment."""

    def __init__(
        self, place: Path, fakes: FakeProviders, models: Sequence[str], *, database: str,
        broker: str, cache: str, store: FaultyStore, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(
            place, fakes, models, database=database, broker=broker, store=store, **options
        )
        self.env |= {"CACHE_URL": cache, "PIXELPROMPT_ENV_FILE": str(place / ".env")}
        own = {name: self.env.pop(name) for name in (*PLACES, *SECRETS)}
        assert set(own) <= set(documented.settings())
        for name in ("WORKER_THREADS", "WEB_THREADS", *CREDENTIALS):
            del self.env[name]
        self._write(place, documented.settings() | own)

    def _write(self, home: Path, wiring: dict[str, str]) -> None:
        (home / ".env").write_text("".join(f"{name}={value}\n" for name, value in wiring.items()))
        (home / ".aws").mkdir()
        keys = "".join(f"{name.lower()}={value}\n" for name, value in CREDENTIALS.items())
        (home / ".aws" / "credentials").write_text(f"[default]\n{keys}")

    def install(self) -> None:
        """The README's steps 3 and 4."""
        prepared = self._run("manage.py prepare")
        assert "user admin, password" in prepared.output
        self._run("manage.py doctor")
        databases.price_everything(self.database, PRICE)
        self.server = self.web()
        self.workers = [self.worker(), self.worker()]

    def _run(self, about: str) -> Process:
        process = self._start(*documented.command(about), failpoint="")
        assert process.wait_until_over(60) == 0, process.output
        return process

    def serving(self) -> Sequence[str]:
        return documented.command("manage.py serve")

    def drawing(self, processes: int) -> Sequence[str]:
        return documented.command("pixelprompt.worker")

    def restart_server(self, *, kill: bool) -> None:
        end(self.server, kill=kill)
        self.server = self.web()

    def restart_worker(self, number: int, *, kill: bool) -> None:
        end(self.workers[number], kill=kill)
        self.workers[number] = self.worker()


def end(process: Process, *, kill: bool) -> None:
    """kill -9 of all of it, or SIGTERM and the time that the README's supervisor gives."""
    if kill:
        process.kill()
    else:
        until(
            lambda: catches(process.pid, signal.SIGTERM), bool, 60
        )  # it may have just been started
        assert process.terminate(45) == 0, process.output[-2000:]
