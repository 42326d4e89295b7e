"""Bells over RabbitMQ."""

from concurrent.futures import ThreadPoolExecutor

import pika
from dramatiq import Message, Middleware
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.errors import ConnectionFailed

from generation.bells import DRAW_QUEUE


class RabbitmqBells(RabbitmqBroker):
    """RabbitMQ with confirmed delivery, published from one thread.

    The broker it extends keeps a connection for every thread that publishes; with a web server's
    threads most of them idle until RabbitMQ cuts them off for missed heartbeats.
    """

    def __init__(self, url: str, middleware: list[Middleware]) -> None:
        super().__init__(url=url, confirm_delivery=True, middleware=middleware)
        self._publisher = ThreadPoolExecutor(1, thread_name_prefix="publisher")

    def enqueue(self, message: Message, *, delay: int | None = None) -> Message:
        sent = self._publisher.submit(super().enqueue, message, delay=delay)
        try:
            return sent.result()
        except (pika.exceptions.AMQPError, OSError) as problem:
            raise ConnectionFailed(f"RabbitMQ: {type(problem).__name__}") from problem

    def ping(self) -> None:
        try:
            pika.BlockingConnection(self.parameters).close()
        except (pika.exceptions.AMQPError, OSError) as problem:
            raise ConnectionFailed(
                f"RabbitMQ does not answer ({type(problem).__name__})."
            ) from problem

    def heard(self) -> bool:
        """Whether a worker waits for bells."""
        try:
            with pika.BlockingConnection(self.parameters) as connection:
                queue = connection.channel().queue_declare(DRAW_QUEUE, passive=True)
        except pika.exceptions.ChannelClosedByBroker:  # nobody made the queue yet
            return False
        except (pika.exceptions.AMQPError, OSError) as problem:
            raise ConnectionFailed(f"RabbitMQ: {type(problem).__name__}") from problem
        return bool(queue.method.consumer_count)


def make(url: str, threads: int, middleware: list[Middleware]) -> RabbitmqBells:
    return RabbitmqBells(url, middleware)
