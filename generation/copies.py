"""Display copies: made after the picture is already visible, and never in its way."""

import logging
from uuid import UUID

from django.db import transaction
from django.db.models import F

from generation import correlation, pictures
from generation.failpoints import failpoint
from generation.models import Job, Picture

log = logging.getLogger(__name__)


def make(result_id: UUID) -> None:
    """Make the copies of one picture, unless it has them. A failure is counted, not repeated."""
    todo = Picture.objects.without_copies().filter(pk=result_id)
    picture = todo.select_related("result").first()
    if picture is None or not todo.update(copy_tries=F("copy_tries") + 1):
        return
    failpoint("after-copy-counted")
    with correlation.work_on(picture.result):
        copy(picture)


def copy(picture: Picture) -> None:
    try:
        source = pictures.PAINTED if picture.result.kind == "demo" else pictures.TRAINED
        keys = pictures.display_copies(picture.key, source)
    except OSError as problem:  # the storage is away, or the job is being deleted
        log.error("The display copies could not be made: %s", problem)
        return
    failpoint("after-copies-stored")
    with transaction.atomic():
        Picture.objects.filter(pk=picture.pk).update(**keys)
        Job.objects.filter(pk=picture.result.job_id).touch()
