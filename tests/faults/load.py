"""Orders that keep coming in while something else is done, and what became of them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.faults.arrangement import Arrangement
from tests.faults.evidence import ResultRow


@contextmanager
def orders_coming_in(place: Arrangement) -> Iterator[None]:
    over = threading.Event()

    def order() -> None:
        while not over.wait(0.4):
            place.clients.send(f"under load {len(place.clients.requests)}")

    client = threading.Thread(target=order)
    client.start()
    try:
        yield
    finally:
        over.set()
        client.join()


def completed(place: Arrangement) -> list[ResultRow]:
    return [row for row in place.rows.results if row.state == "completed"]


def check_pictures(place: Arrangement) -> None:
    """Every completed picture is there, bit for bit."""
    objects = place.objects()
    assert completed(place)
    for row in completed(place):
        assert objects[row.key].sha256 == row.sha256
