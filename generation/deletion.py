"""Deleting jobs: first their objects, then their rows, so that no object is ever forgotten."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from generation import search
from generation.models import Attempt, Job, Picture, Result
from generation.models.attempt import AttemptQuerySet
from generation.models.job import JobQuerySet
from generation.models.result import CANCELLED_SENTENCE
from generation.pictures import copy_keys
from generation.storage import shelf


class ObjectsRemain(Exception):
    """The storage did not delete a job's pictures, so the job stays and can be deleted again."""

    def __init__(self, job_id: UUID) -> None:
        self.job_id = job_id
        super().__init__(f"The storage did not delete the pictures of job {job_id}, so it stays.")


def delete_jobs(job_ids: Iterable[UUID]) -> None:
    """Delete these jobs with everything that was drawn for them, or raise ObjectsRemain.

    What waits or is being drawn ends first: from then on no worker stores anything for the job.
    """
    for job_id in job_ids:
        active = Result.objects.filter(job=job_id).active()
        active.end("CANCELLED", CANCELLED_SENTENCE)
        delete_objects(job_id)
        with transaction.atomic():
            list(active.select_for_update().order_by("pk"))  # before their attempts, as workers do
            lines_of(job_id).forget_words()
            active.end("CANCELLED", CANCELLED_SENTENCE)  # a retry that came meanwhile
            delete_rows(job_id)


def delete_resting(jobs: JobQuerySet, job_id: UUID) -> bool:
    """Delete a job as long as it is one of these; False if it is not, or not any more."""
    mine = jobs.filter(pk=job_id)
    if not mine.exists():
        return False
    delete_objects(job_id)
    with transaction.atomic():
        lines = lines_of(job_id)
        list(lines.select_for_update(of=("self",)).order_by("pk"))  # before their job
        if not mine.select_for_update(of=("self",)):
            return False
        lines.forget_words()
        return delete_rows(job_id)


def delete_objects(job_id: UUID) -> None:
    try:
        shelf().delete_all(keys_of(job_id))
    except OSError as problem:
        raise ObjectsRemain(job_id) from problem


def keys_of(job_id: UUID) -> set[str]:
    """Every object that may exist for a job: what is shown, what was received only, and copies,
    which may be stored already and noted later."""
    shown = Picture.objects.filter(result__job=job_id).values_list("key", flat=True)
    received = lines_of(job_id).values_list("object_key", flat=True)
    originals = {*shown, *received} - {""}
    return originals.union(*(copy_keys(key).values() for key in originals))


def lines_of(job_id: UUID) -> AttemptQuerySet:
    return Attempt.objects.filter(result__job=job_id)


def delete_rows(job_id: UUID) -> bool:
    search.remove(job_id)
    forget_name(job_id)
    _count, by_model = Job.objects.filter(pk=job_id).delete()
    return bool(by_model.get("generation.Job"))


def forget_name(job_id: UUID) -> None:
    """The admin's log names a job by the beginning of its prompt, and outlives it."""
    kind = ContentType.objects.get_for_model(Job)
    entries = LogEntry.objects.filter(content_type=kind, object_id=str(job_id))
    entries.update(object_repr=name_of(job_id))


def name_of(job_id: UUID) -> str:
    return f"job {job_id}"
