"""Looks at jobs, taken in one query for all who ask at the same time."""

import asyncio
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from django.db import InterfaceError, OperationalError, close_old_connections

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Together(Generic[K, V]):
    """One thread looks up; whoever asks meanwhile shares the next look."""

    def __init__(self, look: Callable[[set[K]], Mapping[K, V]]) -> None:
        self._look_up = look
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=look.__name__)
        self._turn = asyncio.Lock()
        self._asked: set[K] = set()
        self._next: asyncio.Task[Mapping[K, V]] | None = None

    async def of(self, key: K) -> V | None:
        """None where only Django can answer: no such job, overdue work, a database that is away."""
        if self._next is None:
            self._asked = set()
            self._next = asyncio.create_task(self._look(self._asked))
        self._asked.add(key)
        found = await asyncio.shield(self._next)
        return found.get(key)

    async def _look(self, asked: set[K]) -> Mapping[K, V]:
        async with self._turn:
            self._next = None
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._thread, self._safely, asked)

    def _safely(self, asked: set[K]) -> Mapping[K, V]:
        try:
            return self._look_up(asked)
        except (InterfaceError, OperationalError):
            return {}
        finally:
            close_old_connections()
