"""What the maker of a job may do with it: retry, cancel, run again, delete. Nobody else may."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connections
from django.test import Client
from django.utils import timezone

from generation import changes
from generation.api import jobs
from generation.deletion import delete_jobs
from generation.models import Attempt, IdempotencyKey, Job, Result
from generation.submission import Order, submit
from pixelprompt.broker import Workers
from providers.models import ImageModel, Provider
from tests.api.drawing import drawn, fail, refusal
from tests.fakes import FakeProviders, behaviours
from tests.support import NOBODY, Api, make_job, make_model

pytestmark = pytest.mark.django_db


def token(job_id: str) -> dict[str, str]:
    return {"X-Job-Token": Job.objects.get(pk=job_id).token}


class TestIdempotency:
    def send(self, api: Api, key: str, **fields: Any) -> Any:
        body = {"prompt": "once", "ip": fields.pop("ip", None)} | fields
        return api.post("/generate", body, **{"Idempotency-Key": key})

    def test_the_same_key_and_body_are_one_job(self, api: Api, aurora: ImageModel) -> None:
        first = self.send(api, "k-1")
        again = self.send(api, "k-1", ip="9.9.9.9")
        assert again.status_code == 200
        assert again.json() == first.json()
        assert Job.objects.count() == 1

    def test_another_body_under_the_key_is_refused(self, api: Api, aurora: ImageModel) -> None:
        self.send(api, "k-1")
        refused = self.send(api, "k-1", steps=3)
        assert refused.status_code == 422
        assert refused.json()["error"] == "IDEMPOTENCY_KEY_REUSED"
        assert Job.objects.count() == 1

    def test_the_stored_answer_needs_no_model_any_more(self, api: Api, aurora: ImageModel) -> None:
        first = self.send(api, "k-1")
        ImageModel.objects.update(enabled=False)
        assert self.send(api, "k-1").json() == first.json()
        assert self.send(api, "k-2").status_code == 503

    def test_a_key_is_forgotten_after_more_than_a_day(self, api: Api, aurora: ImageModel) -> None:
        first = self.send(api, "k-1")
        long_ago = timezone.now() - timedelta(hours=26, seconds=1)
        IdempotencyKey.objects.update(created_at=long_ago)
        assert self.send(api, "k-1").json()["jobId"] != first.json()["jobId"]
        assert IdempotencyKey.objects.count() == 1

    def test_a_refused_request_binds_no_key(self, api: Api, aurora: ImageModel) -> None:
        assert self.send(api, "k-1", models=["nobody"]).status_code == 400
        assert self.send(api, "k-1").status_code == 200

    def test_a_key_that_is_too_long_is_refused(self, api: Api, aurora: ImageModel) -> None:
        assert self.send(api, "k" * 255).status_code == 200
        refused = self.send(api, "k" * 256)
        assert (refused.status_code, refused.json()["field"]) == (400, "Idempotency-Key")

    @pytest.mark.django_db(transaction=True)
    def test_racing_requests_are_one_job(self, aurora: ImageModel) -> None:
        def send(_number: int) -> Any:
            try:
                return self.send(Api(Client()), "raced").json()
            finally:
                connections.close_all()

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(send, range(24)))
        assert all(answer == answers[0] for answer in answers)
        assert (Job.objects.count(), Result.objects.count()) == (1, 1)


PATHS = ("cancel", "rerun", f"results/{NOBODY}/retry")


@pytest.mark.parametrize("path", PATHS)
def test_a_change_needs_the_job_s_own_token(api: Api, aurora: ImageModel, path: str) -> None:
    job, other = make_job(aurora), make_job(aurora)
    address = f"/jobs/{job.pk}/{path}"
    assert api.post(address, {}).json()["error"] == "UNAUTHORIZED"
    refused = api.post(address, {}, **token(str(other.pk)))
    assert (refused.status_code, refused.json()["error"]) == (403, "FORBIDDEN")
    unknown = api.post(f"/jobs/{NOBODY}/{path}", {}, **token(str(job.pk)))
    assert (unknown.status_code, unknown.json()["error"]) == (404, "JOB_NOT_FOUND")


def test_deleting_needs_the_job_s_own_token(api: Api, aurora: ImageModel) -> None:
    job = make_job(aurora)
    assert api.client.delete(f"/jobs/{job.pk}").status_code == 401
    assert api.client.delete("/jobs/no-id").json()["error"] == "JOB_NOT_FOUND"
    wrong = {"X-Job-Token": "0" * 64}
    assert api.client.delete(f"/jobs/{job.pk}", headers=wrong).status_code == 403
    assert Job.objects.exists()


def test_pictures_that_the_storage_keeps_keep_their_job(
    api: Api, aurora: ImageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(keys: Any) -> None:
        raise OSError("away")

    job = drawn()
    headers = token(str(job.pk))
    with monkeypatch.context() as patched:
        patched.setattr(default_storage, "delete_all", refusing)
        refused = api.client.delete(f"/jobs/{job.pk}", headers=headers)
        told = refusal(refused, 503, "SERVICE_UNAVAILABLE", "retryAfter")
    assert "so it stays" in told["message"]
    assert api.status(str(job.pk))["completedModels"] == 1
    assert api.client.delete(f"/jobs/{job.pk}", headers=headers).status_code == 200
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["retry", "rerun", "cancel"])
def test_a_job_that_is_deleted_meanwhile_is_told_to_be_gone(
    api: Api, aurora: ImageModel, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Whichever it is deleted before: the look at the job, or the end of the change."""
    for step in ("own_job", "new_results"):
        job = submit(Order("a red fox"), client=None)
        fail(job.results.get())
        address = f"/jobs/{job.pk}/{path}"
        if path == "retry":
            address = f"/jobs/{job.pk}/results/{job.results.get().pk}/retry"
        headers = token(str(job.pk))
        with monkeypatch.context() as patched:
            room: Any = jobs if step == "own_job" else changes
            original = getattr(room, step)

            def deleting(*words: Any, original: Any = original, job: Job = job) -> Any:
                found = original(*words)
                delete_jobs([job.pk])
                return found

            patched.setattr(room, step, deleting)
            answer = api.post(address, {}, **headers)
        assert answer.status_code in ((404, 200) if step == "new_results" else (404,))
        if answer.status_code == 404:
            assert answer.json()["error"] in ("JOB_NOT_FOUND", "NOT_FOUND")


