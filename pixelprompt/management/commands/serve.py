"""`manage.py serve`: web server, workers and sweeper in one process."""

import logging
import signal
import socket
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

import dramatiq
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from generation import execution, sweeper
from pixelprompt import datadir, firstrun, logs
from pixelprompt.broker import Workers
from pixelprompt.memory import use_few_arenas
from pixelprompt.server import server
from pixelprompt.troubles import troubles_told

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Serve pages and API, draw pictures and sweep, in one process."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-worker", action="store_true", help="Serve only; draw elsewhere.")

    def handle(self, *args: Any, no_worker: bool = False, **options: Any) -> None:
        use_few_arenas()
        logs.capture_strays()
        with signals_kept(), listening(settings.HOST, settings.PORT) as listener:
            try:
                held = datadir.lock(settings.DATA_DIR)
            except datadir.Unusable as problem:
                raise CommandError(str(problem)) from None
            with held:
                with troubles_told(), firstrun.one_at_a_time():
                    self.prepare()
                self.announce(listener)
                self.run(listener, draw=not no_worker)

    def prepare(self) -> None:
        if settings.STATIC_ROOT != settings.PACKED:
            call_command("collectstatic", verbosity=0, interactive=False)
        call_command("prepare", stdout=self.stdout, stderr=self.stderr)
        connections.close_all()

    def announce(self, listener: socket.socket) -> None:
        host, port = listener.getsockname()[:2]
        shown = {"0.0.0.0": "localhost", "::": "localhost"}.get(host, host)  # noqa: S104
        address = f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"
        self.stdout.write(f"Pixel Prompt is at {address}  (admin: {address}admin/)")
        self.stdout.flush()

    def run(self, listener: socket.socket, *, draw: bool) -> None:
        with working() if draw else not_working():
            server("pixelprompt.asgi:application").run(sockets=[listener])


@contextmanager
def working() -> Iterator[None]:
    """Workers and sweeper run inside; at the end running calls get their grace."""
    sweeper.sweep(starting=True)
    workers = Workers(
        dramatiq.get_broker(), calls=settings.WORKER_THREADS, copies=settings.COPY_THREADS
    )
    workers.start()
    with sweeping():
        firstrun.draw_example()
        try:
            yield
        finally:
            execution.stopping.set()
            grace = settings.STOP_GRACE
            if execution.live:
                log.info("Waiting up to %d s for %d running calls.", grace, len(execution.live))
            workers.stop(grace=grace)


@contextmanager
def not_working() -> Iterator[None]:
    """Bells of this process can be heard elsewhere only where there is a broker."""
    with sweeping() if settings.BROKER_URL else nullcontext():
        yield


@contextmanager
def sweeping() -> Iterator[None]:
    """One of the processes that may sweep."""
    keeper = sweeper.Sweeper()
    keeper.start()
    try:
        yield
    finally:
        keeper.stop()
        connections.close_all()


class Stopped(BaseException):
    """SIGTERM or SIGINT arrived while we were not serving."""


@contextmanager
def signals_kept() -> Iterator[None]:
    """SIGTERM and SIGINT end the command by way of its clean-up.

    While it serves, uvicorn handles both itself, shuts down, and then raises the signal again;
    the default handler would then kill the process before the workers got their grace.
    """

    def stop(signum: int, frame: object) -> None:
        raise Stopped

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, stop)
    with suppress(Stopped):
        yield


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """The bound socket; a taken port is one clear sentence, before anything else happens."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named TCP: asyncio turns Nagle's algorithm off for no other, and then every answer but the
    # first on a connection comes 40 ms late.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as problem:
            raise CommandError(
                f"Cannot listen on {host} port {port}: {problem.strerror}. "
                "Set PORT or HOST to something else."
            ) from None
        yield listener
