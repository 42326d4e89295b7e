"""People who order one job after another, and wait for each, until they are told to go."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count

from tests.faults.clients import Clients

REST = 0.2  # seconds between an answer and the next order


@contextmanager
def visitors(clients: Clients, number: int, ask: Callable[[int, int], str]) -> Iterator[None]:
    """So many are there inside. `ask` gives the prompt of a visitor's next order."""
    over = threading.Event()
    with ThreadPoolExecutor(number, thread_name_prefix="visitor") as pool:
        there = [pool.submit(visit, clients, who, ask, over) for who in range(number)]
        try:
            yield
        finally:
            over.set()
        left(there)


def visit(
    clients: Clients, who: int, ask: Callable[[int, int], str], over: threading.Event
) -> None:
    for turn in count(1):
        job = clients.send(ask(who, turn)).job
        while job and job not in clients.ended and not over.is_set():
            time.sleep(REST)
        if over.wait(REST):
            return


def left(there: list[Future[None]]) -> None:
    """What went wrong with a visitor goes wrong here."""
    for visitor in there:
        visitor.result()
