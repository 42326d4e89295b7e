"""Pictures in an S3 store, over HTTP."""

from threading import Thread
from typing import Any

import pytest
import requests
from django.core.files.storage import default_storage
from django.test import Client

from generation import pictures
from generation.models import Picture
from generation.snapshots import Addresses
from pixelprompt import environment
from pixelprompt.broker import Workers
from providers.models import ImageModel
from tests.support import Api, until

UUID = "0" * 8 + "-0000" * 3 + "-" + "0" * 12


def test_an_object_is_written_once_with_its_type_and_for_good(bucket: Any) -> None:
    pictures.store("a/b/1-c.png", b"first")
    pictures.store("a/b/1-c.png", b"second")
    stored = bucket.Object("a/b/1-c.png").get()
    assert stored["Body"].read() == b"first"
    assert stored["ContentType"] == "image/png"
    assert stored["CacheControl"] == "public, max-age=31536000, immutable"


def test_what_is_missing_is_a_missing_file(bucket: Any) -> None:
    assert not pictures.holds("a/b/none.png", "0" * 64)
    with pytest.raises(FileNotFoundError):
        default_storage.open("a/b/none.png")


def test_a_store_that_is_away_is_an_oserror(settings: Any) -> None:
    gone = environment.picture_storage(
        "any", "http://127.0.0.1:9", "us-east-1", local=settings.DATA_DIR
    )
    gone["OPTIONS"] |= {"access_key": "test", "secret_key": "test"}
    settings.STORAGES = settings.STORAGES | {"default": gone}
    with pytest.raises(OSError, match="S3 cannot be used"):
        pictures.store("a/b/1-c.png", b"bytes")


def test_all_threads_share_one_resource(bucket: Any) -> None:
    seen: list[Any] = []
    threads = [
        Thread(target=lambda: seen.append(default_storage.connection))  # type: ignore[attr-defined]
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(resource) for resource in seen}) == 1


@pytest.mark.django_db(transaction=True)
def test_a_job_is_drawn_into_the_bucket_and_its_addresses_lead_there(
    bucket: Any, api: Api, aurora: ImageModel, workers: Workers
) -> None:
    job_id = api.generate("into the bucket")
    result = api.finished(job_id)["results"][0]
    until(lambda: Picture.objects.get().thumbnail_key, bool)
    keys = {item.key for item in bucket.objects.all()}
    assert result["imageKey"] in keys
    assert len(keys) == 4
    page = api.get(result["imageUrl"].removeprefix("http://testserver"))
    assert page.status_code == 302
    named = api.get(f"{page.request['PATH_INFO']}?download=a-fox-aurora.png")
    saved = requests.get(named["Location"], timeout=10)
    assert saved.headers["Content-Disposition"] == 'attachment; filename="a-fox-aurora.png"'
    fetched = requests.get(page["Location"], timeout=10)
    assert "Content-Disposition" not in fetched.headers
    assert fetched.headers["Content-Type"] == "image/png"
    assert pictures.check(fetched.content).width == result["width"]


@pytest.mark.django_db
def test_behind_a_cdn_addresses_are_the_cdn_s(bucket: Any, settings: Any, client: Client) -> None:
    settings.CLOUDFRONT_DOMAIN = "d111.cloudfront.net"
    assert Addresses("http://x").media("a/b.png") == "https://d111.cloudfront.net/a/b.png"
    key = f"{UUID}/{UUID}/1-{'0' * 64}.png"
    saved = client.get(f"/media/{key}?download=a-fox.png")["Location"]
    assert saved.startswith(settings.S3_ENDPOINT_URL)
    assert "response-content-disposition=attachment" in saved
