"""The operator's desk: keys go in and never come out, models are picked, tested and explained."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from generation import pictures
from generation.models import Attempt, Job, Picture
from pixelprompt.broker import Workers
from providers import pressure
from providers.models import ImageModel, Provider
from tests.fakes import FakeProviders, behaviours
from tests.support import Api, make_job, make_model, until

pytestmark = pytest.mark.django_db
CANARY = "sk-canary-0123456789-tail"


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("operator"))
    return client


def page(desk: Client, name: str, *args: Any) -> str:
    answer = desk.get(reverse(f"admin:{name}", args=args))
    assert answer.status_code == 200, answer
    return answer.content.decode()


def provider_fields(**fields: str) -> dict[str, str]:
    usual = {"name": "Mine", "kind": "openai-compatible", "base_url": "https://api.example.org/v1"}
    return usual | {"region": "", "options": "{}", "new_key": ""} | fields


def test_a_key_goes_in_and_is_never_shown_again(desk: Client) -> None:
    answer = desk.post(
        reverse("admin:providers_provider_add"), provider_fields(new_key=f" {CANARY}\n")
    )
    assert answer.status_code == 302
    provider = Provider.objects.get()
    assert provider.key == CANARY
    shown = page(desk, "providers_provider_change", provider.pk) + page(
        desk, "providers_provider_changelist"
    )
    assert CANARY not in shown
    assert "…tail" in shown


def test_saving_without_a_key_keeps_the_stored_one(desk: Client) -> None:
    provider = Provider(name="Mine", kind="openai-compatible", base_url="https://a.example/v1")
    provider.key = CANARY
    provider.save()
    desk.post(
        reverse("admin:providers_provider_change", args=[provider.pk]),
        provider_fields(name="Renamed"),
    )
    provider.refresh_from_db()
    assert (provider.name, provider.key) == ("Renamed", CANARY)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"new_key": "two words"}, "no spaces"),
        ({"new_key": "schlüssel"}, "accented"),
        ({"base_url": ""}, "needs a base URL"),
        ({"base_url": "ftp://example.org"}, "begins with https://"),
        ({"base_url": "https://user:pw@example.org/v1"}, "no user name"),
        ({"base_url": "https://example.org/v1?key=1"}, "no ?"),
        ({"base_url": "http://203.0.113.7/v1"}, "ALLOWED_PRIVATE_HOSTS"),
        ({"base_url": "https://exa mple.org/"}, "begins with https://"),
        ({"base_url": "https://[::1"}, "not an address"),
        ({"options": "[1]"}, "JSON object"),
        ({"options": "{"}, "valid JSON"),
    ],
)
def test_what_could_not_be_called_is_refused_in_words(
    desk: Client, fields: dict[str, str], words: str
) -> None:
    answer = desk.post(reverse("admin:providers_provider_add"), provider_fields(**fields))
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not Provider.objects.exists()


def model_fields(provider: Provider, **fields: str) -> dict[str, str]:
    usual = {"provider": str(provider.pk), "model_id": "m-1", "name": "", "slug": ""}
    more = {"position": "1", "enabled": "on", "price_micros": "", "timeout": "60", "options": "{}"}
    return usual | more | fields


def test_a_model_of_the_catalogue_brings_name_and_price(desk: Client) -> None:
    xai = Provider.objects.create(
        name="xAI", kind="openai-compatible", base_url="https://api.x.ai/v1"
    )
    desk.post(
        reverse("admin:providers_imagemodel_add"),
        model_fields(xai, model_id="grok-imagine-image"),
    )
    model = ImageModel.objects.get()
    assert (model.name, model.price_micros) == ("Grok Imagine 1", 20_000)


def test_a_text_model_is_refused_in_words(desk: Client, server: Provider) -> None:
    answer = desk.post(
        reverse("admin:providers_imagemodel_add"), model_fields(server, model_id="gpt-6-luna")
    )
    assert answer.status_code == 200
    assert "text model" in answer.content.decode()


def test_the_list_says_how_each_model_is_doing(desk: Client, aurora: ImageModel) -> None:
    make_job(aurora)
    shown = page(desk, "providers_imagemodel_changelist")
    assert "never" in shown
    assert "ready" in shown


def test_the_list_says_who_rests_and_an_operator_wakes_them(desk: Client, server: Provider) -> None:
    model = make_model(server, "tired")
    for _ in range(pressure.PATIENCE):
        pressure.failed(model.pk)
    assert "after 5 failures in a row" in page(desk, "providers_imagemodel_changelist")
    models = reverse("admin:providers_imagemodel_changelist")
    desk.post(models, {"action": "wake", "_selected_action": model.pk})
    assert "failures in a row" not in page(desk, "providers_imagemodel_changelist")
    model.refresh_from_db()
    assert (model.failures, pressure.resting_until(model)) == (0, None)
    pressure.pause(server.pk, 100)
    assert "Its provider asked to wait until" in page(desk, "providers_imagemodel_changelist")


def test_a_test_draws_one_real_picture(
    desk: Client, server: Provider, fakes: FakeProviders
) -> None:
    model = make_model(server, "model-1", price_micros=40_000)
    address = reverse("admin:providers_imagemodel_test", args=[model.pk])
    assert "one real request" in desk.get(address).content.decode()
    assert not fakes.ledger
    shown = desk.post(address).content.decode()
    assert "data:image/png;base64," in shown
    assert "$0.04" in shown
    assert len(fakes.charged) == 1
    attempt = Attempt.objects.get()
    assert (attempt.purpose, attempt.state, attempt.cost_micros) == ("test", "settled", 40_000)


def test_a_test_that_fails_says_why(desk: Client, server: Provider, fakes: FakeProviders) -> None:
    fakes.plan(behaviours.bad_key())
    model = make_model(server, "model-1")
    shown = desk.post(reverse("admin:providers_imagemodel_test", args=[model.pk])).content.decode()
    assert "rejects the key" in shown
    assert "INVALID_KEY" in shown
    assert fakes.key("openai-compatible") not in shown
    assert Attempt.objects.get().state == "released"


@pytest.mark.django_db(transaction=True)
def test_jobs_are_shown_with_their_pictures(
    desk: Client, api: Api, aurora: ImageModel, workers: Workers
) -> None:
    job_id = api.generate("shown at the desk")
    told = api.finished(job_id)
    shown = page(desk, "generation_job_change", job_id)
    assert told["results"][0]["imageKey"] in shown
    assert "shown at the desk" in page(desk, "generation_job_changelist")
    for name in ("result", "attempt", "picture"):
        assert page(desk, f"generation_{name}_changelist")
    for pk in Attempt.objects.values_list("pk", flat=True):
        assert page(desk, "generation_attempt_change", pk)


def test_the_desk_shows_what_would_turn_a_prompt_around(desk: Client) -> None:
    job = make_job(prompt="a cat \u202egod a ton")
    for shown in (
        page(desk, "generation_job_changelist"),
        page(desk, "generation_job_change", job.pk),
        page(desk, "generation_job_delete", job.pk),
    ):
        assert "a cat [U+202E]god a ton" in shown
        assert "\u202e" not in shown


def test_the_desk_shows_what_would_turn_a_providers_words_around(
    desk: Client, aurora: ImageModel
) -> None:
    words = ("negative_prompt", "prompt_sent", "revised_prompt", "detail")
    turned = dict.fromkeys(words, "not a \u202etac")
    job = make_job(aurora)
    Job.objects.update(negative_prompt=turned.pop("negative_prompt"))
    known = {"negative_prompt": {"state": "applied", "sent": "no \u202etac"}}
    attempt = Attempt.objects.create(result=job.results.get(), epoch=1, parameters=known, **turned)
    told = page(desk, "generation_job_change", job.pk)
    assert "not a [U+202E]tac" in told
    told += page(desk, "generation_attempt_change", attempt.pk)
    assert told.count("not a [U+202E]tac") == len(words)
    assert "\u202e" not in told


@pytest.mark.django_db(transaction=True)
def test_a_hidden_job_leaves_the_gallery(
    desk: Client, api: Api, aurora: ImageModel, workers: Workers
) -> None:
    job_id = api.generate("to be hidden")
    api.finished(job_id)
    desk.post(
        reverse("admin:generation_job_changelist"),
        {"action": "hide", "_selected_action": [job_id]},
    )
    assert Job.objects.get().hidden
    assert api.get("/gallery/list").json()["galleries"] == []


@pytest.mark.django_db(transaction=True)
def test_deleting_a_job_deletes_its_pictures(
    desk: Client, api: Api, aurora: ImageModel, workers: Workers
) -> None:
    job_id = api.generate("to be deleted")
    api.finished(job_id)
    until(lambda: Picture.objects.get().thumbnail_key, bool)
    picture = Picture.objects.get()
    keys = (picture.key, *pictures.copy_keys(picture.key).values())
    assert all(default_storage.exists(key) for key in keys)
    desk.post(reverse("admin:generation_job_delete", args=[job_id]), {"post": "yes"})
    assert not Job.objects.exists()
    assert not any(default_storage.exists(key) for key in keys)
    assert api.get("/gallery/list?q=deleted").json()["galleries"] == []


def test_the_desk_is_closed_to_strangers(client: Client, aurora: ImageModel) -> None:
    for name in ("index", "generation_job_changelist", "providers_provider_changelist"):
        assert client.get(reverse(f"admin:{name}")).status_code == 302
    test = reverse("admin:providers_imagemodel_test", args=[aurora.pk])
    assert client.post(test).status_code == 302
