"""How Django answers a request for a snapshot: all of it but what the job itself decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.utils import translation
from django.utils.text import compress_string
from rest_framework.renderers import JSONRenderer

from generation import snapshots
from generation.snapshots import Addresses
from pixelprompt.compression import TextGZip

Header = tuple[bytes, bytes]


class Wanted(NamedTuple):
    """A job's snapshot as somebody asks for it."""

    job_id: UUID
    origin: str
    language: str
    compressed: bool


class Told(NamedTuple):
    version: int
    body: bytes


def tell(wanted: set[Wanted]) -> Mapping[Wanted, Told]:
    """What `/status/{jobId}` says of these jobs, in two queries for all. A job that is gone is
    left out."""
    found = {shot.job.pk: shot for shot in snapshots.of_all({each.job_id for each in wanted})}
    told = {}
    for each in wanted:
        if snapshot := found.get(each.job_id):
            with translation.override(each.language):
                told[each] = Told(snapshot.job.version, body_of(snapshot, each))
    return told


def body_of(snapshot: snapshots.Snapshot, wanted: Wanted) -> bytes:
    body = JSONRenderer().render(snapshots.as_json(snapshot, Addresses(wanted.origin)))
    if not wanted.compressed:
        return body
    return compress_string(body, max_random_bytes=TextGZip.max_random_bytes)


@dataclass(frozen=True, slots=True)
class Answer:
    """One that Django gave, but for its correlation id."""

    version: int
    status: int
    headers: list[Header]
    body: bytes
    size: int

    def wanted(self, job_id: UUID, origin: str) -> Wanted:
        """What to ask `tell` for, so that a job is told as this one was."""
        headers = dict(self.headers)
        language = headers.get(b"content-language", b"").decode("latin-1")
        return Wanted(job_id, origin, language, headers.get(b"content-encoding") == b"gzip")

    def of_another(self, told: Told) -> "Answer":
        """What Django would answer to the same request for another job, or for another version:
        the ETag, the body and its length are those of the job."""
        etag = dict(self.headers)[b"etag"].replace(b"%d" % self.version, b"%d" % told.version)
        own = {b"etag": etag, b"content-length": b"%d" % len(told.body)}
        headers = [(name, own.get(name, value)) for name, value in self.headers]
        size = self.size - len(self.body) + len(told.body)
        return Answer(told.version, self.status, headers, told.body, size)
