"""Server-sent events from a running server: each snapshot when it exists, as polling tells it."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import requests

from generation.live import Event, Stream
from tests.fakes import FakeProviders
from tests.served import Served
from tests.support import until
from tests.test_serve import model_variables


@pytest.fixture(scope="module")
def providers() -> Iterator[FakeProviders]:
    with FakeProviders() as running:
        yield running


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, providers: FakeProviders) -> Iterator[Served]:
    data = tmp_path_factory.mktemp("served")
    with Served(data, **model_variables(providers, "one", "two")) as running:
        yield running


@pytest.fixture
def fakes(providers: FakeProviders) -> Iterator[FakeProviders]:
    yield providers
    providers.reset()


class Listener:
    """A client of /events/{jobId}, with a patience of 20 seconds for each line."""

    def __init__(self, served: Served, job_id: str, **headers: str) -> None:
        url = f"{served.root}/events/{job_id}"
        self.answer = requests.get(url, headers=headers, stream=True, timeout=20)
        self.lines = self.answer.iter_lines(chunk_size=1, decode_unicode=True)

    def close(self) -> None:
        self.answer.close()

    def event(self) -> dict[str, Any]:
        """The next snapshot."""
        number = next(line for line in self.lines if line.startswith("id: "))
        told: dict[str, Any] = json.loads(next(self.lines).removeprefix("data: "))
        assert number == f"id: {told['version']}"
        return told

    def rest(self) -> list[dict[str, Any]]:
        """All snapshots until the server ends the stream."""
        return [
            json.loads(line.removeprefix("data: "))
            for line in self.lines
            if line.startswith("data: ")
        ]


Listen = Callable[..., Listener]


@pytest.fixture
def listen() -> Iterator[Listen]:
    """Begins to listen; whoever still does so at the end is hung up."""
    with ExitStack() as listeners:

        def begin(served: Served, job_id: str, **headers: str) -> Listener:
            return listeners.enter_context(closing(Listener(served, job_id, **headers)))

        yield begin


def test_each_change_is_pushed_until_the_copies_hang(
    served: Served, fakes: FakeProviders, listen: Listen
) -> None:
    fakes.hold()
    job_id = served.generate("a red fox")
    fakes.wait_until_in_flight(2)
    listener = listen(served, job_id)
    assert listener.event()["completedModels"] == 0
    fakes.release()
    told = listener.rest()
    versions = [snapshot["version"] for snapshot in told]
    assert versions == sorted(set(versions))
    assert told[-1] == served.status(job_id)
    assert all(r["thumbnailUrl"] != r["imageUrl"] for r in told[-1]["results"])


def test_what_another_process_changes_is_pushed_too(
    served: Served, fakes: FakeProviders, listen: Listen
) -> None:
    fakes.hold()
    job_id = served.generate("changed elsewhere")
    fakes.wait_until_in_flight(2)
    listener = listen(served, job_id)
    before = listener.event()["version"]
    elsewhere(served, "UPDATE generation_job SET version = version + 7 WHERE id = ?", job_id)
    assert listener.event()["version"] == before + 7
    fakes.release()
    served.finished(job_id)


def test_a_stream_ends_when_its_job_is_deleted(
    served: Served, fakes: FakeProviders, listen: Listen
) -> None:
    job = requests.post(f"{served.root}/generate", json={"prompt": "soon gone"}, timeout=20).json()
    served.finished(job["jobId"])
    fakes.hold()
    token = {"X-Job-Token": job["jobToken"]}
    address = f"{served.root}/jobs/{job['jobId']}"
    rerun = requests.post(f"{address}/rerun", json={}, headers=token, timeout=20).json()
    fakes.wait_until_in_flight(1)
    listener = listen(served, rerun["jobId"])
    listener.event()
    again = {"X-Job-Token": rerun["jobToken"]}
    assert requests.delete(f"{served.root}/jobs/{rerun['jobId']}", headers=again, timeout=20).ok
    listener.rest()
    fakes.release()


def test_a_reader_who_knows_the_end_is_told_not_to_come_again(
    served: Served, listen: Listen
) -> None:
    job_id = served.generate("a red fox")
    last = listen(served, job_id).rest()[-1]
    again = served.get(f"/events/{job_id}", headers={"Last-Event-ID": str(last["version"])})
    assert (again.status_code, again.content) == (204, b"")
    older = listen(served, job_id, **{"Last-Event-ID": "1"})
    assert older.rest() == [last]


def test_a_stream_carries_the_headers_of_every_answer(served: Served, listen: Listen) -> None:
    job_id = served.generate("a red fox")
    answer = listen(served, job_id, **{"X-Correlation-ID": "mine"}).answer
    assert answer.headers["Content-Type"] == "text/event-stream"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["X-Correlation-ID"] == "mine"
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("job_id", [str(UUID(int=7)), "nonsense", "%00", "a/b"])
def test_an_unknown_job_has_no_stream(served: Served, job_id: str) -> None:
    answer = served.get(f"/events/{job_id}")
    assert answer.status_code == 404
    assert answer.json()["code"] in ("JOB_NOT_FOUND", "NOT_FOUND")


def test_streams_do_not_hold_a_server_up_that_must_stop(
    tmp_path: Path, fakes: FakeProviders, listen: Listen
) -> None:
    with Served(tmp_path, **model_variables(fakes, "one"), WEB_THREADS="1") as served:
        fakes.hold()
        job_id = served.generate("long drawn")
        listeners = [listen(served, job_id) for _ in range(5)]  # five times the threads
        for listener in listeners:
            listener.event()
        fakes.release()
        assert served.terminate() == 0
        assert "Cancel" not in served.output


def test_a_slow_watcher_is_sent_only_the_newest_snapshot() -> None:
    async def watch() -> list[bytes]:
        stream = Stream(UUID(int=1), "http://here", version=1)
        for version in (1, 2, 5, 4):
            stream.offer(Event(version, version == 5, b"%d" % version))
        return [content async for content in stream.events()]

    assert asyncio.run(watch()) == [b"5"]


def elsewhere(served: Served, statement: str, job_id: str) -> None:
    with closing(sqlite3.connect(served.data / "pixelprompt.sqlite3", timeout=20)) as database:
        until(lambda: database.execute(statement, [UUID(job_id).hex]).rowcount, lambda n: n == 1)
        database.commit()
