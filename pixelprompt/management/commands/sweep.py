"""`manage.py sweep`: one round of the sweeper, or one of the processes that may sweep."""

import signal
import threading
from argparse import ArgumentParser
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from generation import sweeper
from pixelprompt import datadir
from pixelprompt.troubles import troubles_told


class Command(BaseCommand):
    help = (
        "End what is overdue, decide what dead workers left behind and ring lost bells again. "
        "Servers and workers do this by themselves."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--loop",
            action="store_true",
            help="Go on until SIGTERM, sweeping whenever no other process does.",
        )

    def handle(self, *args: Any, loop: bool = False, **options: Any) -> None:
        with alone() if connection.vendor == "sqlite" else heard(), troubles_told():
            if loop:
                go_on()
            else:
                sweeper.sweep()


def alone() -> AbstractContextManager[object]:
    """On SQLite there is one process: it takes every claim of another for abandoned."""
    try:
        return datadir.lock(settings.DATA_DIR)
    except datadir.InUse:
        raise CommandError(
            f"Another Pixel Prompt uses {settings.DATA_DIR} and sweeps there by itself."
        ) from None
    except datadir.Unusable as problem:
        raise CommandError(str(problem)) from None


def heard() -> AbstractContextManager[object]:
    """Bells must reach other processes."""
    if not settings.BROKER_URL:
        raise CommandError("Without BROKER_URL only `serve` hears its bells; it sweeps by itself.")
    return nullcontext()


def go_on() -> None:
    told_to_stop = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: told_to_stop.set())
    keeper = sweeper.Sweeper()
    keeper.start()
    told_to_stop.wait()
    keeper.stop()