def test_a_preflight_for_deleting_is_answered(api: Api, aurora: ImageModel) -> None:
    asked = {"Origin": "https://x.example", "Access-Control-Request-Method": "DELETE"}
    answer = api.client.options(f"/jobs/{make_job(aurora).pk}", headers=asked)
    assert answer.status_code == 204
    assert "DELETE" in answer["Access-Control-Allow-Methods"]
    assert "X-Job-Token" in answer["Access-Control-Allow-Headers"]


def test_what_waits_can_be_cancelled(api: Api, server: Provider) -> None:
    models = [make_model(server, f"m-{n}", position=n) for n in range(2)]
    job = make_job(*models)
    Result.objects.claim(job.results.get(index=1).pk, "a worker")
    told = api.post(f"/jobs/{job.pk}/cancel", {}, **token(str(job.pk))).json()
    assert [result["status"] for result in told["results"]] == ["in_progress", "error"]
    assert told["results"][1]["errorCode"] == "CANCELLED"
    again = api.post(f"/jobs/{job.pk}/cancel", {}, **token(str(job.pk))).json()
    assert again == told


@pytest.mark.django_db(transaction=True)
class TestDrawn:
    def test_a_failed_result_is_drawn_anew_in_its_place(
        self, api: Api, server: Provider, fakes: FakeProviders, workers: Workers
    ) -> None:
        make_model(server, "good", position=1)
        make_model(server, "bad", position=2)
        fakes.plan(behaviours.server_error(500), model="bad", times=1)
        job_id = api.generate("second chance")
        failed = api.finished(job_id)["results"][1]
        address = f"/jobs/{job_id}/results/{failed['id']}/retry"
        told = api.post(address, {}, **token(job_id)).json()
        assert [result["round"] for result in told["results"]] == [0, 1]
        assert told["totalModels"] == 2
        told = api.finished(job_id)
        assert told["status"] == "completed"
        assert told["results"][1]["id"] != failed["id"]
        assert Result.objects.get(pk=failed["id"]).state == "error"
        assert len(fakes.ledger_for(model="bad")) == 2

    def test_only_a_failed_result_can_be_retried(
        self, api: Api, aurora: ImageModel, workers: Workers
    ) -> None:
        job_id = api.generate("all is well")
        done = api.finished(job_id)["results"][0]
        refused = api.post(f"/jobs/{job_id}/results/{done['id']}/retry", {}, **token(job_id))
        assert (refused.status_code, refused.json()["field"]) == (400, "resultId")

    def test_two_retries_at_once_are_one(
        self, api: Api, server: Provider, fakes: FakeProviders, workers: Workers
    ) -> None:
        make_model(server, "bad")
        fakes.plan(behaviours.server_error(500), times=1)
        job_id = api.generate("pressed twice")
        failed = api.finished(job_id)["results"][0]
        headers = token(job_id)

        def press(_number: int) -> int:
            try:
                address = f"/jobs/{job_id}/results/{failed['id']}/retry"
                return int(Api(Client()).post(address, {}, **headers).status_code)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(4) as pool:
            codes = set(pool.map(press, range(4)))
        assert codes <= {200, 400}
        assert api.finished(job_id)["status"] == "completed"
        assert Result.objects.count() == 2

    def test_a_job_runs_again_with_other_models(
        self, api: Api, server: Provider, workers: Workers
    ) -> None:
        make_model(server, "one", position=1)
        make_model(server, "two", position=2)
        job_id = api.generate("again", models=["one"], seed=7, aspectRatio="3:2")
        api.finished(job_id)
        address = f"/jobs/{job_id}/rerun"
        other = api.post(address, {"models": ["two"]}, **token(job_id)).json()
        told = api.finished(other["jobId"])
        assert (told["prompt"], told["parameters"]["seed"]) == ("again", 7)
        assert [result["slug"] for result in told["results"]] == ["two"]
        same = api.post(address, {}, **token(job_id)).json()
        assert [r["slug"] for r in api.finished(same["jobId"])["results"]] == ["one"]

    def test_deleting_a_job_leaves_its_ledger_and_nothing_else(
        self, api: Api, server: Provider, workers: Workers
    ) -> None:
        make_model(server, "one")
        job_id = api.generate("soon gone")
        key = api.finished(job_id)["results"][0]["imageKey"]
        answer = api.client.delete(f"/jobs/{job_id}", headers=token(job_id))
        assert answer.status_code == 200
        assert api.get(f"/status/{job_id}").status_code == 404
        assert not default_storage.exists(key)
        line = Attempt.objects.get()
        assert (line.result, line.prompt_sent, line.state) == (None, "", "settled")
