"""The broker that carries the bells: in process by default, else Redis, RabbitMQ or SQS."""

import time
from importlib import import_module
from urllib.parse import urlsplit

import dramatiq
from django.conf import settings
from django.db import close_old_connections, connections

from generation.bells import COPY_QUEUE, DRAW_QUEUE

WORKER_POLL = 1000  # milliseconds after which an idle thread looks whether it must stop
MODULES = {
    "": "in_process",
    "redis": "redis",
    "rediss": "redis",
    "amqp": "rabbitmq",
    "amqps": "rabbitmq",
    "sqs": "sqs",
}


class DatabaseConnections(dramatiq.Middleware):
    """Gives a thread's connection back after each message, as Django does after each request."""

    def after_process_message(
        self,
        broker: dramatiq.Broker,
        message: dramatiq.MessageProxy,
        *,
        result: object = None,
        exception: BaseException | None = None,
    ) -> None:
        close_old_connections()

    after_skip_message = after_process_message

    def before_worker_thread_shutdown(
        self, broker: dramatiq.Broker, thread: dramatiq.worker.WorkerThread
    ) -> None:
        connections.close_all()


def configure(url: str) -> dramatiq.Broker:
    """Make the broker for BROKER_URL the one that actors are declared on.

    There is no middleware that retries messages: retries are rows.
    """
    middleware: list[dramatiq.Middleware] = [DatabaseConnections()]
    module = import_module(f"pixelprompt.brokers.{MODULES[urlsplit(url).scheme]}")
    broker: dramatiq.Broker = module.make(url, settings.WORKER_THREADS, middleware)
    dramatiq.set_broker(broker)
    return broker


class Workers:
    """Worker threads in this process: many for calls, a few of their own for display copies."""

    def __init__(self, broker: dramatiq.Broker, *, calls: int, copies: int) -> None:
        self.workers = [
            self._worker(broker, queue, threads)
            for queue, threads in ((DRAW_QUEUE, calls), (COPY_QUEUE, copies))
        ]

    def _worker(self, broker: dramatiq.Broker, queue: str, threads: int) -> dramatiq.Worker:
        poll = getattr(broker, "worker_poll", WORKER_POLL)
        worker = dramatiq.Worker(
            broker, queues={queue}, worker_threads=threads, worker_timeout=poll
        )
        # Dramatiq fetches two messages a thread; the second would wait behind a slow call.
        worker.queue_prefetch = threads
        return worker

    def start(self) -> None:
        for worker in self.workers:
            worker.start()

    def stop(self, *, grace: float) -> None:
        """Take no new bell and give running work `grace` seconds in all."""
        deadline = time.monotonic() + grace
        for thread in (thread for worker in self.workers for thread in worker.workers):
            thread.stop()  # all at once: an idle one notices within WORKER_POLL
        for worker in self.workers:
            # Dramatiq closes what its consumers use after this time, and they notice as late:
            # closed under one that runs, a channel of RabbitMQ was waited for without end.
            left = int((deadline - time.monotonic()) * 1000)
            worker.stop(timeout=max(2 * WORKER_POLL, left))
