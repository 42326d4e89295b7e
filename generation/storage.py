"""Where pictures are kept: local files here, an S3 bucket in `bucket`."""

import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import NamedTuple, Protocol, cast

from django.core.files.storage import FileSystemStorage, default_storage


class StoredObject(NamedTuple):
    """A key, and when its object was written by the storage's clock."""

    key: str
    written_at: datetime


class Shelf(Protocol):
    """What both kinds of storage can do besides what Django asks of them."""

    def objects(self) -> Iterator[StoredObject]:
        """Every object, in no order, without holding more than some of them in memory."""

    def delete_all(self, keys: Collection[str]) -> None:
        """Delete these objects. One that is not there is fine; one that stays is an OSError."""


def shelf() -> Shelf:
    return cast(Shelf, default_storage)


class PictureFiles(FileSystemStorage):
    """Pictures in a directory."""

    def objects(self) -> Iterator[StoredObject]:
        for entry in files_below(str(self.location)):
            with suppress(FileNotFoundError):
                written = datetime.fromtimestamp(entry.stat().st_mtime, UTC)
                yield StoredObject(os.path.relpath(entry.path, self.location), written)

    def delete_all(self, keys: Collection[str]) -> None:
        """The folders that this leaves empty go too."""
        for key in keys:
            self.delete(key)
        folders = {folder for key in keys for folder in PurePosixPath(key).parents}
        for folder in sorted(folders - {PurePosixPath(".")}, reverse=True):
            with suppress(OSError):
                os.rmdir(self.path(str(folder)))


def files_below(folder: str) -> Iterator[os.DirEntry[str]]:
    """One entry at a time: a list of all folders could be long."""
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from files_below(entry.path)
            else:
                yield entry
