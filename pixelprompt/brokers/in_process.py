"""Bells within this process."""

import threading

from dramatiq import Consumer, Middleware
from dramatiq.brokers.stub import StubBroker
from dramatiq.common import dq_name
from dramatiq.errors import ConnectionFailed
from dramatiq.worker import WorkerThread

from generation.bells import DRAW_QUEUE

LOOK = 100  # milliseconds between two looks for delayed bells that are due


class InProcessBells(StubBroker):
    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5000) -> Consumer:
        """A delayed bell has to be looked for; any other wakes who waits for it."""
        if queue_name == dq_name(queue_name):
            timeout = min(timeout, LOOK)
        return super().consume(queue_name, prefetch, timeout)

    def ping(self) -> None:
        """Raise ConnectionFailed unless somebody in this process hears a bell."""
        running = (each for each in threading.enumerate() if isinstance(each, WorkerThread))
        if not any(each.broker is self and DRAW_QUEUE in each.consumers for each in running):
            raise ConnectionFailed("No worker thread runs in this process.")


def make(url: str, threads: int, middleware: list[Middleware]) -> InProcessBells:
    return InProcessBells(middleware=middleware)
