"""Pages and picture addresses under a prefix, as behind a stage of API Gateway."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.template.loader import render_to_string
from django.test import Client
from django.urls import clear_script_prefix, set_script_prefix

from generation.models import Picture
from providers.models import ImageModel
from tests.api.drawing import drawn, fetched, png

pytestmark = pytest.mark.django_db
ADDRESSES = re.compile(r'(?:href|src|action|data-[\w-]*url)="([^"#]+)"')


@pytest.fixture
def staged() -> Iterator[Client]:
    """Django's test client leaves out what its WSGI handler does with SCRIPT_NAME."""
    set_script_prefix("/Prod/")
    yield Client(SCRIPT_NAME="/Prod")
    clear_script_prefix()


@pytest.fixture
def hashed(settings: Any, tmp_path: Path) -> None:
    """Static files as they are served outside of tests."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "pixelprompt.staticfiles.HashedStaticFiles"}
    }
    call_command("collectstatic", verbosity=0, interactive=False)


def test_every_address_of_a_page_has_the_prefix(
    staged: Client, hashed: None, aurora: ImageModel
) -> None:
    pages = {
        path: staged.get(path, headers={"accept": "text/html"}).content.decode()
        for path in ("/", "/gallery/", f"/jobs/{drawn().pk}", "/docs/", "/admin/login/", "/nothing")
    }
    pages["500"] = render_to_string("500.html")
    for path, page in pages.items():
        found = {address.removeprefix("http://testserver") for address in ADDRESSES.findall(page)}
        assert len(found) > 2, path
        elsewhere = ("data:", "https://", "?", "mailto:")
        assert [a for a in found if not a.startswith(("/Prod/", *elsewhere))] == [], path


def test_the_api_s_addresses_have_the_prefix(staged: Client, aurora: ImageModel) -> None:
    job = drawn()
    told = staged.get(f"/status/{job.pk}").json()["results"][0]
    assert told["imageUrl"] == f"http://testserver/Prod/media/{Picture.objects.get().key}"
    assert fetched(staged, told["imageUrl"].removeprefix("http://testserver/Prod")) == png()


def test_a_public_address_with_a_path_is_taken_as_it_is(
    staged: Client, settings: Any, aurora: ImageModel
) -> None:
    settings.PUBLIC_BASE_URL = "https://pictures.example.org/Prod"
    page = staged.get(f"/jobs/{drawn().pk}").content.decode()
    assert "https://pictures.example.org/Prod/generate" in page
    assert "/Prod/Prod" not in page


def test_the_schema_says_where_the_calls_are(staged: Client) -> None:
    assert staged.get("/schema").json()["servers"] == [{"url": "/Prod"}]
