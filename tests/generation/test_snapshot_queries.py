"""The queries of snapshots, which are built once, answer as the querysets they were built from."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from generation import snapshots
from generation.models import Result
from providers.models import ImageModel
from providers.statements import OfMany
from tests.support import make_job

pytestmark = pytest.mark.django_db


def test_rows_relations_and_annotations_are_those_of_the_queryset(aurora: ImageModel) -> None:
    make_job(aurora, prompt="another")
    job = make_job(aurora)
    plain = list(snapshots.latest(Result.objects.filter(job=job)))
    prepared = snapshots.latest_of_job(job_id=job.pk)
    assert [fields(result) for result in prepared] == [fields(result) for result in plain]
    assert [result.job_id for result in prepared] == [job.pk]


def fields(result: Result) -> dict[str, object]:
    return {name: value for name, value in vars(result).items() if name != "_state"}


def test_an_id_that_no_row_has_finds_nothing(aurora: ImageModel) -> None:
    make_job(aurora)
    assert snapshots.latest_of_job(job_id=UUID(int=1)) == []


def test_one_query_reads_results_pictures_and_the_version(aurora: ImageModel) -> None:
    job = make_job(aurora)
    snapshots.latest_of_job(job_id=job.pk)
    with CaptureQueriesContext(connection) as queries:
        snapshot = snapshots.of(job)
    assert len(queries) == 1
    assert (snapshot.job.version, len(snapshot.results)) == (1, 1)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, OfMany.MOST, OfMany.MOST + 1])
def test_values_are_found_for_any_number_of_ids(aurora: ImageModel, count: int) -> None:
    jobs = [make_job(aurora) for _ in range(min(count, 5))]
    strangers = [UUID(int=number) for number in range(count - len(jobs))]
    asked = [*strangers, *(job.pk for job in jobs)]
    found = snapshots.versions_of(asked)
    assert {tuple(row) for row in found} == {(job.pk, 1, 0) for job in jobs}
    assert len({row[0] for row in found}) == len(jobs)
