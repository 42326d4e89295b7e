"""GET /gallery/{galleryId}: a job's pictures, and none for what is unknown or hidden."""

import pytest
from django.test import Client

from generation.models import Job
from providers.models import ImageModel, Provider
from tests.api.drawing import drawn, invalid
from tests.support import NOBODY, Api, make_model

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(demo: Provider) -> list[ImageModel]:
    return [make_model(demo, f"model-{place}", position=place) for place in (1, 2)]


def test_it_tells_every_picture(api: Api, two: list[ImageModel]) -> None:
    job = drawn("a red fox", guidance=7.5)
    told = api.get(f"/gallery/{job.id}").json()
    results = api.status(str(job.id))["results"]
    assert set(told) == {"galleryId", "images", "total"}
    assert (told["galleryId"], told["total"]) == (str(job.id), 2)
    assert told["images"] == [
        {
            "key": result["imageKey"],
            "url": result["imageUrl"],
            "thumbnailUrl": result["thumbnailUrl"],
            "model": result["model"],
            "prompt": "a red fox",
            "steps": 25,
            "guidance": 7.5,
            "control": 1.0,
            "timestamp": result["completedAt"],
        }
        for result in results
    ]


def test_an_unlisted_job_is_found_by_its_id(api: Api, aurora: ImageModel) -> None:
    job = drawn("by link only", listed=False)
    assert api.get(f"/gallery/{job.id}").json()["total"] == 1


def test_a_hidden_job_shows_nothing(api: Api, aurora: ImageModel) -> None:
    job = drawn("hidden")
    Job.objects.update(hidden=True)
    assert api.get(f"/gallery/{job.id}").json()["images"] == []


@pytest.mark.parametrize("gallery_id", [str(NOBODY), "x", "A-z-0-9", "0" * 32, "-" * 36])
def test_an_unknown_id_has_no_pictures(api: Api, db: None, gallery_id: str) -> None:
    answer = api.get(f"/gallery/{gallery_id}")
    assert answer.status_code == 200
    assert answer.json() == {"galleryId": gallery_id, "images": [], "total": 0}


@pytest.mark.parametrize("gallery_id", ["a_b", "a.b", "%20", "a%0a", "%00", "%C3%A9", "٣", "..%5c"])
def test_other_characters_are_refused(client: Client, gallery_id: str) -> None:
    invalid(client.get(f"/gallery/{gallery_id}"), "galleryId")
