"""Bells within this process."""

import threading

from dramatiq import Middleware
from dramatiq.brokers.stub import StubBroker
from dramatiq.errors import ConnectionFailed
from dramatiq.worker import WorkerThread

from generation.bells import DRAW_QUEUE


class InProcessBells(StubBroker):
    def ping(self) -> None:
        """Raise ConnectionFailed unless somebody in this process hears a bell."""
        running = (each for each in threading.enumerate() if isinstance(each, WorkerThread))
        if not any(each.broker is self and DRAW_QUEUE in each.consumers for each in running):
            raise ConnectionFailed("No worker thread runs in this process.")


def make(url: str, threads: int, middleware: list[Middleware]) -> InProcessBells:
    return InProcessBells(middleware=middleware)
