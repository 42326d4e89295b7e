"""GET /status/{jobId}: the snapshot, its version, and how it is told that nothing has changed."""

import re
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from generation.models import Job, Result
from pixelprompt.broker import Workers
from providers.models import ImageModel, Provider
from tests.api.drawing import copied, draw, drawn, fail, fetched, is_uuid4, png, refusal
from tests.support import NOBODY, Api, make_job, make_model

pytestmark = pytest.mark.django_db

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
JOB_NAMES = {
    "jobId", "status", "createdAt", "updatedAt", "totalModels", "completedModels", "failedModels",
    "prompt", "parameters", "version", "results",
}  # fmt: skip
WAITING_NAMES = {"id", "index", "model", "status", "slug", "priceMicros"}
DONE_NAMES = {"imageKey", "imageUrl", "thumbnailUrl", "width", "height"}
ERROR_NAMES = {"error", "errorCode", "retryable"}


@pytest.fixture
def four(demo: Provider) -> list[ImageModel]:
    return [make_model(demo, f"model-{place}", position=place) for place in (1, 2, 3, 4)]


@pytest.fixture
def mixed(four: list[ImageModel]) -> Job:
    """A job with one result in each state, in the order completed, in progress, error, pending."""
    job = make_job(*four, prompt="one of each")
    first, second, third, _fourth = job.results.order_by("index")
    draw(first)
    assert Result.objects.claim(second.pk, "a worker")
    fail(third)
    return job


def test_a_snapshot_tells_each_state_with_its_fields(api: Api, mixed: Job) -> None:
    told = api.status(str(mixed.id))
    assert set(told) == JOB_NAMES
    assert (told["jobId"], told["status"], told["prompt"]) == (
        str(mixed.id),
        "in_progress",
        "one of each",
    )
    assert (told["totalModels"], told["completedModels"], told["failedModels"]) == (4, 1, 1)
    states = [(result["index"], result["status"]) for result in told["results"]]
    assert states == [(1, "completed"), (2, "in_progress"), (3, "error"), (4, "pending")]
    for result in told["results"]:
        assert set(result) >= WAITING_NAMES
        assert is_uuid4(result["id"])
        assert result["model"] == result["slug"] == f"model-{result['index']}"
        assert (result["status"] == "completed") == (set(result) >= DONE_NAMES)
        assert bool(DONE_NAMES & set(result)) == (result["status"] == "completed")
        assert bool(ERROR_NAMES & set(result)) == (result["status"] == "error")


def test_a_completed_result_shows_its_picture(api: Api, mixed: Job) -> None:
    done = api.status(str(mixed.id))["results"][0]
    assert done["imageUrl"] == done["thumbnailUrl"] == f"http://testserver/media/{done['imageKey']}"
    assert done["imageKey"].endswith(".png")
    assert (done["width"], done["height"]) == (4, 3)
    assert done["duration"] >= 0
    assert fetched(api.client, done["imageUrl"]) == png()


def test_a_failed_result_says_why(api: Api, mixed: Job) -> None:
    failed = api.status(str(mixed.id))["results"][2]
    assert failed["errorCode"] == "MODERATED"
    assert failed["error"] == "The provider refused this prompt."
    assert failed["retryable"] is False


def test_moments_are_utc_with_milliseconds(api: Api, mixed: Job) -> None:
    told = api.status(str(mixed.id))
    done, running, failed, waiting = told["results"]
    moments = [told["createdAt"], told["updatedAt"], running["startedAt"]]
    moments += [each[name] for each in (done, failed) for name in ("startedAt", "completedAt")]
    assert all(MOMENT.fullmatch(moment) for moment in moments)
    assert "completedAt" not in running
    assert "startedAt" not in waiting
    assert "duration" not in waiting


@pytest.mark.parametrize(
    ("ends", "status"),
    [
        ([draw, draw], "completed"),
        ([draw, fail], "partial"),
        ([fail, draw], "partial"),
        ([fail, fail], "failed"),
        ([draw], "in_progress"),
        ([fail], "in_progress"),
        ([], "pending"),
    ],
)
def test_a_job_s_status_follows_from_its_results(
    api: Api, four: list[ImageModel], ends: list[Any], status: str
) -> None:
    job = make_job(*four[:2])
    for end, result in zip(ends, job.results.order_by("index"), strict=False):
        end(result)
    assert api.status(str(job.id))["status"] == status


@pytest.mark.parametrize("price", [None, 0, 40_000])
def test_an_unknown_price_is_null(api: Api, server: Provider, price: int | None) -> None:
    make_model(server, "priced", price_micros=price)
    assert api.status(api.generate())["results"][0]["priceMicros"] == price


