"""What is looked at every few seconds while a soak runs: processes, database, broker, queue."""

import os
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

import psycopg
import redis

from benchmarks.machine import cpu_seconds, read

PERIOD = 2.0
QUEUE = "SELECT count(*) FROM generation_result WHERE state = %s"
CONNECTIONS = """
    SELECT count(*), count(*) FILTER (WHERE state = 'active') FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
DATABASE = """
    SELECT pg_database_size(current_database()), xact_commit,
           pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')
    FROM pg_stat_database WHERE datname = current_database()
"""


@dataclass(frozen=True, slots=True)
class Life:
    """A process (with its children) at one moment. Memory is what it has for itself, and its part
    of what it shares, in MB."""

    at: float
    memory: float
    files: int
    threads: int
    cpu: float


class Gauges(threading.Thread):
    """Looks until the `with` ends. A service that is away is looked at again later."""

    def __init__(
        self, database: str, broker: str, processes: Callable[[], Mapping[str, int]]
    ) -> None:
        super().__init__(name="gauges", daemon=True)
        self.database, self.broker = database, broker
        self.processes = processes
        self.lives: defaultdict[tuple[str, int], list[Life]] = defaultdict(list)
        self.seen: defaultdict[str, list[float]] = defaultdict(list)
        self._over = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *details: object) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        while not self._over.wait(PERIOD):
            for name, pid in self.processes().items():
                life = life_of(pid)
                if life is not None:
                    self.lives[name, pid].append(life)
            with suppress(psycopg.Error, redis.RedisError):
                self.look_at_services()

    def look_at_services(self) -> None:
        with redis.Redis.from_url(self.broker, socket_timeout=2) as broker:
            told: Any = broker.info("clients")
        self.seen["connections of Redis"].append(told["connected_clients"])
        with psycopg.connect(self.database, connect_timeout=2) as server:
            for name, value in rows_of(server).items():
                self.seen[name].append(value)

    def cpu(self, *names: str) -> float:
        """Processor seconds of all processes there were under these names."""
        return sum(seen[-1].cpu for (name, _pid), seen in self.lives.items() if name in names)


def rows_of(server: psycopg.Connection[Any]) -> dict[str, float]:
    size, commits, log = server.execute(DATABASE).fetchone() or (0, 0, 0)
    connections, active = server.execute(CONNECTIONS).fetchone() or (0, 0)
    waiting, drawn = (
        (server.execute(QUEUE, [state]).fetchone() or (0,))[0]
        for state in ("pending", "in_progress")
    )
    return {
        "bytes of the database": float(size),
        "commits": float(commits),
        "bytes of the log": float(log),
        "connections of PostgreSQL": float(connections),
        "busy connections of PostgreSQL": float(active),
        "results that wait": float(waiting),
        "results that are drawn": float(drawn),
    }


def life_of(pid: int) -> Life | None:
    """None for a process that is gone."""
    try:
        parts = [alone(each) for each in family(pid)]
    except (OSError, IndexError):
        return None
    return Life(
        time.monotonic(), sum(part.memory for part in parts), sum(part.files for part in parts),
        sum(part.threads for part in parts), sum(part.cpu for part in parts),
    )  # fmt: skip


def family(pid: int) -> list[int]:
    children = [int(child) for child in read(f"/proc/{pid}/task/{pid}/children").split()]
    return [pid, *(each for child in children for each in family(child))]


def alone(pid: int) -> Life:
    share = re.search(r"^Pss:\s+(\d+)", read(f"/proc/{pid}/smaps_rollup"), re.MULTILINE)
    memory = int(share[1]) * 1024 / 1e6 if share else 0.0
    counted = len(os.listdir(f"/proc/{pid}/fd")), len(os.listdir(f"/proc/{pid}/task"))
    return Life(time.monotonic(), memory, *counted, cpu_seconds(pid))
