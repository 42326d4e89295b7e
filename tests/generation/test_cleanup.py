"""`manage.py cleanup`: what is old goes, objects before rows, and nothing that is at work."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connections
from django.db.models import F
from django.test import Client
from django.utils import timezone

from generation import batches, changes, deletion, orphans, pictures
from generation.models import Attempt, Counter, IdempotencyKey, Job, Picture, Result
from generation.storage import shelf
from generation.submission import Order, submit
from tests.api.drawing import copied, draw, drawn, fail, png
from tests.generation.books import balanced
from tests.support import Api, only_result

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("aurora", "small_pages"),
]

SHA = "0" * 64
OLD = timedelta(days=40)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything takes several batches."""
    monkeypatch.setattr(batches, "SIZE", 2)


@pytest.fixture
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was stored just now is as old as what was stored last week."""
    monkeypatch.setattr(orphans, "GRACE", timedelta(seconds=-60))


def cleanup(*words: str) -> str:
    out = StringIO()
    call_command("cleanup", *words, stdout=out, stderr=out)
    return out.getvalue()


def aged(job: Job) -> Job:
    """The job as if nothing had happened to it for 40 days."""
    when = timezone.now() - OLD
    Job.objects.filter(pk=job.pk).update(created_at=when, updated_at=when)
    Attempt.objects.filter(result__job=job).update(created_at=when)
    return job


def stored() -> set[str]:
    return {each.key for each in shelf().objects()}


class TestOldJobs:
    def test_nothing_happens_without_being_asked_for(self) -> None:
        job = aged(drawn())
        before = stored()
        told = cleanup("--days", "30")
        assert "jobs older than 30 days: 1 would be removed" in told
        assert "Nothing was changed" in told
        assert (Job.objects.get(), stored()) == (job, before)

    def test_jobs_are_kept_for_ever_unless_a_number_of_days_is_set(self, settings: Any) -> None:
        aged(drawn())
        assert "kept for ever" in cleanup("--apply")
        assert Job.objects.count() == 1

    @pytest.mark.usefixtures("each_storage")
    def test_old_jobs_go_with_their_objects_and_leave_the_ledger(self) -> None:
        old = [drawn(f"a fox, number {number}") for number in range(3)]
        copied(old[0])
        for job in old:
            aged(job)
        young = drawn("yesterday's fox")
        money = balanced()
        assert "jobs older than 30 days: 3 removed" in cleanup("--days", "30", "--apply")
        assert Job.objects.get() == young
        assert stored() == {Picture.objects.get().key}
        assert Attempt.objects.filter(result=None, prompt_sent="", object_key="").count() == 3
        assert balanced() == money

    def test_a_second_round_finds_nothing_to_do(self) -> None:
        aged(drawn())
        cleanup("--days", "30", "--apply")
        assert "jobs older than 30 days: 0 removed" in cleanup("--days", "30", "--apply")

    @pytest.mark.parametrize("state", ["waiting", "being drawn", "being retried", "just retried"])
    def test_a_job_at_work_stays(self, state: str) -> None:
        job = submit(Order("a red fox"), client=None)
        if state == "being drawn":
            assert Result.objects.claim(only_result(job).pk, "a worker")
        if "retried" in state:
            fail(only_result(job))
            aged(job)
            retried = changes.retry(only_result(job), None)
        if state == "just retried":
            draw(retried)
        else:
            aged(job)
        assert "30 days: 0 removed" in cleanup("--days", "30", "--apply")
        assert Job.objects.filter(pk=job.pk).exists()

    def test_a_retry_that_comes_just_before_the_rows_go_keeps_the_job(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job = submit(Order("a red fox"), client=None)
        fail(only_result(job))
        aged(job)
        delete_objects = deletion.delete_objects

        def retried_meanwhile(job_id: Any) -> None:
            delete_objects(job_id)
            changes.retry(Result.objects.get(job=job_id), None)

        monkeypatch.setattr(deletion, "delete_objects", retried_meanwhile)
        assert "30 days: 0 removed" in cleanup("--days", "30", "--apply")
        assert Result.objects.filter(job=job).active().count() == 1

    @pytest.mark.usefixtures("each_storage")
    def test_an_object_that_stays_keeps_its_row_and_the_others_go(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        jobs = [aged(drawn(f"number {number}")) for number in range(4)]
        kept = Picture.objects.get(result__job=jobs[1]).key
        holding(monkeypatch, kept)
        with pytest.raises(CommandError, match="1 jobs could not be removed"):
            call_command("cleanup", "--days", "30", "--apply")
        told = capsys.readouterr()
        assert f"the pictures of job {jobs[1].pk}, so it stays" in told.err
        assert "30 days: 3 removed" in told.out
        assert Job.objects.get() == jobs[1]
        monkeypatch.undo()
        assert "30 days: 1 removed" in cleanup("--days", "30", "--apply")

    @pytest.mark.usefixtures("each_storage")
    def test_cleanups_at_once_count_each_job_once(self) -> None:
        for number in range(6):
            aged(drawn(f"number {number}"))

        def one(_number: int) -> int:
            try:
                told = cleanup("--days", "30", "--apply")
                return int(told.partition("30 days: ")[2].partition(" ")[0])
            finally:
                connections.close_all()

        with ThreadPoolExecutor(3) as pool:
            assert sum(pool.map(one, range(3))) == 6
        assert (Job.objects.count(), stored()) == (0, set())

    def test_calls_that_stand_alone_forget_their_words(self) -> None:
        line = Attempt.objects.create(
            purpose="test", kind="demo", provider_model="m", detail="a fox", cost_micros=5
        )
        Attempt.objects.update(created_at=timezone.now() - OLD)
        young = Attempt.objects.create(kind="demo", provider_model="m", detail="a fox")
        assert "calls older than 30 days: 1 stripped" in cleanup("--days", "30", "--apply")
        line.refresh_from_db()
        assert (line.detail, line.cost_micros) == ("", 5)
        assert Attempt.objects.get(pk=young.pk).detail == "a fox"


def holding(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """Let the storage refuse to delete this object."""
    delete_all = shelf().delete_all

    def refusing(keys: Any) -> None:
        if key in keys:
            raise OSError("this object is held")
        delete_all(keys)

    monkeypatch.setattr(default_storage, "delete_all", refusing)


@pytest.mark.usefixtures("each_storage", "no_grace")
class TestObjectsWithoutARow:
    def test_what_no_row_knows_goes_and_the_rest_stays(self) -> None:
        job = drawn()
        copied(job)
        known = stored()
        lost = f"{job.pk}/{only_result(job).pk}/9-{SHA}.png"
        for key in (lost, f"{lost[:-4]}_AbCdEfG.png", "readiness/abc"):
            pictures.store(key, b"nobody's")
        told = cleanup()
        assert "objects without a row, of 7: 3 would be removed" in told
        assert lost in stored()
        assert "objects without a row, of 7: 3 removed" in cleanup("--apply")
        assert stored() == known

    def test_what_has_no_name_of_ours_is_told_and_left_alone(self) -> None:
        pictures.store("backup/notes.txt", b"mine")
        assert "1 objects have no name of ours" in cleanup("--apply")
        assert stored() == {"backup/notes.txt"}

    def test_a_picture_that_is_just_being_stored_stays(self) -> None:
        job = submit(Order("a red fox"), client=None)
        claim = Result.objects.claim(only_result(job).pk, "a worker")
        assert claim is not None
        picture = pictures.check(png())
        place = pictures.place(picture, job.pk, claim.result.pk, claim.result.epoch)
        assert claim.received(place, {})
        pictures.store(place.key, picture.content)
        cleanup("--apply")
        assert claim.complete()
        assert pictures.holds(place.key, place.sha256)

    def test_a_copy_that_is_stored_and_not_yet_noted_stays(self) -> None:
        drawn()
        key = pictures.copy_keys(Picture.objects.get().key)["thumbnail_key"]
        pictures.store(key, b"a copy")
        cleanup("--apply")
        assert default_storage.exists(key)

    def test_an_object_stored_after_its_job_was_deleted_goes(self) -> None:
        job = drawn()
        key = Picture.objects.get().key
        deletion.delete_jobs([job.pk])
        pictures.store(key, png())
        assert "1 removed" in cleanup("--apply")
        assert stored() == set()


@pytest.mark.usefixtures("each_storage")
def test_a_fresh_object_has_its_day_of_grace() -> None:
    key = f"{Job().pk}/{Job().pk}/1-{SHA}.png"
    pictures.store(key, b"perhaps somebody's")
    assert "objects without a row, of 1: 0 removed" in cleanup("--apply")
    assert stored() == {key}


@pytest.mark.usefixtures("each_storage")
class TestRowsWithoutTheirObject:
    def test_a_lost_picture_is_marked_told_and_left_out_of_the_gallery(self, api: Api) -> None:
        job = drawn()
        kept = drawn("another")
        version = Job.objects.get(pk=job.pk).version
        default_storage.delete(Picture.objects.get(result__job=job).key)
        told = cleanup()
        assert "pictures without their object, of 2: 1 would be marked" in told
        assert not Picture.objects.exclude(lost_at=None).exists()
        assert "1 marked" in cleanup("--apply")
        assert api.status(str(job.pk))["results"][0]["imageLost"] is True
        assert api.status(str(job.pk))["version"] > version
        assert "imageLost" not in api.status(str(kept.pk))["results"][0]
        shown = api.get("/gallery/list").json()["galleries"]
        assert [entry["id"] for entry in shown] == [str(kept.pk)]
        assert "0 marked\n1 more were marked before" in cleanup("--apply")

    def test_a_picture_that_is_back_is_shown_again(self, api: Api) -> None:
        job = drawn()
        key = Picture.objects.get().key
        default_storage.delete(key)
        cleanup("--apply")
        pictures.store(key, png())
        assert "marked pictures whose object is back: 1 unmarked" in cleanup("--apply")
        assert "imageLost" not in api.status(str(job.pk))["results"][0]

    def test_lost_copies_are_made_again(self) -> None:
        job = drawn()
        copied(job)
        default_storage.delete(Picture.objects.get().medium_key)
        assert "without their display copies: 1 reset" in cleanup("--apply")
        assert Picture.objects.without_copies().count() == 1
        copied(job)
        assert default_storage.exists(Picture.objects.get().medium_key)


def test_spent_records_go_and_the_others_stay(client: Client) -> None:
    job = drawn()
    for digest in "abc":
        IdempotencyKey.objects.create(digest=digest, order_digest="", job=job)
    IdempotencyKey.objects.exclude(digest="a").update(created_at=F("created_at") - OLD)
    for key, seconds in {"x": -5, "y": -5, "z": 500}.items():
        Counter.objects.create(key=key, value=1, expires_at=int(time.time()) + seconds)
    now = timezone.now()
    for key, moment in {"old": now - OLD, "new": now + OLD}.items():
        Session.objects.create(session_key=key, session_data="", expire_date=moment)
    told = cleanup("--apply")
    assert "expired idempotency keys: 2 removed" in told
    assert "expired counters: 2 removed" in told
    assert "expired sessions: 1 removed" in told
    assert IdempotencyKey.objects.get().digest == "a"
    assert Counter.objects.filter(key="z").exists()
    assert Session.objects.get().session_key == "new"


def test_a_storage_that_is_away_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away() -> Iterator[Any]:
        raise OSError("S3 cannot be used: EndpointConnectionError")

    monkeypatch.setattr(default_storage, "objects", away)
    with pytest.raises(CommandError, match="The storage cannot be used: S3"):
        cleanup("--apply")


@pytest.mark.parametrize("days", ["-1", "many", "1.5", "999999"])
def test_a_wrong_number_of_days_is_refused(days: str) -> None:
    with pytest.raises(CommandError, match="whole number of days"):
        cleanup(f"--days={days}")
