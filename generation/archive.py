"""A job's pictures as one zip file, made while it is sent."""

import io
import json
import logging
import zipfile
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from django.core.files.storage import default_storage

from generation.manifest import file_name, manifest
from generation.models import Result
from generation.snapshots import Addresses, Snapshot

log = logging.getLogger(__name__)

CHUNK = 64 * 1024


class Outbox(io.RawIOBase):
    """What the zip file is written to. It cannot be sought, so that nothing waits for its end."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def write(self, data: Any, /) -> int:
        self.waiting.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken, self.waiting = b"".join(self.waiting), []
        return taken


def stream(snapshot: Snapshot, addresses: Addresses) -> Iterator[bytes]:
    """The bytes of the zip file: each picture as its provider sent it, and manifest.json at last.

    At most one picture is in memory. One that cannot be read is left out, and the manifest says so.
    """
    outbox = Outbox()
    told = manifest(snapshot, addresses)
    with zipfile.ZipFile(outbox, "w", zipfile.ZIP_STORED) as archive:
        for result, entry in zip(snapshot.results, told["results"], strict=True):
            if result.state == Result.State.COMPLETED:
                yield from picture(archive, outbox, result, entry)
        text = json.dumps(told, ensure_ascii=False, indent=2)
        archive.writestr(zipfile.ZipInfo("manifest.json", moment(snapshot.job.updated_at)), text)
    yield outbox.take()


def picture(
    archive: zipfile.ZipFile, outbox: Outbox, result: Result, entry: dict[str, Any]
) -> Iterator[bytes]:
    try:
        stored = default_storage.open(result.picture.key)
    except OSError:
        log.exception("The picture of result %s cannot be read for a download.", result.pk)
        entry["file"] = None
        return
    name = zipfile.ZipInfo(file_name(result), moment(result.finished_at))
    with stored, archive.open(name, "w") as written:
        for chunk in stored.chunks(CHUNK):
            written.write(chunk)
            yield outbox.take()


def moment(when: Any) -> tuple[int, int, int, int, int, int]:
    """As zip files tell time, which here is UTC."""
    year, month, day, hour, minute, second = when.astimezone(UTC).timetuple()[:6]
    return year, month, day, hour, minute, second
