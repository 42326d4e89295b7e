"""The content filter as a gate: what it refuses costs nothing and tells nobody why."""

import json
import logging
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from generation import enhancement
from generation.gates.screening import Inappropriate, check
from generation.models import AllowedPhrase, Attempt, BlockedTerm, Job, Result
from generation.submission import Order, submit
from providers.models import ChatModel, ImageModel, Provider
from tests.api.drawing import fail, refusal
from tests.fakes import FakeProviders
from tests.fakes.behaviour import Behaviour
from tests.fakes.openai_chat import chat_reply
from tests.gates.limiting import left
from tests.support import Api

pytestmark = pytest.mark.django_db
NOTICE = "Your prompt contains inappropriate content and cannot be processed."
WORD = "glimmerwort"
TRY = "admin:generation_blockedterm_try"


@pytest.fixture(autouse=True)
def first_terms(db: None) -> None:
    """The terms of a new installation, which a test with real commits may have swept away."""
    if not BlockedTerm.objects.exists():
        import_module("generation.migrations.0006_content_filter").first_terms(apps, None)


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("operator"))
    return client


@pytest.fixture
def writer(server: Provider) -> ChatModel:
    return ChatModel.objects.create(provider=server, model_id="writer")


def block(text: str = WORD) -> BlockedTerm:
    term = BlockedTerm(text=text)
    term.save()
    return term


def refused(answer: Any) -> None:
    told = refusal(answer, 400, "INAPPROPRIATE_CONTENT")
    assert told["message"] == NOTICE


def wrote(short: str, long: str) -> Behaviour:
    text = json.dumps({"short": short, "long": long})
    return Behaviour("wrote", lambda scene: chat_reply(scene, text))


def test_a_refused_prompt_costs_nothing(api: Api, aurora: ImageModel) -> None:
    before = left(api.client)
    for prompt in ("a nude woman", "n\u200b u d 3", "p*rn"):
        refused(api.post("/generate", {"prompt": prompt}))
    assert not Job.objects.exists()
    assert left(api.client) == before
    api.generate("blood orange, whatever the light")


def test_a_refusal_frees_its_idempotency_key(api: Api, aurora: ImageModel) -> None:
    key = {"Idempotency-Key": "once"}
    refused(api.post("/generate", {"prompt": "gore"}, **key))
    assert api.post("/generate", {"prompt": "a gorge"}, **key).status_code == 200


def test_a_negative_prompt_may_name_what_to_avoid(api: Api, aurora: ImageModel) -> None:
    job_id = api.generate("a beach", negativePrompt="nude, nsfw, gore")
    assert Job.objects.get(pk=job_id).negative_prompt == "nude, nsfw, gore"


def test_the_studio_says_so_and_keeps_what_was_written(client: Client, aurora: ImageModel) -> None:
    answer = client.post("/", {"prompt": "nude woman", "models": [aurora.slug]})
    assert answer.status_code == 400
    shown = answer.content.decode()
    assert NOTICE in shown
    assert "nude woman" in shown


