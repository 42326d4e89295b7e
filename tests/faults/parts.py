"""A team's installation with services of its own, and how each part of it is restarted."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.fakes import FakeProviders
from tests.faults import servers
from tests.faults.scale import scaled
from tests.faults.team import Team

AWAY = scaled(0.5, 3.0)  # seconds


class Parts:
    """Everything that a team's installation consists of, and how each part is restarted.

    `away` is for how many seconds a service is not there.
    """

    def __init__(
        self, stack: ExitStack, place: Path, fakes: FakeProviders, models: Sequence[str],
        *, rabbitmq: bool = False, away: float = AWAY, **options: Any,
    ) -> None:  # fmt: skip
        self.away = away
        self.database = stack.enter_context(servers.private_postgres())
        self.redis = stack.enter_context(servers.private_redis())
        self.store = stack.enter_context(servers.private_store())
        redis = self.redis.url
        self.broker = stack.enter_context(servers.shared_rabbitmq()) if rabbitmq else redis
        self.team = stack.enter_context(
            Team(
                place, fakes, models, database=self.database.url, broker=self.broker,
                cache=f"{redis.rsplit('/', 1)[0]}/1", store=self.store, **options,
            )
        )  # fmt: skip

    @property
    def restarts(self) -> Mapping[str, Callable[[], object]]:
        return {
            "the server stopped": lambda: self.team.restart_server(kill=False),
            "the server killed": lambda: self.team.restart_server(kill=True),
            "a worker stopped": lambda: self.team.restart_worker(0, kill=False),
            "another worker killed": lambda: self.team.restart_worker(1, kill=True),
            "PostgreSQL": lambda: self.database.restart_immediately(pause=self.away),
            "Redis": self.restart_redis,
            "the store": self.close_store,
        } | ({"RabbitMQ": self.cut_rabbitmq} if self.broker.startswith("amqp") else {})

    def restart_redis(self) -> None:
        """It comes back empty."""
        self.redis.kill()
        time.sleep(self.away)
        self.redis.start()

    def close_store(self) -> None:
        """Its process goes on: what moto keeps ends with it."""
        self.store.closed = True
        time.sleep(self.away)
        self.store.closed = False

    def cut_rabbitmq(self) -> None:
        """What its clients see of a restart of a server that lost its queues."""
        servers.forget_bells(self.broker)
        servers.close_connections(self.broker)
