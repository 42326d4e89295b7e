"""The gallery: newest first, a page at a time, and only what may be shown."""

import base64
from typing import Any

import pytest
from django.test import Client

from generation.models import Job, Result
from providers.models import ImageModel, Provider
from tests.api.drawing import copied, draw, drawn, fail, invalid
from tests.support import NOBODY, Api, make_job, make_model

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(demo: Provider) -> list[ImageModel]:
    return [make_model(demo, f"model-{place}", position=place) for place in (1, 2)]


def shown(api: Api, **query: Any) -> dict[str, Any]:
    answer = api.client.get("/gallery/list", query)
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()
    assert set(told) == {"galleries", "total", "nextCursor"}
    assert told["total"] == len(told["galleries"])
    return told


def ids(told: dict[str, Any]) -> list[str]:
    return [entry["id"] for entry in told["galleries"]]


def code(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


def test_an_empty_gallery_is_an_empty_list(api: Api, db: None) -> None:
    assert shown(api) == {"galleries": [], "total": 0, "nextCursor": None}


def test_an_entry_tells_a_job_and_its_first_picture(api: Api, two: list[ImageModel]) -> None:
    job = drawn("a red fox")
    entry = shown(api)["galleries"][0]
    status = api.status(str(job.id))
    assert entry == {
        "id": str(job.id),
        "timestamp": status["createdAt"],
        "preview": status["results"][0]["thumbnailUrl"],
        "previewUrl": status["results"][0]["thumbnailUrl"],
        "prompt": "a red fox",
        "imageCount": 2,
    }
    copied(job)
    assert shown(api)["galleries"][0]["preview"].endswith(".webp")


def test_the_preview_is_the_first_picture_there_is(api: Api, two: list[ImageModel]) -> None:
    job = make_job(*two)
    first, second = job.results.order_by("index")
    fail(first)
    draw(second)
    entry = shown(api)["galleries"][0]
    assert entry["imageCount"] == 1
    assert entry["preview"] == api.status(str(job.id))["results"][1]["thumbnailUrl"]


def test_only_listed_jobs_with_a_picture_are_shown(api: Api, aurora: ImageModel) -> None:
    good = drawn("good")
    drawn("by link only", listed=False)
    Job.objects.filter(pk=drawn("hidden").pk).update(hidden=True)
    make_job(aurora, prompt="waiting")
    fail(make_job(aurora, prompt="failed").results.get())
    assert ids(shown(api)) == [str(good.id)]


def test_newest_come_first_and_pages_join_without_gap_or_repeat(
    api: Api, aurora: ImageModel
) -> None:
    jobs = [str(drawn(f"number {number}").id) for number in range(7)]
    assert sorted(ids(shown(api))) == sorted(jobs)
    whole = ids(shown(api))
    for limit in (1, 2, 3, 7, 100):
        cursor: str | None = ""
        seen: list[str] = []
        while cursor is not None:
            page = shown(api, limit=limit, cursor=cursor)
            assert page["total"] <= limit
            seen += ids(page)
            cursor = page["nextCursor"]
            assert len(seen) <= len(jobs)
        assert seen == whole


def test_a_cursor_keeps_its_place_while_jobs_come_and_go(api: Api, aurora: ImageModel) -> None:
    old = [str(drawn(f"old {number}").id) for number in range(3)]
    Job.objects.filter(pk__in=old).update(created_at="2026-01-01T00:00:00.123456Z")
    first = shown(api, limit=1)
    rest = [each for each in ids(shown(api)) if each not in ids(first)]
    drawn("new")
    Job.objects.filter(pk=first["galleries"][0]["id"]).delete()
    assert ids(shown(api, cursor=first["nextCursor"])) == rest


def test_jobs_of_the_same_moment_are_all_shown(api: Api, aurora: ImageModel) -> None:
    for number in range(5):
        drawn(f"number {number}")
    for moment in ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.120000Z"):
        Job.objects.update(created_at=moment)
        first = shown(api, limit=2)
        second = shown(api, limit=2, cursor=first["nextCursor"])
        third = shown(api, limit=2, cursor=second["nextCursor"])
        assert len({*ids(first), *ids(second), *ids(third)}) == 5
        assert third["nextCursor"] is None


@pytest.mark.parametrize("limit", ["0", "101", "-1", "1.5", "x", "1e1", " 5", "٣", "9" * 99, "\0"])
def test_a_limit_out_of_bounds_is_refused(client: Client, limit: str) -> None:
    invalid(client.get("/gallery/list", {"limit": limit}), "limit")


def test_an_empty_parameter_is_an_absent_one(api: Api, aurora: ImageModel) -> None:
    drawn()
    assert shown(api, limit="", cursor="", q="", model="")["total"] == 1


def test_a_page_has_24_entries_unless_asked_otherwise(api: Api, aurora: ImageModel) -> None:
    make = drawn("a")
    copies = [Job(prompt="a", total=1, image_count=1) for _ in range(24)]
    Job.objects.bulk_create(copies)
    pictured = make.results.get()
    for place, job in enumerate(copies):
        result = Result.objects.get(pk=pictured.pk)
        result.pk, result.job = None, job
        result.id = Job(pk=None).id
        result.save(force_insert=True)
        picture = pictured.picture
        picture.result_id, picture.key = result.pk, f"{place}.png"
        picture.save(force_insert=True)
    assert shown(api)["total"] == 24
    assert shown(api, limit=25)["nextCursor"] is None


GARBAGE = [
    "x",
    "é",
    "====",
    "null",
    "\0",
    code("no bar"),
    code(f"2026-01-01T00:00:00+00:00|{NOBODY}|more"),
    code(f"yesterday|{NOBODY}"),
    code("2026-01-01T00:00:00+00:00|nobody"),
    code(f"0001-01-01T00:00:00+23:59|{NOBODY}"),
    code(f"9999-12-31T23:59:59-23:59|{NOBODY}"),
    code(f"2026-13-45T00:00:00+00:00|{NOBODY}"),
    base64.urlsafe_b64encode(b"\xff\xfe|\x00").decode(),
    "A" * 201,
]


@pytest.mark.parametrize("cursor", GARBAGE)
def test_a_cursor_we_did_not_make_is_refused(client: Client, cursor: str) -> None:
    invalid(client.get("/gallery/list", {"cursor": cursor}), "cursor")


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59.999999+00:00"]
)
def test_a_cursor_at_the_edge_of_time_is_only_a_place(
    api: Api, aurora: ImageModel, moment: str
) -> None:
    drawn()
    assert shown(api, cursor=code(f"{moment}|{NOBODY}"))["total"] == moment.startswith("9")


