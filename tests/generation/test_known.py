"""A job's parameters as its page tells them: never as if a model knew what it does not."""

import re

import pytest
from django.test import Client

from generation import known, snapshots
from generation.models import Job
from providers.models import ImageModel, Provider
from tests.support import make_job, make_model

pytestmark = pytest.mark.django_db


@pytest.fixture
def stability() -> ImageModel:
    """Knows the guidance, and neither steps nor control."""
    return make_model(Provider.objects.create(name="Stability", kind="stability"), "sd3.5-large")


def told(job: Job) -> dict[str, tuple[str, int, int]]:
    found = known.parameters(job, snapshots.of(job).results)
    return {name: (each.text, each.count, each.total) for name, each in found.items()}


def test_what_nobody_chose_and_no_model_knows_is_left_out(aurora: ImageModel) -> None:
    assert told(make_job(aurora)) == {}


def test_what_somebody_chose_is_told_with_how_many_models_know_it(
    aurora: ImageModel, stability: ImageModel
) -> None:
    job = make_job(aurora, stability)
    job.steps, job.guidance, job.seed = 50, 7.5, 42
    assert told(job) == {
        "steps": ("50 steps", 0, 2),
        "guidance": ("guidance 7.5", 1, 2),
        "seed": ("seed 42", 2, 2),
    }


def test_a_model_that_nothing_is_known_of_may_know_everything(db: None) -> None:
    job = make_job(make_model(Provider.objects.create(name="Elsewhere", kind="elsewhere")))
    assert told(job)["steps"] == ("25 steps", 1, 1)
    assert told(job)["control"] == ("control 1", 1, 1)


def test_the_page_says_it(client: Client, aurora: ImageModel, stability: ImageModel) -> None:
    job = make_job(aurora, stability)
    Job.objects.update(steps=50, guidance=7.5, seed=42, negative_prompt="people")
    page = client.get(job.get_absolute_url()).content.decode()
    facts = page.split('<ul class="job-facts">')[1].split("</ul>")[0]
    shown = [
        " ".join(re.sub("<[^>]+>", "", item).split())
        for item in re.findall("<li>(.*?)</li>", facts, re.DOTALL)
    ]
    assert shown[1:4] == ["50 steps (ignored)", "guidance 7.5 (1 of 2 models)", "seed 42"]
    assert "control" not in facts
    without = page.split('class="job-without"')[1].split("</p>")[0]
    assert "people" in without
