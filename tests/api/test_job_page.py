"""What the pages tell of prices, times and limits around a job."""

import json
import re
import shlex
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import F
from django.template.loader import render_to_string
from django.test import Client

from generation import curl, snapshots, tiles
from generation.api.errors import Refusal
from generation.forms import StudioForm
from generation.models import Job, Result
from generation.snapshots import Addresses
from providers.errors import OutcomeUnknown
from providers.models import ImageModel, Provider
from tests.api.drawing import draw
from tests.support import make_job, make_model, only_result

pytestmark = pytest.mark.django_db

HERE = Addresses("https://pictures.example")


def page_of(job: Job) -> str:
    return str(Client().get(f"/jobs/{job.pk}").content.decode())


def end(result: Result, moment: datetime) -> None:
    Result.objects.filter(pk=result.pk).update(state="error", finished_at=moment)


def next_round(result: Result) -> Result:
    """What waits in a result's place after a retry."""
    return Result.objects.create(
        job=result.job,
        index=result.index,
        round=result.round + 1,
        name=result.name,
        slug=result.slug,
        kind=result.kind,
        provider_model=result.provider_model,
        deadline_at=result.deadline_at,
    )


@pytest.mark.parametrize(
    ("micros", "ending"),
    [
        (40_000, "Retrying may pay again, about $0.04."),
        (None, "Retrying may pay again."),
        (0, "Retrying may pay again."),
    ],
)
def test_what_a_retry_may_cost_is_told_where_it_is_known(
    server: Provider, micros: int | None, ending: str
) -> None:
    job = make_job(make_model(server, price_micros=micros))
    unknown = {"error": OutcomeUnknown.sentence, "error_code": OutcomeUnknown.code}
    Result.objects.update(state="error", finished_at=F("deadline_at"), **unknown)
    told = snapshots.as_json(snapshots.of(job), HERE)["results"][0]["error"]
    assert told == f"Contact was lost; this may have been billed. {ending}"
    assert told in page_of(job)


def test_a_retry_does_not_lengthen_the_job(aurora: ImageModel, demo: Provider) -> None:
    job = make_job(aurora, make_model(demo, "other"))
    first, second = job.results.order_by("index")
    draw(first)
    end(second, job.created_at)
    before = tiles.duration(snapshots.of(job))
    assert before is not None
    fresh = next_round(second)
    assert tiles.duration(snapshots.of(job)) is None
    end(fresh, job.created_at + timedelta(days=2))
    assert tiles.duration(snapshots.of(job)) == before


def test_a_job_that_was_retried_as_a_whole_tells_no_time(aurora: ImageModel) -> None:
    job = make_job(aurora)
    end(next_round(only_result(job)), job.created_at)
    assert tiles.duration(snapshots.of(job)) is None
    assert 'data-slot="elapsed"></span>' in page_of(job)


def test_the_command_line_names_what_was_asked_for(aurora: ImageModel) -> None:
    job = make_job(aurora, prompt="it's a\nfox \u202e \x1b[31m")
    chosen: dict[str, Any] = {"seed": 7, "aspect_ratio": "3:2", "negative_prompt": "people"}
    Job.objects.filter(pk=job.pk).update(listed=False, guidance=3.5, **chosen)
    job.refresh_from_db()
    command = curl.as_curl(snapshots.of(job), HERE)
    assert command.isascii()
    assert command.isprintable()
    *start, body = shlex.split(command)
    assert start[:2] == ["curl", "https://pictures.example/generate"]
    assert json.loads(body) == {
        "prompt": job.prompt,
        "steps": 25,
        "guidance": 3.5,
        "control": 1.0,
        "seed": 7,
        "aspectRatio": "3:2",
        "negativePrompt": "people",
        "models": ["aurora"],
        "listed": False,
    }


@pytest.mark.parametrize(
    ("code", "wait", "sentence", "when"),
    [
        ("BUDGET_EXHAUSTED", 7200, "Not now.", False),  # its own sentence says when
        ("RATE_LIMIT_EXCEEDED", 840, "That is all for now.", True),
        ("RATE_LIMIT_EXCEEDED", 5, "Not now.", False),
        ("SERVICE_UNAVAILABLE", 840, "Not now.", True),
        ("SERVICE_UNAVAILABLE", 5, "Not now.", False),
        ("SERVICE_UNAVAILABLE", 0, "Not now.", False),
    ],
)
def test_a_refusal_for_now_stands_under_generate(
    code: str, wait: int, sentence: str, when: bool
) -> None:
    form = StudioForm(None)
    told: dict[str, Any] = {"retryAfter": wait} if wait else {}
    form.refuse(Refusal(code, "Not now.", **told))
    page = render_to_string("studio.html", {"form": form.values(default_slugs=[]), "models": []})
    found = re.search(r'data-error-for="go">(.*?)</p>', page)
    assert found
    assert found[1].startswith(sentence)
    assert ("Come back at" in found[1]) == when


def test_a_full_queue_is_told_under_generate(aurora: ImageModel, settings: Any) -> None:
    settings.QUEUE_BOUND = 0
    fields = {"prompt": "kept", "steps": "25", "guidance": "7", "control": "1", "models": "aurora"}
    answer = Client().post("/", fields, headers={"accept": "text/html"})
    assert answer.status_code == 503
    assert re.search(r'data-error-for="go">Many pictures are waiting', answer.content.decode())


def test_what_is_left_is_told_if_anything_is_limited() -> None:
    allowance = {"left": 12, "limit": 50, "resets_at": datetime(2030, 1, 2, 3, 4, tzinfo=UTC)}
    told = render_to_string("_allowance.html", {"allowance": allowance})
    assert "12 of 50 runs left until" in told
    assert 'datetime="2030-01-02T03:04:00+00:00"' in told
    assert render_to_string("_allowance.html", {"allowance": None}).strip() == ""
    assert render_to_string("_allowance.html").strip() == ""
