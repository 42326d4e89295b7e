"""A snapshot that was given before is given again exactly as long as it is true."""

import asyncio
import gzip
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, cast
from uuid import UUID

import pytest
from django.utils.translation import get_language

from generation import changes, deletion, orphans, snapshots
from generation.asking import Together
from generation.models import Job, Picture, Result
from pixelprompt.bridge import Bridge
from pixelprompt.manners import Answer
from pixelprompt.repeats import MOST_OF_ONE, Kept, Repeats
from pixelprompt.wsgi import application as django
from providers.clock import from_now
from providers.models import ImageModel
from tests.api.drawing import copied, draw, drawn, fail
from tests.support import NOBODY, make_job, make_model

pytestmark = pytest.mark.django_db(transaction=True)
HOST = {"host": "here"}


class Given(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> Any:
        return json.loads(self.body)

    @property
    def but_its_correlation_id(self) -> "Given":
        headers = {n: v for n, v in self.headers.items() if n != "x-correlation-id"}
        return self._replace(headers=headers)

    @property
    def plain(self) -> "Given":
        """Without compression, which adds bytes at random."""
        if self.headers.get("content-encoding") != "gzip":
            return self
        headers = self.headers | {"content-length": ""}
        return Given(self.status, headers, gzip.decompress(self.body))


class Front:
    """The repeating application, and how often it had to ask Django."""

    def __init__(self) -> None:
        self.asked = 0
        self.django = Bridge(cast(Any, django), workers=1)
        self.repeats = Repeats(self._django)

    async def _django(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked += 1
        await self.django(scope, receive, send)

    async def ask(self, job: Any, **headers: str) -> Given:
        path = f"/status/{getattr(job, 'pk', job)}"
        named = (HOST | headers).items()
        scope = {
            "type": "http", "method": "GET", "path": path, "query_string": b"", "scheme": "http",
            "http_version": "1.1", "server": ("here", 80), "client": ("192.0.2.7", 1),
            "headers": [(n.replace("_", "-").encode(), v.encode()) for n, v in named],
        }  # fmt: skip
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        await self.repeats(scope, cast(Any, None), send)
        told = {n.decode(): v.decode() for n, v in sent[0]["headers"]}
        body = b"".join(message.get("body", b"") for message in sent[1:])
        return Given(sent[0]["status"], told, body)


@pytest.fixture
def front() -> Front:
    return Front()


@pytest.fixture
def loop() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as running:
        yield running


@pytest.fixture
def ask(front: Front, loop: asyncio.Runner) -> Callable[..., Given]:
    return lambda job, **headers: loop.run(front.ask(job, **headers))


Ask = Callable[..., Given]


WAYS: list[dict[str, str]] = [
    {},
    {"accept_encoding": "gzip"},
    {"origin": "http://a.test"},
    {"if_none_match": "*"},
]


@pytest.mark.parametrize("headers", WAYS)
def test_a_repeated_answer_is_the_one_that_django_gave(
    aurora: ImageModel, front: Front, ask: Ask, headers: dict[str, str]
) -> None:
    job = drawn()
    first, second = ask(job, **headers), ask(job, **headers)
    assert front.asked == 1
    assert second.but_its_correlation_id == first.but_its_correlation_id
    assert first.headers["x-correlation-id"] != second.headers["x-correlation-id"]
    assert ask(job, x_correlation_id="mine", **headers).headers["x-correlation-id"] == "mine"


@pytest.mark.parametrize("headers", WAYS)
def test_another_job_and_another_version_are_told_as_django_would(
    aurora: ImageModel, front: Front, ask: Ask, headers: dict[str, str]
) -> None:
    ask(drawn(), **headers)
    job = half_drawn(aurora, make_model(aurora.provider, "mosaic"))
    for change in (None, failed):
        if change:
            change(job)
        told = ask(job, **headers)
        assert front.asked == 1
        alone = Front()
        by_django = asyncio.run(alone.ask(job, **headers))
        assert told.plain.but_its_correlation_id == by_django.plain.but_its_correlation_id


def test_who_has_a_version_of_any_job_is_told_so_without_django(
    aurora: ImageModel, front: Front, ask: Ask
) -> None:
    first, job = drawn(), drawn()
    ask(first, if_none_match=ask(first).headers["etag"])
    asked = front.asked
    fresh = ask(job, if_none_match='"0", W/"1000"')
    assert (fresh.status, fresh.told["jobId"]) == (200, str(job.pk))
    known = ask(job, if_none_match=fresh.headers["etag"])
    assert (known.status, known.body, known.headers["etag"]) == (304, b"", fresh.headers["etag"])
    assert front.asked == asked


def test_a_reader_is_told_in_the_language_that_was_asked_for(
    aurora: ImageModel, front: Front, ask: Ask, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    monkeypatch.setattr(snapshots, "sentence", lambda result: f"in {get_language()}")
    first, second = (make_job(aurora) for _ in range(2))
    for job in (first, second):
        fail(job.results.get())
        for language in ("de", "en"):
            told = ask(job, accept_language=language)
            assert told.headers["content-language"] == language
            assert told.told["results"][0]["error"] == f"in {language}"
    assert front.asked == 2


def test_a_reader_who_has_the_version_is_told_so_without_django(
    aurora: ImageModel, front: Front, ask: Ask
) -> None:
    job = drawn()
    etag = ask(job).headers["etag"]
    known = [ask(job, if_none_match=etag) for _ in range(3)]
    assert {(given.status, given.body) for given in known} == {(304, b"")}
    assert front.asked == 2


def retried(job: Job) -> None:
    changes.retry(Result.objects.filter(job=job, state="error")[0], None)


def lost(job: Job) -> None:
    (picture,) = Picture.objects.filter(result__job=job)
    orphans.change(True, picture, lost_at=from_now(0))


def cancelled(job: Job) -> None:
    assert changes.cancel(job)


def failed(job: Job) -> None:
    fail(job.results.get(state="pending"))


@pytest.mark.parametrize("change", [copied, lost, cancelled, failed])
def test_a_changed_job_is_told_anew(
    aurora: ImageModel, ask: Ask, change: Callable[[Job], None]
) -> None:
    job = half_drawn(aurora, make_model(aurora.provider, "mosaic"))
    before = ask(job).told
    change(job)
    after = ask(job).told
    assert after["version"] > before["version"]
    assert after["results"] != before["results"]
    assert ask(job).told == after


def test_a_retry_is_told_at_once(aurora: ImageModel, ask: Ask) -> None:
    job = make_job(aurora)
    fail(job.results.get())
    assert ask(job).told["status"] == "failed"
    retried(job)
    assert ask(job).told["status"] == "pending"


def test_a_deleted_job_is_gone_at_once(aurora: ImageModel, ask: Ask) -> None:
    job = drawn()
    assert ask(job).status == 200
    deletion.delete_jobs([job.pk])
    assert ask(job).told["code"] == "JOB_NOT_FOUND"
    assert ask(NOBODY).status == 404


def test_a_reader_of_a_repeated_answer_ends_overdue_work(aurora: ImageModel, ask: Ask) -> None:
    job = make_job(aurora)
    assert ask(job).told["status"] == "pending"
    Result.objects.filter(job=job).update(deadline_at=from_now(-1))
    assert ask(job).told["results"][0]["errorCode"] == "DEADLINE_EXCEEDED"


def test_addresses_are_those_of_the_host_that_was_asked(aurora: ImageModel, ask: Ask) -> None:
    job = drawn()
    for host in ("one.test", "two.test", "one.test"):
        told = ask(job, host=host).told
        assert told["results"][0]["imageUrl"].startswith(f"http://{host}/media/")


def test_a_repeated_answer_is_in_the_access_log(
    aurora: ImageModel, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    job = drawn()
    with caplog.at_level(logging.INFO, "access"):
        for _ in range(2):
            ask(job, x_correlation_id="mine")
    first, second = [vars(record)["facts"] | {"duration": 0} for record in caplog.records]
    assert first == second
    assert (second["path"], str(second["client"])) == (f"/status/{job.pk}", "192.0.2.7")


def test_what_is_kept_is_bounded() -> None:
    kept = Kept(most=100)
    for number in range(20):
        kept.put(("http", str(number), ()), Answer(1, 200, [], b"", 30))
        kept.get(("http", "0", ()))
    assert kept.size <= 100
    assert kept.get(("http", "0", ()))
    assert not kept.get(("http", "1", ()))
    assert kept.get(("http", "19", ()))


def test_a_head_of_any_length_is_not_kept(aurora: ImageModel, front: Front, ask: Ask) -> None:
    ask(drawn(), accept_language="x" * MOST_OF_ONE)
    assert front.repeats.kept.size == 0


def test_all_who_ask_at_the_same_time_share_a_query(
    aurora: ImageModel, loop: asyncio.Runner
) -> None:
    asked: list[int] = []

    def counted(ids: set[UUID]) -> Mapping[UUID, int]:
        asked.append(len(ids))
        return snapshots.settled_versions(ids)

    jobs = [drawn() for _ in range(5)]

    async def all_at_once() -> list[int | None]:
        versions = Together(counted)
        return await asyncio.gather(*(versions.of(job.pk) for job in jobs * 3))

    assert loop.run(all_at_once()) == [job.version for job in jobs] * 3
    assert asked == [5]


def half_drawn(*models: ImageModel) -> Job:
    """The first model has drawn, the second waits."""
    job = make_job(*models)
    draw(job.results.get(index=1))
    return job
