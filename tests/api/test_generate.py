"""POST /generate: what is accepted, how it is answered, and that a refusal costs nothing."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from generation.models import Job, Result
from providers.messages import ASPECT_RATIOS
from providers.models import ImageModel, Provider
from tests.api.drawing import is_uuid4, refusal
from tests.support import Api, make_model

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(demo: Provider) -> list[ImageModel]:
    return [make_model(demo, f"model-{place}", position=place) for place in (1, 2, 3)]


def test_an_accepted_order_is_answered_as_the_first_api_did(
    api: Api, three: list[ImageModel]
) -> None:
    answer = api.post("/generate", {"prompt": "beautiful mountain sunset"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    told = answer.json()
    job = Job.objects.get()
    assert told == {
        "jobId": str(job.id),
        "status": "pending",
        "message": "Job created successfully",
        "totalModels": 3,
        "completedModels": 0,
        "jobToken": job.token,
    }
    assert is_uuid4(told["jobId"])
    assert job.token_matches(told["jobToken"])
    assert Result.objects.filter(job=job, state="pending").count() == 3


def test_what_is_left_out_gets_the_defaults(api: Api, aurora: ImageModel) -> None:
    told = api.status(api.generate("plain"))
    assert told["parameters"] == {"steps": 25, "guidance": 7, "control": 1.0}
    assert isinstance(told["parameters"]["control"], float)
    assert Job.objects.get().listed is True


def test_null_means_absent(api: Api, aurora: ImageModel) -> None:
    names = ("steps", "guidance", "control", "models", "seed", "aspectRatio", "negativePrompt")
    fields = dict.fromkeys((*names, "listed", "ip"))
    told = api.status(api.generate("nothing but a prompt", **fields))
    assert told["parameters"] == {"steps": 25, "guidance": 7, "control": 1.0}
    assert Job.objects.get().listed is True


def test_everything_that_was_asked_for_is_kept(api: Api, aurora: ImageModel) -> None:
    asked = {
        "steps": 30,
        "guidance": 3.5,
        "control": 0.6,
        "seed": 0,
        "aspectRatio": "16:9",
        "negativePrompt": "people",
    }
    told = api.status(api.generate("all of it", listed=False, **asked))
    assert told["parameters"] == asked
    assert Job.objects.get().listed is False


@pytest.mark.parametrize("ip", ["1.2.3.4", "nonsense", 7, None, ["::1"], {"a": 1}])
def test_ip_is_accepted_and_ignored(api: Api, aurora: ImageModel, ip: Any) -> None:
    api.generate("with an address", ip=ip)


def test_unknown_fields_are_ignored(api: Api, aurora: ImageModel) -> None:
    api.generate("more", unknown={"deep": [1]}, __proto__=1, jobId="mine", total=99)
    assert Job.objects.get().total == 1


@pytest.mark.parametrize(
    "body", [{}, {"prompt": None}, {"prompt": ""}, {"prompt": " \r\n\t\u3000\u00a0"}, b""]
)
@pytest.mark.parametrize("path", ["/generate", "/enhance"])
def test_a_prompt_is_required(api: Api, aurora: ImageModel, path: str, body: Any) -> None:
    told = refusal(api.post(path, body), 400, "PROMPT_REQUIRED")
    assert told["message"] == "Prompt is required"


@pytest.mark.parametrize("letter", ["a", "é", "字", "\U0001f600"])
def test_a_prompt_is_measured_in_code_points(api: Api, aurora: ImageModel, letter: str) -> None:
    api.generate(f"  {letter * 1000}\n")
    assert Job.objects.get().prompt == letter * 1000
    answer = api.post("/generate", {"prompt": letter * 1001})
    told = refusal(answer, 400, "PROMPT_TOO_LONG", "maxLength")
    assert told["maxLength"] == 1000
    assert told["message"] == "Prompt is too long (maximum 1000 characters)"
    assert Job.objects.count() == 1


def test_crlf_counts_as_one_character(api: Api, aurora: ImageModel) -> None:
    api.generate("\r\n".join("a" * 500) + "b\r\n")
    assert Job.objects.get().prompt == "\n".join("a" * 500) + "b"


@pytest.mark.parametrize(
    "prompt",
    [
        "two  spaces\tand a tab",
        "<script>alert(1)</script> & \"quotes\" 'n' {{ braces }} %s",
        "e\u0301 stays decomposed, \u202e stays, \ufeff too, a\u200bb",
        "family \U0001f468\u200d\U0001f469\u200d\U0001f467",
        "a\rb",
        "-- '; DROP TABLE generation_job; --",
        "\x1b[31mred\x07",
    ],
)
def test_a_prompt_is_stored_unchanged_but_for_its_edges(
    api: Api, aurora: ImageModel, prompt: str
) -> None:
    assert api.status(api.generate(f" {prompt} "))["prompt"] == prompt


def test_a_negative_prompt_is_trimmed_like_a_prompt(api: Api, aurora: ImageModel) -> None:
    told = api.status(api.generate("a", negativePrompt="  no\r\npeople " + " " * 1000))
    assert told["parameters"]["negativePrompt"] == "no\npeople"


@pytest.mark.parametrize("ratio", ASPECT_RATIOS)
def test_every_aspect_ratio_is_taken(api: Api, aurora: ImageModel, ratio: str) -> None:
    assert api.status(api.generate("a", aspectRatio=ratio))["parameters"]["aspectRatio"] == ratio


def test_chosen_models_draw_in_their_usual_order(api: Api, three: list[ImageModel]) -> None:
    told = api.status(api.generate("two of three", models=["model-3", "model-1"]))
    assert [(r["index"], r["slug"]) for r in told["results"]] == [(1, "model-1"), (2, "model-3")]


def test_every_model_of_a_job_gets_the_same_seed(api: Api, three: list[ImageModel]) -> None:
    api.generate("by chance")
    assert len(set(Result.objects.values_list("seed", flat=True))) == 1
    api.generate("chosen", seed=7)
    assert set(Result.objects.filter(job__seed=7).values_list("seed", flat=True)) == {7}


def test_a_model_that_is_switched_off_cannot_be_chosen(api: Api, three: list[ImageModel]) -> None:
    ImageModel.objects.filter(slug="model-2").update(enabled=False)
    answer = api.post("/generate", {"prompt": "a", "models": ["model-1", "model-2"]})
    assert "model-2" in refusal(answer, 422, "MODEL_UNAVAILABLE")["message"]
    assert not Job.objects.exists()
    assert api.status(api.generate("the rest"))["totalModels"] == 2


def test_without_any_model_the_answer_is_503_with_a_sentence(api: Api, db: None) -> None:
    answer = api.post("/generate", {"prompt": "a"})
    told = refusal(answer, 503, "SERVICE_UNAVAILABLE", "retryAfter")
    assert answer.headers["Retry-After"] == str(told["retryAfter"])
    assert told["message"].endswith(".")


def test_a_refused_order_changes_nothing(api: Api, aurora: ImageModel) -> None:
    for body in ('{"prompt": ""}', '{"prompt": "a", "steps": 0}', "{", '{"prompt": "a\\u0000"}'):
        assert api.post("/generate", body).status_code == 400
    assert not Job.objects.exists()
    assert not Result.objects.exists()


def test_the_correlation_id_goes_with_the_job(api: Api, aurora: ImageModel) -> None:
    api.post("/generate", {"prompt": "a"}, **{"X-Correlation-ID": "trace-1"})
    assert Job.objects.get().correlation_id == "trace-1"


def test_the_api_needs_no_csrf_token_and_reads_no_session(aurora: ImageModel) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies["sessionid"] = "somebody-s-session"
    body = json.dumps({"prompt": "a"})
    with CaptureQueriesContext(connection) as queries:
        answer = client.post("/generate", body, content_type="application/json")
    assert answer.status_code == 200
    assert not any("django_session" in query["sql"] for query in queries)
    assert not answer.cookies
