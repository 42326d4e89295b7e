"""Brokers and databases for fault runs: those that answer, and private ones that may be killed."""

import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pika
import pytest
import redis

from tests.faults.arrangement import free_port
from tests.faults.databases import fresh_postgres
from tests.faults.stores import FaultyStore
from tests.services import POSTGRES, RABBITMQ, REDIS, answers
from tests.support import until

logging.getLogger("pika").setLevel(logging.ERROR)  # it tells every step at INFO
UNPRIVILEGED = 65534  # nobody: PostgreSQL refuses to run as root
POSTGRES_HOMES = ("/usr/lib/postgresql/*/bin", "/usr/local/bin", "/usr/bin")


@contextmanager
def postgres() -> Iterator[str]:
    """A fresh database on the PostgreSQL that answers at its usual place."""
    if not answers(POSTGRES):
        pytest.skip(f"PostgreSQL does not answer at {POSTGRES}")
    with fresh_postgres(POSTGRES.rsplit("/", 1)[0] + "/postgres") as url:
        yield url


@contextmanager
def shared_redis() -> Iterator[str]:
    """A database of the Redis that answers at its usual place, taken by an own mark in it."""
    if not answers(REDIS):
        pytest.skip(f"Redis does not answer at {REDIS}")
    for number in range(10, 16):
        url = f"{REDIS.rsplit('/', 1)[0]}/{number}"
        client = redis.Redis.from_url(url)
        if client.set("taken-by-a-fault-run", "1", nx=True, ex=900):
            yield url
            client.flushdb()
            client.close()
            return
        client.close()
    pytest.skip("all of Redis' databases 10 to 15 are taken")


@contextmanager
def shared_rabbitmq() -> Iterator[str]:
    """A virtual host of one's own where `rabbitmqctl` may make one, else the usual one."""
    if not answers(RABBITMQ):
        pytest.skip(f"RabbitMQ does not answer at {RABBITMQ}")
    name = f"faults-{uuid.uuid4().hex[:8]}"
    if not rabbitmqctl("add_vhost", name):
        yield RABBITMQ
        return
    rabbitmqctl("set_permissions", "-p", name, "guest", ".*", ".*", ".*")
    try:
        yield f"{RABBITMQ.rsplit('/', 1)[0]}/{name}"
    finally:
        rabbitmqctl("delete_vhost", name)


def rabbitmqctl(*command: str) -> bool:
    """Whether RabbitMQ's own tool is here and did as it was told."""
    tool = shutil.which("rabbitmqctl")
    if tool is None:
        return False
    return subprocess.run([tool, "-q", *command], capture_output=True, timeout=30).returncode == 0


def forget_bells(broker: str) -> None:
    """Throw away every message that waits at the broker."""
    if broker.startswith("redis"):
        with redis.Redis.from_url(broker) as client:
            client.flushdb()
        return
    connection = pika.BlockingConnection(pika.URLParameters(broker))
    for queue in ("draw", "draw.DQ", "copies", "copies.DQ"):
        with suppress(pika.exceptions.ChannelClosedByBroker):
            connection.channel().queue_purge(queue)
    connection.close()


def close_connections(broker: str) -> bool:
    """Cut every client off its RabbitMQ virtual host, as a restart does."""
    return rabbitmqctl("close_all_connections", "--vhost", broker.rsplit("/", 1)[-1], "a fault run")


class PrivateRedis:
    """A Redis server of one's own, that keeps nothing."""

    def __init__(self) -> None:
        self.tool = shutil.which("redis-server")
        if self.tool is None:
            pytest.skip("redis-server is not installed")
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        assert self.tool
        command = [self.tool, "--port", str(self.port), "--save", "", "--appendonly", "no"]
        self.running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        until(lambda: answers(self.url), bool, 10)

    def kill(self) -> None:
        self.running.kill()
        self.running.wait()


@contextmanager
def private_redis() -> Iterator[PrivateRedis]:
    server = PrivateRedis()
    try:
        yield server
    finally:
        server.kill()


@contextmanager
def private_store() -> Iterator[FaultyStore]:
    """A bucket at an S3 server (moto's) that is a process, which keeps its objects in memory."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        until(lambda: answers(url), bool, 60)
        with FaultyStore(url, f"faults-{uuid.uuid4().hex[:8]}") as store:
            yield store
    finally:
        server.kill()
        server.wait()


class PrivatePostgres:
    """A PostgreSQL cluster of one's own, that may be stopped as if the power had failed."""

    def __init__(self, place: Path) -> None:
        home = postgres_home()
        if home is None:
            pytest.skip("PostgreSQL's initdb is not installed")
        self.home = home
        self.place = place
        self.port = free_port()
        self.url = f"postgres://pixel@127.0.0.1:{self.port}/postgres"
        if os.geteuid() == 0:
            os.chown(place, UNPRIVILEGED, UNPRIVILEGED)
        self._run("initdb", "-D", str(place), "-U", "pixel", "-A", "trust", "-N", "-E", "UTF8")
        self.start()

    def _run(self, tool: str, *words: str) -> None:
        user = UNPRIVILEGED if os.geteuid() == 0 else None
        ran = subprocess.run(
            [self.home / tool, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            user=user, group=user, cwd=self.place, timeout=60,
        )  # fmt: skip
        assert ran.returncode == 0, f"{tool}: {ran.stdout}"

    def start(self) -> None:
        options = f"-p {self.port} -k {self.place} -h 127.0.0.1"
        log = str(self.place / "log")
        self._run("pg_ctl", "-D", str(self.place), "-w", "-l", log, "-o", options, "start")

    @property
    def pid(self) -> int:
        """The first of its processes, 0 while it is away."""
        try:
            return int((self.place / "postmaster.pid").read_text().split()[0])
        except FileNotFoundError:
            return 0

    def restart_immediately(self, pause: float = 0) -> None:
        """No farewell to anybody, recovery from the log at the start."""
        self.stop()
        time.sleep(pause)
        self.start()

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.place), "-m", "immediate", "-w", "stop")


@contextmanager
def private_postgres() -> Iterator[PrivatePostgres]:
    """In a place of its own: pytest's are closed to the user that PostgreSQL runs as."""
    with tempfile.TemporaryDirectory(prefix="pixelprompt-postgres-") as place:
        cluster = PrivatePostgres(Path(place))
        try:
            yield cluster
        finally:
            cluster.stop()


def postgres_home() -> Path | None:
    """Where PostgreSQL's own tools are."""
    for pattern in POSTGRES_HOMES:
        for folder in sorted(Path("/").glob(pattern.removeprefix("/")), reverse=True):
            if (folder / "initdb").is_file():
                return folder
    return None
