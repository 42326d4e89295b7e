"""Deleting a job: objects before rows, while it is drawn too, and told when the storage fails."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.urls import reverse

from generation import deletion, pictures
from generation.deletion import ObjectsRemain, delete_jobs
from generation.models import Attempt, Job, Picture, Result
from generation.storage import shelf
from generation.submission import Order, submit
from tests.api.drawing import copied, drawn, png
from tests.support import only_result

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("aurora")]
LIST = "admin:generation_job_changelist"


def stored() -> set[str]:
    return {each.key for each in shelf().objects()}


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("operator"))
    return client


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Keys that the storage does not delete."""
    keys: set[str] = set()
    delete_all = shelf().delete_all

    def refusing(wanted: Any) -> None:
        if keys & set(wanted):
            raise OSError("held")
        delete_all(wanted)

    monkeypatch.setattr(default_storage, "delete_all", refusing)
    return keys


@pytest.mark.usefixtures("each_storage")
def test_everything_of_a_job_goes_and_nothing_of_another() -> None:
    gone, kept = drawn("soon gone"), drawn("kept")
    copied(gone)
    assert len(stored()) == 5
    delete_jobs([gone.pk])
    assert stored() == {Picture.objects.get().key}
    assert Job.objects.get() == kept


def test_no_empty_folder_stays(settings: Any) -> None:
    delete_jobs([drawn().pk])
    assert list((settings.DATA_DIR / "media").rglob("*")) == []


def test_objects_go_before_rows_and_outside_any_transaction(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = drawn()
    seen = []

    def looking(keys: Any) -> None:
        seen.append((Job.objects.filter(pk=job.pk).exists(), connection.in_atomic_block))

    monkeypatch.setattr(default_storage, "delete_all", looking)
    delete_jobs([job.pk])
    assert seen == [(True, False)]


def test_the_desk_deletes_outside_any_transaction_too(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    monkeypatch.setattr(
        default_storage, "delete_all", lambda keys: seen.append(connection.in_atomic_block)
    )
    desk.post(reverse("admin:generation_job_delete", args=[drawn().pk]), {"post": "yes"})
    assert seen == [False]
    assert not Job.objects.exists()


def test_a_worker_whose_job_is_deleted_stores_nothing_and_shows_nothing() -> None:
    job = submit(Order("a red fox"), client=None)
    claim = Result.objects.claim(only_result(job).pk, "a worker")
    assert claim is not None
    picture = pictures.check(png())
    place = pictures.place(picture, job.pk, claim.result.pk, claim.result.epoch)
    delete_jobs([job.pk])
    assert not claim.received(place, {"state": Attempt.State.RECEIVED, "cost_micros": 5})
    assert not claim.complete()
    line = Attempt.objects.get()
    assert (line.result, line.cost_micros, line.object_key) == (None, 5, "")
    assert stored() == set()


def test_a_delete_in_the_middle_of_an_upload_takes_the_picture_along(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = submit(Order("a red fox"), client=None)
    claim = Result.objects.claim(only_result(job).pk, "a worker")
    assert claim is not None
    picture = pictures.check(png())
    place = pictures.place(picture, job.pk, claim.result.pk, claim.result.epoch)
    assert claim.received(place, {})
    pictures.store(place.key, picture.content)
    delete_jobs([job.pk])
    assert not claim.complete()
    assert (stored(), Job.objects.count()) == (set(), 0)


def test_an_object_that_stays_keeps_the_row(held: set[str]) -> None:
    job = drawn()
    held.add(Picture.objects.get().key)
    with pytest.raises(ObjectsRemain, match=str(job.pk)):
        delete_jobs([job.pk])
    assert Job.objects.get() == job
    assert Attempt.objects.get().object_key in held
    held.clear()
    delete_jobs([job.pk])
    assert (stored(), Job.objects.count()) == (set(), 0)


class TestTheDesk:
    @pytest.mark.parametrize("way", ["page", "list"])
    def test_says_that_an_object_stayed_and_records_no_deletion(
        self, desk: Client, held: set[str], way: str
    ) -> None:
        job = drawn()
        held.add(Picture.objects.get().key)
        shown = self.delete(desk, way, job)
        assert f"The storage did not delete the pictures of job {job.pk}" in shown
        assert "Successfully deleted" not in shown
        assert "was deleted successfully" not in shown
        assert Job.objects.get() == job
        assert not LogEntry.objects.exists()

    @pytest.mark.parametrize("way", ["page", "list"])
    def test_records_what_is_gone(self, desk: Client, way: str) -> None:
        job = drawn()
        assert "uccessfully" in self.delete(desk, way, job)
        assert not Job.objects.exists()
        (entry,) = LogEntry.objects.all()
        assert (entry.is_deletion(), entry.object_id) == (True, str(job.pk))

    def delete(self, desk: Client, way: str, job: Job) -> str:
        if way == "page":
            address = reverse("admin:generation_job_delete", args=[job.pk])
            answer = desk.post(address, {"post": "yes"}, follow=True)
        else:
            form = {"action": "delete_selected", "_selected_action": job.pk, "post": "yes"}
            answer = desk.post(reverse(LIST), form, follow=True)
        return answer.content.decode()


def test_a_hidden_job_keeps_its_page_and_leaves_every_list(desk: Client) -> None:
    job = drawn("to be hidden")
    desk.post(reverse(LIST), {"action": "hide", "_selected_action": job.pk})
    assert desk.get("/gallery/list").json()["galleries"] == []
    assert desk.get(f"/gallery/{job.pk}").json()["images"] == []
    assert desk.get(f"/jobs/{job.pk}").status_code == 200
    desk.post(reverse(LIST), {"action": "show", "_selected_action": job.pk})
    assert len(desk.get("/gallery/list").json()["galleries"]) == 1


def test_every_object_that_a_job_may_have_is_known() -> None:
    job = drawn()
    key = Picture.objects.get().key
    assert deletion.keys_of(job.pk) == {key, *pictures.copy_keys(key).values()}
