"""Deleting jobs: first their objects, then their rows, so that no object is ever forgotten."""

from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction

from generation import search
from generation.models import Attempt, Job, Picture, Result
from generation.models.result import CANCELLED_SENTENCE


def delete_jobs(job_ids: Iterable[UUID]) -> None:
    """Delete these jobs with everything that was drawn for them."""
    for job_id in job_ids:
        for key in keys_of(job_id):
            default_storage.delete(key)
        remove_folders(job_id)
        with transaction.atomic():
            search.remove(job_id)
            active = Result.objects.filter(job=job_id).active()
            list(active.select_for_update().order_by("pk"))  # before their attempts, as workers do
            lines = Attempt.objects.filter(result__job=job_id)
            lines.update(prompt_sent="", revised_prompt="", parameters={}, object_key="")
            active.end("CANCELLED", CANCELLED_SENTENCE)
            Job.objects.filter(pk=job_id).delete()


def keys_of(job_id: UUID) -> set[str]:
    """Every object that may exist for a job: what is shown, and what was received only."""
    shown = Picture.objects.filter(result__job=job_id).values_list(
        "key", "thumbnail_key", "medium_key"
    )
    received = Attempt.objects.filter(result__job=job_id).values_list("object_key", flat=True)
    return {key for keys in shown for key in keys if key} | {key for key in received if key}


def remove_folders(job_id: UUID) -> None:
    """Local files leave empty folders behind; a bucket has none."""
    results = Result.objects.filter(job=job_id).values_list("pk", flat=True)
    for folder in (*(f"{job_id}/{pk}" for pk in results), str(job_id)):
        with suppress(OSError):
            default_storage.delete(folder)
