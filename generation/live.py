"""Pushing snapshots: one thread a process reads all watched jobs in one query, again and again.

It looks at once when a job changed in this process, and every TICK for what other processes do.
Streams belong to the event loop; the thread hands them what is new.
"""

import asyncio
import json
import logging
import threading
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import InterfaceError, OperationalError, close_old_connections

from generation import snapshots
from generation.models.job import changed
from generation.snapshots import Addresses, Snapshot

log = logging.getLogger(__name__)

TICK = 0.25  # seconds between two looks for changes of other processes
BREATH = 0.02  # seconds in which changes of this process are gathered for one look
MOST_STREAMS = 4000
HEARTBEAT = 15.0  # seconds after which each stream says that it lives
LIFETIME = 600.0  # seconds after which a client is asked to come again
STILL_HERE = b":\n\n"


@dataclass(frozen=True, slots=True)
class Event:
    """A snapshot as it goes over the wire."""

    version: int
    final: bool
    content: bytes


class Stream:
    """One watcher's place. It holds only the newest event: what was overtaken is never sent."""

    def __init__(self, job_id: UUID, origin: str, version: int) -> None:
        self.job_id = job_id
        self.origin = origin
        self.version = version
        self.loop = asyncio.get_running_loop()
        self.over = self.loop.time() + LIFETIME
        self._event: Event | None = None
        self._fresh = asyncio.Event()
        self._ended = False

    def offer(self, event: Event) -> None:
        if event.version > self.version:
            self.version = event.version
            self._event = event
            self._fresh.set()

    def beat(self) -> None:
        """Say that it lives, or end it where it has lived its time."""
        self._ended = self._ended or self.loop.time() >= self.over
        self._fresh.set()

    def end(self) -> None:
        self._ended = True
        self._fresh.set()

    async def events(self) -> AsyncIterator[bytes]:
        """What to send, until the job can no longer change or the stream is ended."""
        while not self._ended:
            await self._fresh.wait()
            self._fresh.clear()
            event, self._event = self._event, None
            if event is not None:
                yield event.content
                self._ended = self._ended or event.final
            elif not self._ended:
                yield STILL_HERE


class Watcher:
    """All streams of this process, and the thread that feeds them while there are any."""

    def __init__(self) -> None:
        self._streams: dict[UUID, set[Stream]] = defaultdict(set)
        self._count = 0
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        changed.connect(self._on_change)

    def add(self, stream: Stream) -> bool:
        """False when there are as many streams as one process should hold."""
        with self._lock:
            if self._count >= MOST_STREAMS:
                return False
            self._streams[stream.job_id].add(stream)
            self._count += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)
                self._thread.start()
        self._wake.set()
        return True

    def remove(self, stream: Stream) -> None:
        with self._lock:
            others = self._streams[stream.job_id]
            others.discard(stream)
            self._count -= 1
            if not others:
                del self._streams[stream.job_id]

    def end_all(self) -> None:
        """Let every stream end now: the server is about to stop."""
        for streams in self._watched().values():
            tell(streams, Stream.end)

    def _on_change(self, **signal: object) -> None:
        if self._count:
            self._wake.set()

    def _watched(self) -> dict[UUID, list[Stream]]:
        with self._lock:
            return {job_id: list(streams) for job_id, streams in self._streams.items()}

    def _run(self) -> None:
        beaten = time.monotonic()
        while self._goes_on():
            if self._wake.wait(TICK):
                time.sleep(BREATH)
            self._wake.clear()
            watched = self._watched()
            try:
                feed(watched)
            except (InterfaceError, OperationalError):  # the database is away for a moment
                log.exception("The watched jobs could not be read.")
            finally:
                close_old_connections()
            if time.monotonic() - beaten >= HEARTBEAT:
                beaten = time.monotonic()
                for streams in watched.values():
                    tell(streams, Stream.beat)

    def _goes_on(self) -> bool:
        """The thread ends when nobody has watched for a round; the next stream starts another."""
        with self._lock:
            if not self._count:
                self._thread = None
            return self._thread is not None


watcher = Watcher()


def feed(watched: dict[UUID, list[Stream]]) -> None:
    """Hand every stream whose job has moved on its newest snapshot, and end those without a job."""
    versions = snapshots.versions(watched)
    behind = {
        job_id: late
        for job_id, streams in watched.items()
        if job_id in versions and (late := [s for s in streams if s.version < versions[job_id]])
    }
    for snapshot in snapshots.of_all(behind):
        offer(snapshot, behind[snapshot.job.pk])
    for job_id in watched.keys() - versions.keys():
        tell(watched[job_id], Stream.end)


def offer(snapshot: Snapshot, streams: Iterable[Stream]) -> None:
    """One event for all streams of the same origin."""
    by_origin: dict[str, list[Stream]] = defaultdict(list)
    for stream in streams:
        by_origin[stream.origin].append(stream)
    for origin, same in by_origin.items():
        tell(same, Stream.offer, event_of(snapshot, Addresses(origin)))


def tell(streams: Iterable[Stream], what: Callable[..., None], *about: Event) -> None:
    """Have each event loop do this to its streams: waking it once costs as much as one of them."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Stream]] = defaultdict(list)
    for stream in streams:
        by_loop[stream.loop].append(stream)
    for loop, same in by_loop.items():
        loop.call_soon_threadsafe(do_to_all, same, what, *about)


def do_to_all(streams: Iterable[Stream], what: Callable[..., None], *about: Event) -> None:
    for stream in streams:
        what(stream, *about)


def event_of(snapshot: Snapshot, addresses: Addresses) -> Event:
    told = json.dumps(snapshots.as_json(snapshot, addresses), separators=(",", ":"))
    version = snapshot.job.version
    return Event(version, snapshot.is_final, f"id: {version}\ndata: {told}\n\n".encode())