def test_the_thumbnail_becomes_the_display_copy(api: Api, aurora: ImageModel) -> None:
    job = drawn()
    before = api.get(f"/status/{job.id}")
    copied(job)
    after = api.get(f"/status/{job.id}", **{"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    result = after.json()["results"][0]
    assert result["imageUrl"] == before.json()["results"][0]["imageUrl"]
    assert result["thumbnailUrl"].endswith(".webp")


def test_picture_addresses_are_what_the_outside_sees(
    api: Api, aurora: ImageModel, settings: Any
) -> None:
    job = drawn()
    told = api.client.get(f"/status/{job.id}", HTTP_HOST="pictures.test:8080").json()
    assert told["results"][0]["imageUrl"].startswith("http://pictures.test:8080/media/")
    settings.PUBLIC_BASE_URL = "https://pictures.example.org"
    told = api.client.get(f"/status/{job.id}", HTTP_HOST="inside:8000").json()
    assert told["results"][0]["imageUrl"].startswith("https://pictures.example.org/media/")


class TestVersions:
    """The ETag is the job's version."""

    def test_an_unchanged_job_is_a_304(self, api: Api, mixed: Job) -> None:
        first = api.get(f"/status/{mixed.id}")
        assert first.headers["ETag"] == f'"{first.json()["version"]}"'
        assert first.headers["Cache-Control"] == "no-cache"
        second = api.get(f"/status/{mixed.id}", **{"If-None-Match": first.headers["ETag"]})
        assert (second.status_code, second.content) == (304, b"")
        assert second.headers["ETag"] == first.headers["ETag"]
        assert second.headers["Cache-Control"] == "no-cache"
        assert second.headers["Access-Control-Allow-Origin"] == "*"
        assert "X-Correlation-ID" in second.headers

    @pytest.mark.parametrize("form", ["{}", "W/{}", '"0", {}', '{}, "0"', '"0",W/{} ,"x"', "*"])
    def test_every_way_to_name_the_version_counts(self, api: Api, mixed: Job, form: str) -> None:
        tag = api.get(f"/status/{mixed.id}").headers["ETag"]
        answer = api.get(f"/status/{mixed.id}", **{"If-None-Match": form.format(tag)})
        assert answer.status_code == 304

    @pytest.mark.parametrize(
        "header",
        ['"0"', "", "nonsense", "1", '"', "W/", ",,,,", '"*"', "\xff", '"x",' * 5000, "x" * 9000],
    )
    def test_another_version_and_nonsense_get_the_snapshot(
        self, api: Api, mixed: Job, header: str
    ) -> None:
        answer = api.client.get(f"/status/{mixed.id}", HTTP_IF_NONE_MATCH=header)
        assert answer.status_code == 200

    def test_every_visible_change_moves_the_version(self, api: Api, four: list[ImageModel]) -> None:
        job = make_job(*four[:2])
        first, second = job.results.order_by("index")
        seen = [api.status(str(job.id))["version"]]
        changes: list[tuple[Any, Any]] = [(draw, first), (fail, second), (copied, job)]
        for change, row in changes:
            change(row)
            seen.append(api.status(str(job.id))["version"])
        assert seen == sorted(set(seen))

    def test_a_head_request_gets_the_version(self, api: Api, mixed: Job) -> None:
        answer = api.client.head(f"/status/{mixed.id}")
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["ETag"] == api.get(f"/status/{mixed.id}").headers["ETag"]


def test_polling_costs_two_queries_and_one_when_nothing_changed(
    api: Api, mixed: Job, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        tag = api.get(f"/status/{mixed.id}").headers["ETag"]
    with django_assert_num_queries(1):
        api.get(f"/status/{mixed.id}", **{"If-None-Match": tag})


def test_a_reader_who_meets_overdue_work_ends_it(api: Api, four: list[ImageModel]) -> None:
    job = make_job(*four, deadline=-1)
    told = api.status(str(job.id))
    assert (told["status"], told["failedModels"]) == ("failed", 4)
    assert {result["errorCode"] for result in told["results"]} == {"DEADLINE_EXCEEDED"}
    assert all(result["error"].endswith(".") for result in told["results"])
    assert told["version"] > job.version
    assert api.status(str(job.id)) == told


@pytest.mark.parametrize(
    "job_id",
    [
        str(NOBODY),
        "x",
        "00000000",
        "00000000000040008000000000000000",
        "{00000000-0000-4000-8000-000000000000}",
        "urn:uuid:00000000-0000-4000-8000-000000000000",
        "\u06600000000-0000-4000-8000-000000000000",
        "<script>",
        "a b",
        "'; --",
        "a\r\nSet-Cookie: x=y",
        "\0",
        "é\U0001f600",
    ],
)
def test_an_unknown_or_malformed_id_is_not_found(client: Client, job_id: str) -> None:
    answer = client.get("/status/" + "".join(f"%{byte:02x}" for byte in job_id.encode()))
    assert refusal(answer, 404, "JOB_NOT_FOUND", "jobId")["jobId"] == job_id
    assert "Set-Cookie" not in answer.headers


def test_other_spellings_of_a_job_s_id_are_malformed(api: Api, mixed: Job) -> None:
    for spelled in (mixed.id.hex, f"{{{mixed.id}}}", f"urn:uuid:{mixed.id}"):
        refusal(api.get(f"/status/{spelled}"), 404, "JOB_NOT_FOUND", "jobId")
    assert api.status(str(mixed.id).upper())["jobId"] == str(mixed.id)


def test_a_very_long_id_is_echoed_in_part(api: Api, db: None) -> None:
    told = refusal(api.get("/status/" + "a" * 5000), 404, "JOB_NOT_FOUND", "jobId")
    assert told["jobId"] == "a" * 100


@pytest.mark.django_db(transaction=True)
def test_a_job_goes_from_pending_to_completed(
    api: Api, aurora: ImageModel, workers: Workers
) -> None:
    told = api.finished(api.generate("from end to end"))
    assert told["status"] == "completed"
    with default_storage.open(told["results"][0]["imageKey"]) as stored:
        assert stored.read(4) == b"\x89PNG"
