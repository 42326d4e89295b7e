"""What the studio's picker tells of its models, and which run it shows as an example."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from generation import model_health, tiles
from generation.models import Picture
from generation.snapshots import Addresses
from providers.models import ImageModel, Provider
from tests.api.drawing import draw, drawn, fail
from tests.support import make_job, make_model

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_old_health() -> None:
    cache.delete(model_health.KEY)


def row(client: Client, slug: str) -> str:
    """The picker's row of a model, without its tags."""
    page = client.get("/").content.decode()
    found = re.search(
        rf'<label class="model"(?:(?!</label>).)*value="{slug}".*?</label>', page, re.S
    )
    assert found
    return " ".join(re.sub("<[^>]+>", " ", found[0]).split())


def test_it_tells_price_time_and_failures_of_the_last_day(client: Client, server: Provider) -> None:
    model = make_model(server, "paid", price_micros=40_000)
    assert row(client, "paid") == "paid $0.04 OpenAI-compatible server"
    cache.delete(model_health.KEY)
    for job, end in ((make_job(model), draw), (make_job(model), lambda r: fail(r, "TIMEOUT"))):
        end(job.results.get())
    told = row(client, "paid")
    assert re.search(r"· \d\.\d\Ws · 50% failed today$", told), told


def test_it_asks_for_health_once_in_half_a_minute(client: Client, aurora: ImageModel) -> None:
    client.get("/")
    draw(make_job(aurora).results.get())
    assert "·" not in row(client, "aurora")


def test_a_model_without_a_key_says_what_is_missing(client: Client, server: Provider) -> None:
    server.kind, server.sealed_key = "openai", ""
    server.save()
    make_model(server, "keyless")
    assert "Its provider has no key yet." in row(client, "keyless")


def test_it_knows_which_parameters_a_model_knows(client: Client, aurora: ImageModel) -> None:
    page = client.get("/").content.decode()
    assert 'data-knows="aspectRatio seed"' in page


def test_only_a_finished_run_is_shown_as_one(client: Client, aurora: ImageModel) -> None:
    done = drawn("finished")
    draw(make_job(aurora, aurora, prompt="half way").results.order_by("index")[0])
    page = client.get("/").content.decode()
    assert f"/jobs/{done.pk}" in page
    assert "half way" not in page


@pytest.mark.parametrize(
    ("width", "height", "widths"),
    [
        (1024, 1024, ("480w", "1280w")),
        (2048, 2048, ("480w", "1280w")),
        (1000, 2000, ("240w", "640w")),
        (300, 200, ("300w", "300w")),
    ],
)
def test_copies_are_offered_with_their_true_widths(
    width: int, height: int, widths: tuple[str, str]
) -> None:
    shown = Picture(width=width, height=height, thumbnail_key="t.webp", medium_key="m.webp")
    medium, thumbnail = tiles.srcset(shown, Addresses("https://here.example")).split(", ")
    assert (thumbnail.split()[1], medium.split()[1]) == tuple(
        min(told, f"{width}w", key=lambda text: int(text[:-1])) for told in widths
    )


def test_the_smallest_copy_is_offered_where_it_is_asked_for_and_exists() -> None:
    shown = Picture(width=1000, height=2000, thumbnail_key="t.webp", small_key="")
    addresses = Addresses("https://here.example")
    assert "120w" not in tiles.srcset(shown, addresses, least=0)
    shown.small_key = "s.webp"
    assert tiles.srcset(shown, addresses, least=0).endswith("/media/s.webp 120w")
    assert "120w" not in tiles.srcset(shown, addresses)
