"""Stored pictures over HTTP: our own names and types, cached for good, and nothing that runs."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from generation.models import Job, Picture
from providers.models import ImageModel
from tests.api.drawing import copied, drawn, fetched, png

pytestmark = pytest.mark.django_db

UUID = "00000000-0000-4000-8000-000000000000"
SHA = "0" * 64


@pytest.fixture
def job(aurora: ImageModel) -> Job:
    return drawn()


@pytest.fixture
def key(job: Job) -> str:
    return Picture.objects.get().key


def test_a_picture_is_served_as_it_was_stored(client: Client, key: str) -> None:
    answer = client.get(f"/media/{key}")
    assert b"".join(answer) == png()
    answer.close()
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Length"] == str(len(png()))


def test_a_picture_may_be_cached_for_good_and_runs_nothing(client: Client, key: str) -> None:
    answer = client.get(f"/media/{key}")
    answer.close()
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "Content-Disposition" not in answer.headers  # it would rename downloads
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("name", "disposition"),
    [
        ("a-fox.png", 'attachment; filename="a-fox.png"'),
        ("狐.png", "attachment; filename*=utf-8''%E7%8B%90.png"),
        ("", None),
        ('a"; filename="b.html', None),
        ("../a.png", None),
        ("a\r\nSet-Cookie: b", None),
        ("a" * 151, None),
    ],
)
def test_a_picture_is_saved_under_a_plain_name(
    client: Client, key: str, name: str, disposition: str | None
) -> None:
    answer = client.get(f"/media/{key}", {"download": name})
    answer.close()
    assert answer.status_code == 200
    assert answer.headers.get("Content-Disposition") == disposition


def test_display_copies_are_webp(client: Client, job: Job) -> None:
    copied(job)
    picture = Picture.objects.get()
    for key in (picture.medium_key, picture.thumbnail_key, picture.small_key):
        answer = client.get(f"/media/{key}")
        content = b"".join(answer)
        answer.close()
        assert answer.headers["Content-Type"] == "image/webp"
        assert content[8:12] == b"WEBP"


def test_a_head_request_tells_type_and_length(client: Client, key: str) -> None:
    answer = client.head(f"/media/{key}")
    answer.close()
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Length"] == str(len(png()))


@pytest.mark.parametrize("form", ["{}", "W/{}", '"x", {}', "*"])
def test_a_known_picture_is_a_304(client: Client, key: str, form: str) -> None:
    first = client.get(f"/media/{key}")
    first.close()
    tag = form.format(first.headers["ETag"])
    second = client.get(f"/media/{key}", headers={"if-none-match": tag})
    assert (second.status_code, second.content) == (304, b"")
    assert second.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert second.headers["ETag"] == first.headers["ETag"]


@pytest.mark.parametrize("header", ["", "x", '"x"', ",,,", "\xff", '"x",' * 5000])
def test_nonsense_in_if_none_match_gets_the_picture(client: Client, key: str, header: str) -> None:
    answer = client.get(f"/media/{key}", HTTP_IF_NONE_MATCH=header)
    answer.close()
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "..",
        "../secret_key",
        "%2e%2e/secret_key",
        "..%2fsecret_key",
        "..%5csecret_key",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "%00",
        "%ff",
        "a%0d%0aX-Evil: 1",
        UUID,
        f"{UUID}/{UUID}/",
        f"{UUID}/{UUID}/1-{SHA}.png",
        f"{UUID}/{UUID}/1-{SHA}.svg",
        f"{UUID}/{UUID}/1-{SHA}.html",
        f"{UUID}/{UUID}/1-{SHA}.png/..",
        f"{UUID}/{UUID}/1-{SHA}.png%0a",
        f"{UUID}/{UUID}/{'1' * 5000}-{SHA}.png",
        f"../media/{UUID}/{UUID}/1-{SHA}.png",
        f"{UUID.upper()}/{UUID}/1-{SHA}.png",
    ],
)
def test_anything_but_a_picture_s_name_is_not_found(client: Client, path: str) -> None:
    answer = client.get(f"/media/{path}")
    assert answer.status_code == 404
    assert "X-Evil" not in answer.headers


def test_other_files_of_the_storage_are_not_served(client: Client, settings: Any, key: str) -> None:
    media = Path(settings.DATA_DIR) / "media"
    for name in ("notes.txt", f"{UUID}.png", key.replace(".png", ".html")):
        (media / name).write_bytes(png())
        assert client.get(f"/media/{name}").status_code == 404


def test_a_picture_whose_file_is_gone_is_not_found(client: Client, settings: Any, key: str) -> None:
    (Path(settings.DATA_DIR) / "media" / key).unlink()
    assert client.get(f"/media/{key}").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "options"])
def test_pictures_can_only_be_read(key: str, method: str) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = getattr(client, method)(f"/media/{key}")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    assert fetched(client, f"/media/{key}") == png()
