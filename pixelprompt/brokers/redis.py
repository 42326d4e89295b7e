"""Bells over Redis."""

import time
from typing import Any

import redis
from dramatiq import Consumer, Message, Middleware
from dramatiq.brokers.redis import RedisBroker
from dramatiq.errors import ConnectionFailed

from generation.bells import DRAW_QUEUE

HEARTBEAT_TIMEOUT = 30_000  # milliseconds until a dead worker's messages may be given to others
DRAW_POLL = 90  # milliseconds at most between two looks for a bell; Dramatiq would rest a second
MAINTENANCE_CHANCE = 50_000  # in a million, for each command


class RedisBells(RedisBroker):
    """Redis with room for every thread: each needs up to two connections."""

    def __init__(self, url: str, threads: int, middleware: list[Middleware]) -> None:
        pool = redis.ConnectionPool.from_url(
            url, max_connections=2 * threads + 32, socket_connect_timeout=5, socket_timeout=15
        )
        super().__init__(
            client=redis.Redis(connection_pool=pool),
            middleware=middleware,
            namespace="pixelprompt",
            heartbeat_timeout=HEARTBEAT_TIMEOUT,
            maintenance_chance=MAINTENANCE_CHANCE,
        )

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5000) -> Consumer:
        """Somebody waits for what is drawn; copies and delayed bells may come a little later."""
        if queue_name == DRAW_QUEUE:
            timeout = min(timeout, DRAW_POLL)
        return super().consume(queue_name, prefetch, timeout)

    def enqueue(self, message: Message, *, delay: int | None = None) -> Message:
        try:
            return super().enqueue(message, delay=delay)
        except redis.RedisError as problem:
            raise ConnectionFailed(f"Redis: {type(problem).__name__}") from problem

    def ping(self) -> None:
        try:
            self.client.ping()
        except redis.RedisError as problem:
            raise ConnectionFailed(
                f"Redis does not answer ({type(problem).__name__})."
            ) from problem

    def heard(self) -> bool:
        """Whether a worker looked for a bell lately. Ringing one counts as well."""
        try:
            newest: Any = self.client.zrange(
                f"{self.namespace}:__heartbeats__", -1, -1, withscores=True
            )
        except redis.RedisError as problem:
            raise ConnectionFailed(f"Redis: {type(problem).__name__}") from problem
        return bool(newest) and time.time() * 1000 - newest[0][1] < HEARTBEAT_TIMEOUT


def make(url: str, threads: int, middleware: list[Middleware]) -> RedisBells:
    return RedisBells(url, threads, middleware)
