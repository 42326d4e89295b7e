"""Two releases on one database: the next one is this one with a migration that adds."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import FakeProviders
from tests.faults import databases, servers
from tests.faults.arrangement import UNHURRIED, Arrangement
from tests.faults.clients import ENDED
from tests.faults.processes import ROOT
from tests.faults.stores import FaultyStore
from tests.support import until

LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv*", ".*_cache", "__pycache__", "node_modules", "data", "dist", "docs"
)
# What the next release adds to a model, after the line that is given first.
ADDED = {
    "generation/models/job.py": (
        '    seed = models.BigIntegerField(_("seed"), null=True, blank=True)\n',
        '    mood = models.CharField(max_length=40, db_default="calm")\n',
    ),
    "generation/models/result.py": (
        '            models.Index(fields=["finished_at"], name="result_finished"),\n',
        '            models.Index(fields=["seed"], name="result_seed"),\n',
    ),
}
MODELS = ["one", "two", "bfl:flux-2-pro"]
MOODS = "SELECT prompt, mood FROM generation_job ORDER BY prompt"


@pytest.fixture(scope="module")
def next_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = tmp_path_factory.mktemp("next") / "release"
    shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
    for name, (line, more) in ADDED.items():
        text = (tree / name).read_text()
        assert line in text
        (tree / name).write_text(text.replace(line, line + more))
    return tree


@pytest.fixture
def store(s3_url: str) -> Iterator[FaultyStore]:
    with FaultyStore(s3_url, "two-releases") as made:
        yield made


@pytest.fixture
def releases(
    tmp_path: Path, fakes: FakeProviders, next_release: Path, store: FaultyStore
) -> Iterator[tuple[Arrangement, Arrangement]]:
    """The present one and the next, as two machines of one installation."""
    with servers.postgres() as database, servers.shared_redis() as broker:
        shared: Any = {"database": database, "broker": broker, "store": store} | {
            "LEASE": UNHURRIED
        }
        made = []
        for name, code in (("old", ROOT), ("new", next_release)):
            (tmp_path / name).mkdir()
            made.append(Arrangement(tmp_path / name, fakes, MODELS, code=code, **shared))
        old, new = made
        with old, new:
            yield old, new


def migrate(new: Arrangement) -> None:
    made = new.command("manage.py", "makemigrations", "generation", "--name", "next")
    assert made.wait_until_over(60) == 0, made.output
    prepared = new.command("manage.py", "prepare")
    assert prepared.wait_until_over(60) == 0, prepared.output


def drawn(place: Arrangement, prompt: str) -> None:
    """Order a job there, and see all of it drawn."""
    job = place.clients.send(prompt).job
    until(lambda: place.clients.look(job), lambda poll: poll and poll.status in ENDED, 60)
    ended = [row for row in place.rows.results if row.job == job]
    assert {row.state for row in ended} == {"completed"}, ended


def test_a_release_and_the_next_one_draw_side_by_side_and_lose_nothing(
    releases: tuple[Arrangement, Arrangement], fakes: FakeProviders
) -> None:
    old, new = releases
    old.web()
    old_worker = old.worker()
    drawn(old, "before the upgrade")
    fakes.delay(0.3)
    old.clients.send_all([f"while it migrates {number}" for number in range(6)])
    migrate(new)
    new.web()
    drawn(new, "ordered at the new, drawn by the old")
    new.worker()
    for place, name in ((old, "old"), (new, "new")):
        place.clients.send_all([f"at the {name} with both {number}" for number in range(6)])
    assert old_worker.terminate() == 0
    drawn(old, "ordered at the old, drawn by the new")
    assert old.processes[0].terminate() == 0
    drawn(new, "after the upgrade")

    new.clients.requests += old.clients.requests
    new.clients.polls += old.clients.polls
    assert new.broken_promises() == []
    assert {row.state for row in new.rows.results} == {"completed"}
    moods = dict(databases.select(new.database, MOODS)[0])
    assert len(moods) == 22
    assert set(moods.values()) == {"calm"}


def test_the_release_before_starts_again_on_the_tables_of_the_next(
    releases: tuple[Arrangement, Arrangement],
) -> None:
    old, new = releases
    migrate(new)
    old.web()
    old.worker()
    drawn(old, "back again")
    assert old.broken_promises() == []
