"""How many queries each call and each transition may take, so that cost cannot creep in.

A budget is what was counted when it was set. Lower it when you can; a higher one needs a reason.
Transactions are not counted.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from generation import copies, execution, snapshots
from generation.models import Job, Result
from generation.sweeper import sweep
from pixelprompt import manners
from providers.models import ImageModel, Provider
from tests.support import Api, make_job, make_model

pytestmark = pytest.mark.django_db
BOUNDS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


@pytest.fixture
def models(demo: Provider) -> list[ImageModel]:
    return [make_model(demo, name) for name in ("aurora", "mosaic", "ink")]


@pytest.fixture
def job(server: Provider) -> Job:
    """A finished job of three models, with display copies."""
    made = make_job(*(make_model(server, name) for name in ("riso", "orbit", "loom")))
    for pk in made.results.values_list("pk", flat=True):
        execution.draw(pk)
        copies.make(pk)
    return made


def queries(work: Callable[[], Any]) -> list[str]:
    """What is asked when it is done again: the first time also fills caches."""
    work()
    with CaptureQueriesContext(connection) as captured:
        work()
    asked = [query["sql"] for query in captured]
    return [sql for sql in asked if not sql.startswith(BOUNDS)]


@pytest.mark.parametrize(
    ("path", "budget"),
    [
        ("/status/{job}", 2),
        ("/events/{job}", 2),
        ("/gallery/list", 2),
        ("/gallery/{job}", 2),
        ("/jobs/{job}", 2),
        ("/", 7),
        ("/gallery/", 3),
        ("/models", 4),
        ("/limits", 11),
        ("/healthz", 0),
        ("/schema", 0),
    ],
)
def test_an_answer_stays_within_its_budget(api: Api, job: Job, path: str, budget: int) -> None:
    asked = queries(lambda: api.get(path.format(job=job.pk)))
    assert len(asked) <= budget, "\n".join(asked)


def test_a_status_that_is_known_takes_one_query(api: Api, job: Job) -> None:
    etag = api.get(f"/status/{job.pk}")["ETag"]
    asked = queries(lambda: api.get(f"/status/{job.pk}", **{"If-None-Match": etag}))
    assert len(asked) == 1


def test_versions_take_one_query_however_many_ask(job: Job, models: list[ImageModel]) -> None:
    ids = {job.pk, *(make_job(*models).pk for _ in range(4))}
    assert len(queries(lambda: snapshots.settled_versions(ids))) == 1


def test_snapshots_take_two_queries_however_many_ask(models: list[ImageModel]) -> None:
    jobs = [make_job(*models) for _ in range(4)]
    for job in jobs:
        for pk in job.results.values_list("pk", flat=True)[:2]:
            execution.draw(pk)
    wanted = {manners.Wanted(job.pk, "http://here", "en", compressed=False) for job in jobs}
    asked = queries(lambda: manners.tell(wanted))
    assert len(asked) == 2, "\n".join(asked)


def test_accepting_a_job_costs_the_same_for_three_models_and_for_one(
    api: Api, models: list[ImageModel], unlimited: None
) -> None:
    three = queries(lambda: api.generate())
    one = queries(lambda: api.generate(models=["aurora"]))
    assert len(three) == len(one) <= 14, "\n".join(three)


def test_drawing_stays_within_its_budget(models: list[ImageModel]) -> None:
    waiting = list(make_job(*models).results.values_list("pk", flat=True))
    asked = queries(lambda: execution.draw(waiting.pop()))
    assert len(asked) <= 12, "\n".join(asked)


def test_a_bell_for_what_is_done_costs_one_query(job: Job) -> None:
    pk: UUID = Result.objects.filter(job=job).values_list("pk", flat=True)[0]
    asked = queries(lambda: execution.draw(pk))
    assert len(asked) <= 1, "\n".join(asked)


def test_display_copies_stay_within_their_budget(models: list[ImageModel]) -> None:
    drawn = list(make_job(*models).results.values_list("pk", flat=True))
    for pk in drawn:
        execution.draw(pk)
    asked = queries(lambda: copies.make(drawn.pop()))
    assert len(asked) <= 4, "\n".join(asked)


def test_a_round_of_the_sweeper_that_finds_nothing_stays_within_its_budget(job: Job) -> None:
    asked = queries(sweep)
    assert len(asked) <= 8, "\n".join(asked)
