"""A copy of a data directory that is in use; the copy is a data directory again.

The database is copied first, as it is at one moment, and then the objects that this copy names:
none of them is ever overwritten, so what is missing then was deleted meanwhile, or lost before.
Whenever this is stopped, the directory holds the backup before, or the new one.
"""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

DATABASE, MEDIA, DRAFT = "pixelprompt.sqlite3", "media", "draft.sqlite3"
SECRETS = ("secret_key", "encryption_key")
OURS = {DATABASE, MEDIA, DRAFT, f"{DRAFT}-journal", *SECRETS}
NOTE = "last_backup"  # its time tells when a backup was last completed
# What waits may be drawn and paid after the copy was made, so that a copy must not draw it again.
NOTHING_WAITS = "UPDATE generation_result SET deadline_at = created_at WHERE state = 'pending'"
OBJECTS = """
    SELECT object_key, sha256, 0 FROM generation_attempt WHERE object_key <> ''
    UNION ALL SELECT thumbnail_key, '', 1 FROM generation_picture WHERE thumbnail_key <> ''
    UNION ALL SELECT medium_key, '', 1 FROM generation_picture WHERE medium_key <> ''
    UNION ALL SELECT small_key, '', 1 FROM generation_picture WHERE small_key <> ''
    UNION ALL SELECT key, sha256, 1 FROM generation_picture
"""


class CannotBackUp(Exception):
    """A sentence for an operator."""


class Named(NamedTuple):
    """What a row says of an object. One that is not `complete` may be written at this moment."""

    sha256: str
    complete: bool


@dataclass(slots=True)
class Told:
    """What a backup did with objects. `damaged` ones do not have the SHA-256 of their row."""

    held: int = 0
    copied: int = 0
    missing: int = 0
    removed: int = 0
    damaged: list[str] = field(default_factory=list)


def check_target(data: Path, into: Path) -> None:
    if into == data or data in into.parents or into in data.parents:
        raise CannotBackUp(f"{into} and the data directory {data} are within one another.")
    strangers = {entry.name for entry in into.iterdir()} - OURS if into.is_dir() else set()
    if strangers:
        raise CannotBackUp(f"{into} holds what is no backup: {min(strangers)}.")


def copy_database(database: Path, draft: Path) -> None:
    """The database as it is now. Those who write to it meanwhile wait for nothing."""
    if not database.is_file():
        raise CannotBackUp(f"There is no database at {database} yet.")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(draft)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")  # one file
        target.execute(NOTHING_WAITS)
        target.commit()
        (verdict,) = target.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise CannotBackUp(f"The database is damaged: {verdict}")


def objects_of(database: Path) -> dict[str, Named]:
    """The keys that a database names, with the SHA-256 of originals."""
    with closing(sqlite3.connect(database)) as rows:
        return {key: Named(sha256, bool(done)) for key, sha256, done in rows.execute(OBJECTS)}


def copy_objects(media: Path, into: Path, named: dict[str, Named]) -> Told:
    told = Told()
    for key, facts in named.items():
        if (into / key).is_file():
            told.held += 1
            continue
        try:
            content = (media / key).read_bytes()
        except FileNotFoundError:
            told.missing += 1
            continue
        if not facts.sha256 or hashlib.sha256(content).hexdigest() == facts.sha256:
            put(content, into / key, like=media / key)
            told.copied += 1
        elif facts.complete:
            told.damaged.append(key)
        else:
            told.missing += 1
    return told


def put(content: bytes, target: Path, *, like: Path) -> None:
    """The file appears complete or not at all, with the other one's time."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.draft")
    draft.write_bytes(content)
    shutil.copystat(like, draft)
    draft.replace(target)


def remove_unnamed(media: Path, named: Collection[str]) -> int:
    """Pictures of deleted jobs, and drafts, leave the backup."""
    removed = 0
    for path in list(files_of(media)):
        if str(path.relative_to(media)) not in named:
            path.unlink()
            removed += 1
    return removed


def files_of(media: Path) -> Iterator[Path]:
    return (path for path in media.rglob("*") if path.is_file())


def make(data: Path, database: Path, into: Path, *, pictures: bool) -> Told:
    """Copy all that a data directory needs; `pictures` are left out where a bucket has them."""
    check_target(data, into)
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy_database(database, into / DRAFT)
    named = objects_of(into / DRAFT) if pictures else {}
    told = copy_objects(data / MEDIA, into / MEDIA, named)
    for name in SECRETS:
        if (data / name).is_file():
            shutil.copy2(data / name, into / name)
    os.sync()
    (into / DRAFT).replace(into / DATABASE)
    told.removed = remove_unnamed(into / MEDIA, named)
    (data / NOTE).touch()
    return told


def opens(backup: Path, keys: Collection[str]) -> bool:
    """Whether the backup holds all the keys that open what is encrypted in it."""
    kept = backup / "encryption_key"
    return kept.is_file() and set(keys) <= {kept.read_text().strip()}