def test_the_log_tells_the_category_and_no_word_of_the_prompt(
    api: Api, aurora: ImageModel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    refused(api.post("/generate", {"prompt": "zebras and a nude with gore"}))
    assert "A text was refused: gore, sexual" in caplog.text
    for word in ("zebras", "nude"):
        assert word not in caplog.text


def test_a_job_whose_prompt_has_become_inappropriate_is_not_drawn_anew(
    api: Api, aurora: ImageModel
) -> None:
    job = submit(Order(f"a {WORD}"), client=None)
    result = Result.objects.get(job=job)
    fail(result)
    block()
    token = {"X-Job-Token": job.token}
    refused(api.post(f"/jobs/{job.id}/results/{result.id}/retry", {}, **token))
    refused(api.post(f"/jobs/{job.id}/rerun", {}, **token))
    assert (Job.objects.count(), Result.objects.count()) == (1, 1)


class TestEnhance:
    def test_an_inappropriate_prompt_is_refused_and_consumes_nothing(
        self, api: Api, writer: ChatModel, fakes: FakeProviders
    ) -> None:
        before = left(api.client, "enhance")
        refused(api.post("/enhance", {"prompt": "s e x"}))
        assert left(api.client, "enhance") == before
        assert not Attempt.objects.exists()
        assert not fakes.traffic

    @pytest.mark.parametrize(
        "texts", [("a nude cat", "A cat. It sits."), ("A cat.", "A gore cat.")]
    )
    def test_an_inappropriate_text_gives_way_to_the_built_in_ones(
        self, api: Api, writer: ChatModel, fakes: FakeProviders, texts: tuple[str, str]
    ) -> None:
        fakes.plan(wrote(*texts), stage="text")
        told = api.post("/enhance", {"prompt": "cat"}).json()
        assert told["fallback"] is True
        assert not {told["short_prompt"], told["long_prompt"]} & set(texts)
        assert Attempt.objects.get().state == Attempt.State.SETTLED

    def test_an_appropriate_text_is_kept(
        self, api: Api, writer: ChatModel, fakes: FakeProviders
    ) -> None:
        fakes.plan(wrote("A calm cat.", "A cat. It sits."), stage="text")
        told = api.post("/enhance", {"prompt": "cat"}).json()
        assert (told["short_prompt"], told["long_prompt"]) == ("A calm cat.", "A cat. It sits.")
        assert "fallback" not in told

    def test_where_the_built_in_texts_do_not_pass_either_it_is_refused(self, api: Api) -> None:
        prompt = "n ...... u ...... d ...... e"
        check(prompt)
        with pytest.raises(Inappropriate):
            enhancement.enhance(prompt)
        refused(api.post("/enhance", {"prompt": prompt}))


class TestTerms:
    def test_a_new_installation_has_terms_of_every_kind(self) -> None:
        BlockedTerm.objects.all().delete()
        AllowedPhrase.objects.all().delete()
        import_module("generation.migrations.0006_content_filter").first_terms(apps, None)
        kinds = set(BlockedTerm.objects.values_list("category", flat=True))
        assert kinds == set(BlockedTerm.Category.values) - {"other"}
        assert AllowedPhrase.objects.filter(text="gore tex", enabled=True).exists()

    def test_every_change_is_in_force_at_once(self) -> None:
        check(WORD)
        term = block()
        with pytest.raises(Inappropriate):
            check(WORD)
        BlockedTerm.objects.filter(pk=term.pk).update(enabled=False)
        check(WORD)
        BlockedTerm.objects.get(pk=term.pk).save()
        term.enabled = True
        term.save()
        with pytest.raises(Inappropriate):
            check(WORD)
        phrase = AllowedPhrase.objects.create(text=f"small {WORD}")
        check(f"a small {WORD}")
        phrase.delete()
        with pytest.raises(Inappropriate):
            check(f"a small {WORD}")
        BlockedTerm.objects.all().delete()
        check(WORD)

    def test_terms_are_compiled_once_as_long_as_they_stay(
        self, django_assert_num_queries: Any
    ) -> None:
        check("a fox")
        with django_assert_num_queries(2):
            check("a red fox")

    def test_a_term_is_added_in_the_admin(self, desk: Client) -> None:
        fields = {"text": f" {WORD.upper()} * ".replace(" *", "*"), "category": "other"}
        desk.post(reverse("admin:generation_blockedterm_add"), fields | {"enabled": "on"})
        assert BlockedTerm.objects.get(text=f"{WORD}*")
        with pytest.raises(Inappropriate):
            check(f"many {WORD}s")

    @pytest.mark.parametrize("text", ["*", "no", "rule34", "nude", "a*b"])
    def test_a_term_that_finds_nothing_or_is_there_is_not_saved(
        self, desk: Client, text: str
    ) -> None:
        before = BlockedTerm.objects.count()
        fields = {"text": text, "category": "other", "enabled": "on"}
        answer = desk.post(reverse("admin:generation_blockedterm_add"), fields)
        assert answer.status_code == 200
        assert BlockedTerm.objects.count() == before

    def test_terms_are_switched_off_and_on_together(self, desk: Client) -> None:
        term = block()
        address = reverse("admin:generation_blockedterm_changelist")
        fields = {"_selected_action": [term.pk]}
        desk.post(address, fields | {"action": "switch_off"})
        check(WORD)
        desk.post(address, fields | {"action": "switch_on"})
        with pytest.raises(Inappropriate):
            check(WORD)


class TestTheBox:
    def test_it_shows_which_term_matched_where(self, desk: Client) -> None:
        shown = desk.post(reverse(TRY), {"prompt": "<b> a n u d e  cat"}).content.decode()
        assert "The filter refuses this prompt." in shown
        assert "&lt;b&gt; a <mark>n u d e</mark>  cat" in shown
        assert "<td>n u d e</td><td>nude</td><td>sexual</td><td>7–13</td>" in shown  # noqa: RUF001

    def test_it_says_that_a_prompt_passes(self, desk: Client) -> None:
        shown = desk.post(reverse(TRY), {"prompt": "nude lipstick"}).content.decode()
        assert "The filter lets this prompt pass." in shown

    def test_it_is_reached_from_the_list_and_empty_at_first(self, desk: Client) -> None:
        assert (
            reverse(TRY)
            in desk.get(reverse("admin:generation_blockedterm_changelist")).content.decode()
        )
        shown = desk.get(reverse(TRY)).content.decode()
        assert "The filter" not in shown

    def test_it_is_for_staff_who_may_see_the_terms(self, client: Client) -> None:
        assert client.post(reverse(TRY), {"prompt": "cat"}).status_code == 302
        staff = User.objects.create_user("helper", is_staff=True)
        client.force_login(staff)
        assert client.get(reverse(TRY)).status_code == 403
        staff.user_permissions.add(Permission.objects.get(codename="view_blockedterm"))
        assert client.get(reverse(TRY)).status_code == 200
