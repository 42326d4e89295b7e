"""Jobs drawn by real worker threads from providers over real HTTP."""

import threading

import pytest
from django.core.files.storage import default_storage

from generation import execution
from generation.models import Attempt, Picture, Result
from pixelprompt.broker import Workers
from providers.models import ImageModel, Provider
from tests.fakes import FakeProviders, behaviours, shows
from tests.support import NOBODY, Api, make_model, until

pytestmark = pytest.mark.django_db(transaction=True)


def stored(key: str) -> bytes:
    with default_storage.open(key) as file:
        return bytes(file.read())


def test_twenty_models_are_called_at_once(
    api: Api, server: Provider, fakes: FakeProviders, workers: Workers
) -> None:
    for number in range(20):
        make_model(server, f"model-{number}", position=number)
    fakes.hold()
    job_id = api.generate("twenty at once")
    fakes.wait_until_in_flight(20)
    assert api.status(job_id)["status"] == "in_progress"
    fakes.release()
    told = api.finished(job_id)
    assert told["completedModels"] == 20
    assert fakes.max_concurrent == 20
    assert len(fakes.charged) == 20


@pytest.mark.usefixtures("each_storage")
def test_each_result_gets_its_own_model_s_picture(
    api: Api, server: Provider, fakes: FakeProviders, workers: Workers
) -> None:
    for number in range(4):
        make_model(server, f"model-{number}", position=number)
    told = api.finished(api.generate("who is who"))
    for number, result in enumerate(told["results"]):
        assert shows(stored(result["imageKey"]), f"model-{number}", "who is who")


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        (behaviours.bad_key(), "INVALID_KEY"),
        (behaviours.no_credit(), "NO_CREDIT"),
        (behaviours.moderated(), "MODERATED"),
        (behaviours.model_gone(), "MODEL_GONE"),
        (behaviours.server_error(500), "PROVIDER_ERROR"),
        (behaviours.not_json(), "INVALID_RESPONSE"),
        (behaviours.html_200(), "INVALID_RESPONSE"),
        (behaviours.empty_body(), "INVALID_RESPONSE"),
        (behaviours.junk_image(), "INVALID_IMAGE"),
        (behaviours.html_image(), "INVALID_IMAGE"),
        (behaviours.svg_image(), "INVALID_IMAGE"),
        (behaviours.truncated_image(), "INVALID_IMAGE"),
        (behaviours.animated(), "INVALID_IMAGE"),
        (behaviours.bomb(), "INVALID_IMAGE"),
        (behaviours.reset_before_answer(), "OUTCOME_UNKNOWN"),
        (behaviours.half_body(), "OUTCOME_UNKNOWN"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_provider_that_fails_harms_no_other_result(
    api: Api,
    server: Provider,
    fakes: FakeProviders,
    workers: Workers,
    behaviour: behaviours.Behaviour,
    code: str,
) -> None:
    make_model(server, "good-1", position=1)
    make_model(server, "bad", position=2)
    make_model(server, "good-2", position=3)
    fakes.plan(behaviour, model="bad")
    told = api.finished(api.generate("one of three"))
    assert told["status"] == "partial"
    assert [result["status"] for result in told["results"]] == ["completed", "error", "completed"]
    failed = told["results"][1]
    assert failed["errorCode"] == code
    assert failed["error"].endswith((".", ")"))
    assert len(fakes.ledger_for(model="bad")) == 1


@pytest.mark.parametrize("behaviour", [behaviours.rate_limited(0), behaviours.server_error(503)])
def test_what_is_proven_uncharged_is_tried_again(
    api: Api,
    server: Provider,
    fakes: FakeProviders,
    workers: Workers,
    behaviour: behaviours.Behaviour,
) -> None:
    make_model(server, "model-1")
    fakes.plan(behaviour, times=1)
    told = api.finished(api.generate("second try"))
    assert told["status"] == "completed"
    assert len(fakes.charged) == 1
    assert sorted(Attempt.objects.values_list("state", flat=True)) == ["released", "settled"]


def test_a_hanging_provider_ends_at_its_timeout(
    api: Api, server: Provider, fakes: FakeProviders, workers: Workers
) -> None:
    make_model(server, "slow", timeout=1)
    fakes.plan(behaviours.hang())
    told = api.finished(api.generate("no answer"))
    assert told["results"][0]["errorCode"] == "OUTCOME_UNKNOWN"
    assert len(fakes.charged) == 1


@pytest.mark.usefixtures("each_storage")
def test_a_picture_is_kept_bit_for_bit_and_copies_follow(
    api: Api, aurora: ImageModel, workers: Workers
) -> None:
    job_id = api.generate("bit for bit")
    told = api.finished(job_id)
    result = told["results"][0]
    picture = Picture.objects.get()
    assert stored(picture.key)[:8] == b"\x89PNG\r\n\x1a\n"
    assert len(stored(picture.key)) == picture.byte_size == result["bytes"]
    told = until(
        lambda: api.status(job_id),
        lambda seen: seen["results"][0]["thumbnailUrl"] != seen["results"][0]["imageUrl"],
    )
    picture.refresh_from_db()
    assert stored(picture.thumbnail_key)[8:12] == b"WEBP"
    assert told["version"] > 1


@pytest.mark.usefixtures("each_storage")
def test_a_model_that_is_switched_off_in_mid_job_ends_its_waiting_results(
    api: Api, server: Provider, fakes: FakeProviders, request: pytest.FixtureRequest
) -> None:
    model = make_model(server, "model-1")
    job_id = api.generate("too late")
    model.enabled = False
    model.save()
    request.getfixturevalue("workers")
    told = api.finished(job_id)
    assert told["results"][0]["errorCode"] == "MODEL_DISABLED"
    assert not fakes.ledger


def test_doubled_and_unknown_bells_are_harmless(
    api: Api, server: Provider, fakes: FakeProviders, workers: Workers
) -> None:
    make_model(server, "model-1")
    fakes.hold()
    job_id = api.generate("ring twice")
    fakes.wait_until_in_flight(1)
    pk = Result.objects.get().pk
    threads = [threading.Thread(target=execution.draw, args=(pk,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    execution.draw(NOBODY)
    for thread in threads:
        thread.join()
    fakes.release()
    assert api.finished(job_id)["status"] == "completed"
    assert len(fakes.ledger) == 1


def test_a_new_key_counts_from_the_next_claim(
    api: Api, server: Provider, fakes: FakeProviders, workers: Workers
) -> None:
    Provider.objects.update(concurrency=1)
    for number in range(2):
        make_model(server, f"model-{number}", position=number)
    fakes.hold()
    job_id = api.generate("a key is changed")
    fakes.wait_until_in_flight(1)
    server.refresh_from_db()
    server.key = "sk-another"
    server.save()
    fakes.release()
    told = api.finished(job_id)
    assert sorted(r.get("errorCode", "drawn") for r in told["results"]) == ["INVALID_KEY", "drawn"]
    keys = [call.headers["Authorization"] for call in fakes.ledger]
    assert keys == [f"Bearer {fakes.key('openai-compatible')}", "Bearer sk-another"]
