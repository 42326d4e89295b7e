"""A backup that is made under load comes to life again elsewhere, and buys nothing twice."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import FakeProviders
from tests.faults import databases, servers
from tests.faults.arrangement import Arrangement
from tests.faults.evidence import ResultRow
from tests.faults.load import check_pictures, completed, orders_coming_in
from tests.faults.processes import ROOT
from tests.faults.stores import FaultyStore
from tests.support import until

MODELS = ["one", "two", "bfl:flux-2-pro"]
GENERATED = {"SECRET_KEY": "", "FIELD_ENCRYPTION_KEYS": ""}
REAL = "SELECT id FROM providers_imagemodel WHERE slug NOT LIKE 'demo-%'"
HELD = ("in progress", "and", "waiting")


PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def documented(tool: str, database: str, place: Path) -> None:
    """Run the commands of docs/operations.md that begin with this tool."""
    (commands,) = re.findall(rf"```sh\n({tool}.*?)```", PAGE, re.DOTALL)
    env = {"PATH": os.environ["PATH"], "DATABASE_URL": database}
    subprocess.run(["/bin/sh", "-ec", commands], cwd=place, env=env, check=True, timeout=60)


def back_up(place: Arrangement, into: Path) -> str:
    backup = place.command("manage.py", "backup", str(into))
    assert backup.wait_until_over(60) == 0, backup.output
    return backup.output


def ordered(place: Arrangement, prompts: tuple[str, ...]) -> list[ResultRow]:
    jobs = {job.id for job in place.rows.jobs if job.prompt in prompts}
    return [row for row in place.rows.results if row.job in jobs]


@pytest.fixture
def original(tmp_path: Path, fakes: FakeProviders) -> Arrangement:
    place = tmp_path / "original"
    place.mkdir()
    return Arrangement(place, fakes, MODELS, threads=4, env=GENERATED)


def test_a_backup_of_a_drawing_server_is_a_server_again(
    original: Arrangement, tmp_path: Path, fakes: FakeProviders
) -> None:
    backup, elsewhere = tmp_path / "backup", tmp_path / "restored"
    with original:
        original.web()
        with orders_coming_in(original):
            until(lambda: completed(original), bool, 30)
            at_first_backup = len(completed(original))
            assert " 0 there before" in back_up(original, backup)
        original.settled()
        hold_some(original, fakes)
        assert "0 not in the storage" in back_up(original, backup)
        at_backup = ordered(original, HELD)
        fakes.release()
        original.settled()

    shutil.copytree(backup, elsewhere)
    bought = len(fakes.ledger)
    with Arrangement(elsewhere, fakes, MODELS, threads=4, env=GENERATED) as restored:
        restored.web()
        restored.settled()
        assert len(fakes.ledger) == bought
        assert len(completed(restored)) >= at_first_backup
        check_pictures(restored)
        check_what_was_unfinished(at_backup, ordered(restored, HELD))
        draws_with_the_keys_it_has(restored)


@pytest.fixture
def store(s3_url: str) -> Iterator[FaultyStore]:
    with FaultyStore(s3_url, "backups") as made:
        yield made


@pytest.mark.skipif(not shutil.which("pg_restore"), reason="PostgreSQL's clients are not installed")
def test_a_dump_of_a_drawing_team_is_a_team_again(
    tmp_path: Path, fakes: FakeProviders, store: FaultyStore
) -> None:
    for name in ("original", "restored"):
        (tmp_path / name).mkdir()
    with (
        servers.postgres() as database,
        servers.postgres() as empty,
        servers.shared_redis() as broker,
    ):
        shared: Any = {"broker": broker, "store": store, "threads": 4}
        with Arrangement(
            tmp_path / "original", fakes, MODELS, database=database, **shared
        ) as original:
            original.web()
            original.worker()
            fakes.delay(0.3)
            with orders_coming_in(original):
                until(lambda: completed(original), bool, 60)
            original.settled()
            hold_some(original, fakes)
            documented("pg_dump", database, tmp_path)
            at_backup = ordered(original, HELD)
            fakes.release()
            original.settled()
        documented("pg_restore", empty, tmp_path)
        servers.forget_bells(broker)
        bought = len(fakes.ledger)
        with Arrangement(
            tmp_path / "restored", fakes, MODELS, database=empty, **shared
        ) as restored:
            restored.web()
            restored.worker()
            restored.settled()
            assert len(fakes.ledger) == bought
            check_pictures(restored)
            check_what_was_unfinished(at_backup, ordered(restored, HELD))
            draws_with_the_keys_it_has(restored)


def hold_some(place: Arrangement, fakes: FakeProviders) -> None:
    """Orders of which some are being drawn and some wait, until the fakes are released."""
    fakes.hold()
    place.clients.send_all(HELD)
    fakes.wait_until_in_flight(3)
    until(lambda: {row.state for row in place.rows.unfinished}, lambda seen: len(seen) == 2)


def check_what_was_unfinished(before: list[ResultRow], after: list[ResultRow]) -> None:
    """What was being called for may have been billed, what waited may be billed since. Only a
    task that its provider had named is fetched."""
    ends = {"in_progress": {"OUTCOME_UNKNOWN"}, "pending": {"DEADLINE_EXCEEDED"}}
    codes = {row.id: row.error_code for row in after}
    for row in before:
        fetched = {""} if row.state == "in_progress" and row.model == "flux-2-pro" else set()
        assert codes[row.id] in ends[row.state] | fetched


def draws_with_the_keys_it_has(place: Arrangement) -> None:
    job = place.clients.send("with the keys of the backup").job
    until(lambda: place.clients.look(job), lambda poll: poll and poll.status == "completed", 60)
    assert len(databases.select(place.database, REAL)[0]) == len(MODELS)