def test_the_list_costs_the_same_however_long_it_is(
    api: Api, two: list[ImageModel], django_assert_num_queries: Any
) -> None:
    for number in range(3):
        drawn(f"number {number}")
    with django_assert_num_queries(2):
        assert shown(api)["total"] == 3


def test_only_jobs_of_the_chosen_model_are_shown(api: Api, two: list[ImageModel]) -> None:
    both, one = drawn("both"), drawn("one", slugs=["model-1"])
    half = make_job(*two)
    first, second = half.results.order_by("index")
    draw(first)
    fail(second)
    assert set(ids(shown(api, model="model-1"))) == {str(both.id), str(one.id), str(half.id)}
    assert ids(shown(api, model="model-2")) == [str(both.id)]
    assert ids(shown(api, model="no-such-model")) == []
    assert ids(shown(api, model="' OR 1=1 --")) == []


@pytest.mark.parametrize("name", ["model", "q"])
@pytest.mark.parametrize("value", ["\0", "x" * 201])
def test_text_beyond_its_bounds_is_refused_by_name(client: Client, name: str, value: str) -> None:
    invalid(client.get("/gallery/list", {name: value}), name)


def test_a_list_with_a_deleted_picture_still_answers(api: Api, aurora: ImageModel) -> None:
    Result.objects.filter(job=drawn("picture deleted by an operator")).delete()
    kept = drawn("kept")
    assert ids(shown(api)) == [str(kept.id)]
