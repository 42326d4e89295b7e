"""`manage.py backup DIR` on an installation at rest; tests/faults/test_backups.py makes one under
load and brings it to life."""

import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.served import ROOT, Served, environment, manage
from tests.support import until

Drawn = tuple[Path, Path]  # a data directory with pictures, and where its backup goes


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of a server that has drawn its example."""
    data = tmp_path_factory.mktemp("original")
    with Served(data) as served:
        until(
            lambda: rows(data, "SELECT * FROM generation_picture"), lambda seen: len(seen) == 8, 60
        )
        assert served.terminate() == 0
    return data


@pytest.fixture
def drawn(original: Path, tmp_path: Path) -> Drawn:
    shutil.copytree(original, tmp_path / "data")
    return tmp_path / "data", tmp_path / "backup"


def rows(data: Path, query: str) -> list[tuple[str]]:
    with closing(sqlite3.connect(data / "pixelprompt.sqlite3", timeout=20)) as database:
        try:
            return database.execute(query).fetchall()
        except sqlite3.OperationalError:  # not migrated yet
            return []


def keys(data: Path) -> list[str]:
    return [key for (key,) in rows(data, "SELECT key FROM generation_picture ORDER BY key")]


def back_up(drawn: Drawn) -> str:
    code, told = manage(drawn[0], "backup", str(drawn[1]))
    assert code == 0, told
    return told


def refused(drawn: Drawn) -> str:
    code, told = manage(drawn[0], "backup", str(drawn[1]))
    assert code == 1
    assert "Traceback" not in told
    return told


def test_a_backup_holds_database_pictures_and_secrets_and_nothing_else(drawn: Drawn) -> None:
    data, backup = drawn
    assert "is a complete backup" in back_up(drawn)
    held = {entry.name for entry in backup.iterdir()}
    assert held == {"pixelprompt.sqlite3", "media", "secret_key", "encryption_key"}
    assert len(keys(backup)) == 8
    assert all((backup / "media" / key).read_bytes() == (data / "media" / key).read_bytes()
               for key in keys(data))  # fmt: skip
    assert stat.S_IMODE(backup.stat().st_mode) == 0o700
    assert stat.S_IMODE((backup / "encryption_key").stat().st_mode) == 0o600


def test_the_next_backup_copies_what_is_new_and_forgets_deleted_jobs(drawn: Drawn) -> None:
    data, backup = drawn
    back_up(drawn)
    assert " 0 new, " in back_up(drawn)
    gone = keys(data)[0]
    with closing(sqlite3.connect(data / "pixelprompt.sqlite3")) as database:
        database.execute(
            "UPDATE generation_attempt SET object_key = '' WHERE object_key = ?", [gone]
        )
        database.execute("DELETE FROM generation_picture WHERE key = ?", [gone])
        database.commit()
    assert (backup / "media" / gone).exists()
    told = back_up(drawn)
    assert not (backup / "media" / gone).exists()
    assert len(keys(backup)) == 7
    assert "of deleted jobs removed" in told


def test_a_picture_that_the_storage_lost_stays_in_the_backup(drawn: Drawn) -> None:
    data, backup = drawn
    back_up(drawn)
    (data / "media" / keys(data)[0]).unlink()
    assert " 0 not in the storage" in back_up(drawn)
    assert (backup / "media" / keys(data)[0]).exists()


def test_a_damaged_picture_is_named_and_not_taken_for_a_backup(drawn: Drawn) -> None:
    data, backup = drawn
    damaged, *others = keys(data)
    (data / "media" / damaged).write_bytes(b"bits that rotted")
    told = refused(drawn)
    assert f"{damaged} is damaged and was not copied" in told
    assert not (backup / "media" / damaged).exists()
    assert all((backup / "media" / key).exists() for key in others)


def test_a_place_that_holds_something_else_is_left_alone(drawn: Drawn) -> None:
    data, backup = drawn
    backup.mkdir()
    (backup / "letters.txt").write_text("dear")
    assert "holds what is no backup: letters.txt" in refused(drawn)
    assert [entry.name for entry in backup.iterdir()] == ["letters.txt"]
    assert "within one another" in refused((data, data / "backup"))


def test_without_a_database_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    told = refused((tmp_path / "data", tmp_path / "backup"))
    assert "There is no database" in told
    assert not (tmp_path / "backup" / "pixelprompt.sqlite3").exists()


def test_keys_that_are_kept_elsewhere_are_asked_for(drawn: Drawn) -> None:
    data, backup = drawn
    key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
    command = [sys.executable, "manage.py", "backup", str(backup)]
    env = environment(data) | {"FIELD_ENCRYPTION_KEYS": key}
    told = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert "Keep FIELD_ENCRYPTION_KEYS too" in told.stdout
    assert "Keep FIELD_ENCRYPTION_KEYS too" not in back_up(drawn)
