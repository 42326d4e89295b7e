"""The versions of jobs, looked up in one query for all who ask at the same time."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from django.db import InterfaceError, OperationalError, close_old_connections

from generation import snapshots


class Versions:
    """One thread looks up; whoever asks meanwhile shares the next look."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="versions")
        self._turn = asyncio.Lock()
        self._asked: set[UUID] = set()
        self._next: asyncio.Task[Mapping[UUID, int]] | None = None

    async def of(self, job_id: UUID) -> int | None:
        """None where only Django can answer: no such job, overdue work, a database that is away."""
        if self._next is None:
            self._asked = set()
            self._next = asyncio.create_task(self._look(self._asked))
        self._asked.add(job_id)
        found = await asyncio.shield(self._next)
        return found.get(job_id)

    async def _look(self, asked: set[UUID]) -> Mapping[UUID, int]:
        async with self._turn:
            self._next = None
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._thread, self.look_up, asked)

    @staticmethod
    def look_up(job_ids: set[UUID]) -> Mapping[UUID, int]:
        try:
            return snapshots.settled_versions(job_ids)
        except (InterfaceError, OperationalError):
            return {}
        finally:
            close_old_connections()
