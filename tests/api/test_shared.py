"""What a job gives away: its manifest, its zip file, its sheet, and the words around a link."""

import json
import re
import zipfile
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from PIL import Image

from generation import sheet, snapshots
from generation.models import Attempt, Job, Picture
from providers.models import ImageModel, Provider
from tests.api.drawing import copied, draw, drawn, fail, png, refusal
from tests.support import NOBODY, Api, make_job, make_model

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(server: Provider) -> Job:
    """A job of which one model drew its picture and one was refused."""
    job = make_job(make_model(server, "one"), make_model(server, "two"), prompt="a fox, naïve")
    first, second = job.results.order_by("index")
    draw(first)
    fail(second)
    return job


def downloaded(client: Client, job: Job) -> zipfile.ZipFile:
    answer = client.get(f"/jobs/{job.pk}/pictures.zip")
    assert answer.status_code == 200
    return zipfile.ZipFile(BytesIO(b"".join(answer)))


def test_the_manifest_tells_what_was_sent_and_what_became_of_each_parameter(
    api: Api, two: Job
) -> None:
    facts = {
        "prompt_sent": "a fox",
        "revised_prompt": "one fox",
        "parameters": {"seed": {"fate": "ignored", "value": 1}},
        "request_id": "req-1",
        "cost_micros": 41_000,
        "seed": 77,
    }
    Attempt.objects.filter(result__index=1).update(**facts)
    told = api.get(f"/jobs/{two.pk}/manifest").json()
    drawn, failed = told["results"]
    assert told["prompt"] == "a fox, naïve"
    assert (drawn["promptSent"], drawn["revisedPrompt"]) == ("a fox", "one fox")
    assert (drawn["requestId"], drawn["seed"], drawn["costMicros"]) == ("req-1", 77, 41_000)
    assert drawn["parameters"] == facts["parameters"]
    assert drawn["file"] == "01-one.png"
    assert (failed["errorCode"], failed["seed"]) == ("MODERATED", 1)
    assert "file" not in failed


def test_the_manifest_of_no_job_is_not_found(api: Api) -> None:
    refusal(api.get(f"/jobs/{NOBODY}/manifest"), 404, "JOB_NOT_FOUND", "jobId")


@pytest.mark.usefixtures("each_storage")
def test_all_pictures_come_as_one_zip_file_with_a_manifest(client: Client, two: Job) -> None:
    with downloaded(client, two) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["01-one.png", "manifest.json"]
        assert archive.read("01-one.png") == png()
        told = json.loads(archive.read("manifest.json"))
    assert [result["status"] for result in told["results"]] == ["completed", "error"]


def test_a_picture_is_never_held_whole_while_it_is_sent(client: Client, two: Job) -> None:
    large = b"\0" * 1_000_000
    key = two.results.get(index=1).picture.key
    default_storage.delete(key)
    with default_storage.open(key, "wb") as stored:
        stored.write(large)
    parts = list(client.get(f"/jobs/{two.pk}/pictures.zip"))
    assert max(map(len, parts)) < 100_000
    assert sum(map(len, parts)) > len(large)


def test_a_picture_that_is_lost_leaves_the_others_in_the_zip_file(client: Client, two: Job) -> None:
    default_storage.delete(two.results.get(index=1).picture.key)
    with downloaded(client, two) as archive:
        assert archive.namelist() == ["manifest.json"]
        assert json.loads(archive.read("manifest.json"))["results"][0]["file"] is None


def test_the_zip_file_is_named_for_the_prompt(client: Client, two: Job) -> None:
    answer = client.head(f"/jobs/{two.pk}/pictures.zip")
    name = f'attachment; filename="a-fox-naive-{str(two.pk)[:8]}.zip"'
    assert answer["Content-Disposition"] == name


@pytest.mark.parametrize("name", ["pictures.zip", "sheet-0.jpg"])
def test_of_no_job_there_is_nothing(client: Client, name: str) -> None:
    for job in (NOBODY, "nonsense"):
        assert client.get(f"/jobs/{job}/{name}").status_code == 404


def meta(client: Client, job: Job) -> dict[str, str]:
    text = client.get(f"/jobs/{job.pk}").content.decode()
    return dict(re.findall(r'<meta property="og:([\w:]+)" content="([^"]*)">', text))


@pytest.mark.usefixtures("each_storage")
def test_a_shared_link_shows_the_pictures(client: Client, two: Job) -> None:
    copied(two)
    told = meta(client, two)
    answer = client.get(told["image"].removeprefix("http://testserver"))
    assert answer.status_code == 200
    assert "immutable" in answer["Cache-Control"]
    picture = Image.open(BytesIO(answer.content))
    assert (picture.format, picture.size) == ("JPEG", (1200, 630))
    red, green, blue = picture.getpixel((600, 315))  # type: ignore[misc]
    assert red > 200 > 60 > max(green, blue)


def test_a_new_picture_makes_a_new_sheet_and_the_old_address_leads_to_it(
    client: Client, server: Provider
) -> None:
    job = make_job(make_model(server, "one"), make_model(server, "two"))
    first, second = job.results.order_by("index")
    draw(first)
    before = meta(client, job)["image"]
    draw(second)
    after = meta(client, job)["image"]
    assert before != after
    answer = client.get(before)
    assert (answer.status_code, answer["Location"]) == (
        302,
        after.removeprefix("http://testserver"),
    )


def test_a_job_without_pictures_has_no_sheet(client: Client, aurora: ImageModel) -> None:
    job = make_job(aurora)
    assert "image" not in meta(client, job)
    assert client.get(f"/jobs/{job.pk}/sheet-0.jpg").status_code == 404


def test_a_lost_picture_is_not_on_the_sheet(client: Client, two: Job) -> None:
    Picture.objects.update(lost_at=timezone.now())
    assert "image" not in meta(client, two)


def test_a_prompt_is_text_in_a_shared_link(client: Client, aurora: ImageModel) -> None:
    job = make_job(aurora, prompt='"><script>alert(1)</script>')
    assert meta(client, job)["title"].startswith("&quot;&gt;&lt;script&gt;")


@pytest.mark.parametrize("count", range(1, 9))
def test_every_place_of_a_sheet_is_filled_and_none_overlaps(count: int) -> None:
    columns, rows = sheet.grid(count)
    cells = [sheet.cell(place, columns, rows, count) for place in range(count)]
    seen: set[Any] = set()
    for left, top, right, bottom in cells:
        points = {(x, y) for x in range(left, right, 7) for y in range(top, bottom, 7)}
        assert points
        assert not points & seen
        seen |= points
    assert max(cell[2] for cell in cells) == sheet.WIDTH
    assert max(cell[3] for cell in cells) == sheet.HEIGHT


def test_a_sheet_shows_at_most_eight_pictures_and_is_composed_once(
    aurora: ImageModel, demo: Provider
) -> None:
    for number in range(9):
        make_model(demo, f"other-{number}")
    job = drawn()

    keys = sheet.keys_of(snapshots.of(job))
    assert len(keys) == sheet.MOST
    assert sheet.compose(keys) is sheet.compose(keys)
