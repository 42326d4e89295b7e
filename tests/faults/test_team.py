"""A team's installation as the README says, in which one part after another is restarted."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

import pytest

from tests.fakes import FakeProviders
from tests.faults import documented, servers
from tests.faults.processes import ROOT
from tests.faults.scale import chance, scaled
from tests.faults.team import Team
from tests.faults.visitors import visitors
from tests.support import until

MODELS = ["one", "two", "bfl:flux-2-pro"]
VISITORS = scaled(3, 8)
AWAY = scaled(0.5, 3.0)  # seconds for which a service is not there
ROUNDS = scaled(1, 5)
PATIENCE = scaled(60, 320)


class Parts:
    """Everything that a team's installation consists of, and how each part is restarted."""

    def __init__(self, stack: ExitStack, place: Path, fakes: FakeProviders, broker: str) -> None:
        self.database = stack.enter_context(servers.private_postgres())
        self.redis = stack.enter_context(servers.private_redis())
        self.store = stack.enter_context(servers.private_store())
        redis = self.redis.url
        self.broker = redis if broker == "Redis" else stack.enter_context(servers.shared_rabbitmq())
        self.team = stack.enter_context(
            Team(
                place, fakes, MODELS, database=self.database.url, broker=self.broker,
                cache=f"{redis.rsplit('/', 1)[0]}/1", store=self.store,
            )
        )  # fmt: skip

    @property
    def restarts(self) -> Mapping[str, Callable[[], object]]:
        return {
            "the server stopped": lambda: self.team.restart_server(kill=False),
            "the server killed": lambda: self.team.restart_server(kill=True),
            "a worker stopped": lambda: self.team.restart_worker(0, kill=False),
            "the other worker killed": lambda: self.team.restart_worker(1, kill=True),
            "PostgreSQL": lambda: self.database.restart_immediately(pause=AWAY),
            "Redis": self.restart_redis,
            "the store": self.close_store,
        } | ({"RabbitMQ": self.cut_rabbitmq} if self.broker.startswith("amqp") else {})

    def restart_redis(self) -> None:
        """It comes back empty."""
        self.redis.kill()
        time.sleep(AWAY)
        self.redis.start()

    def close_store(self) -> None:
        """Its process goes on: what moto keeps ends with it."""
        self.store.closed = True
        time.sleep(AWAY)
        self.store.closed = False

    def cut_rabbitmq(self) -> None:
        """What its clients see of a restart of a server that lost its queues."""
        servers.forget_bells(self.broker)
        servers.close_connections(self.broker)


@pytest.fixture(params=scaled(["Redis"], ["Redis", "RabbitMQ"]))
def parts(request: pytest.FixtureRequest, tmp_path: Path, fakes: FakeProviders) -> Iterator[Parts]:
    with ExitStack() as stack:
        yield Parts(stack, tmp_path, fakes, request.param)


def wait_for_new_jobs(team: Team) -> None:
    """Jobs that are ordered from now on end as those before did."""
    before = len(team.clients.requests)
    until(lambda: ended_since(team, before), lambda jobs: len(jobs) >= VISITORS, PATIENCE)


def ended_since(team: Team, before: int) -> set[str]:
    return {sent.job for sent in team.clients.requests[before:]} & team.clients.ended


def test_a_team_as_the_readme_says_loses_nothing_when_each_part_is_restarted(
    parts: Parts, fakes: FakeProviders
) -> None:
    fakes.delay(0.3)
    team, dice = parts.team, chance("restarts")
    team.install()
    order = chain.from_iterable(
        dice.sample(list(parts.restarts), len(parts.restarts)) for _ in range(ROUNDS)
    )
    with visitors(team.clients, VISITORS, lambda who, turn: f"order {turn} of visitor {who}"):
        for what in order:
            parts.restarts[what]()
            wait_for_new_jobs(team)
    assert team.broken_promises(seconds=PATIENCE) == []
    drawn = sum(row.state == "completed" for row in team.rows.results)
    assert drawn > len(team.rows.results) / 2


def test_a_supervisor_runs_what_the_readme_says() -> None:
    page = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    units = [line for line in page.splitlines() if line.startswith("ExecStart=")]
    started = {line.removeprefix("ExecStart=/srv/pixelprompt/") for line in units}
    assert started == {
        line for line in documented.lines() if "serve" in line or "pixelprompt.worker" in line
    }
