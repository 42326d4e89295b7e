"""A team's installation as the README says, in which one part after another is restarted."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

import pytest
from django.conf import settings

from pixelprompt import environment
from tests.fakes import FakeProviders
from tests.faults import documented
from tests.faults.parts import Parts
from tests.faults.processes import ROOT
from tests.faults.scale import chance, scaled
from tests.faults.team import Team
from tests.faults.visitors import visitors
from tests.support import until

MODELS = ["one", "two", "bfl:flux-2-pro"]
VISITORS = scaled(3, 8)
ROUNDS = scaled(1, 5)
PATIENCE = scaled(60, 320)


@pytest.fixture(params=scaled(["Redis"], ["Redis", "RabbitMQ"]))
def parts(request: pytest.FixtureRequest, tmp_path: Path, fakes: FakeProviders) -> Iterator[Parts]:
    with ExitStack() as stack:
        yield Parts(stack, tmp_path, fakes, MODELS, rabbitmq=request.param == "RabbitMQ")


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


def test_four_processes_fit_into_the_connections_that_postgresql_gives_by_default() -> None:
    """Three of the hundred are kept for its superuser."""
    pool = environment.database(
        "postgres://localhost/pixelprompt", pool_size=settings.DATABASE_CONNECTIONS
    )["OPTIONS"]["pool"]
    assert 4 * pool["max_size"] <= 97


def test_a_supervisor_runs_what_the_readme_says() -> None:
    page = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    units = [line for line in page.splitlines() if line.startswith("ExecStart=")]
    started = {line.removeprefix("ExecStart=/srv/pixelprompt/") for line in units}
    assert started == {
        line for line in documented.lines() if "serve" in line or "pixelprompt.worker" in line
    }
