"""What nobody has done for too long."""

import shutil
import time
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from generation.models import Job
from pixelprompt.backups import NOTE
from providers import encryption
from providers.models import ImageModel, Provider

LITTLE, NOTHING = 1_000_000_000, 100_000_000  # bytes
DAY = 86_400.0
LATE = 7  # days that something daily may be late


def free_space() -> int:
    return shutil.disk_usage(settings.DATA_DIR).free


def full_disk() -> Iterator[str]:
    if uses_the_disk() and (free := free_space()) < NOTHING:
        yield f"{told_space(free)} Orders are refused when it is full. Make room now."


def little_space() -> Iterator[str]:
    if uses_the_disk() and NOTHING <= (free := free_space()) < LITTLE:
        yield f"{told_space(free)} Set RETENTION_DAYS and run cleanup, or give it a larger disk."


def uses_the_disk() -> bool:
    return connection.vendor == "sqlite" or not settings.S3_BUCKET


def told_space(free: int) -> str:
    return f"{free // 1_000_000} MB are free where {settings.DATA_DIR} is."


def older_seals() -> Iterator[str]:
    sealed = Provider.objects.exclude(sealed_key="").values_list("sealed_key", flat=True)
    older = sum(not encryption.newest(each) for each in sealed)
    if older:
        yield (
            f"{older} providers' keys are not encrypted with the first of FIELD_ENCRYPTION_KEYS. "
            "Run: manage.py rotate_keys. Keep the older keys in the list until it has."
        )


def old_jobs() -> Iterator[str]:
    if not settings.RETENTION_DAYS:
        return
    left = Job.objects.at_rest_for(settings.RETENTION_DAYS + LATE).count()
    if left:
        yield (f"{left} jobs are a week older than RETENTION_DAYS allows. {RUN_DAILY}")


def spent_records() -> Iterator[str]:
    """Only cleanup removes old sessions, so they tell when it has not run."""
    since = timezone.now() - timedelta(days=LATE)
    if Session.objects.filter(expire_date__lt=since).exists():
        yield f"Sessions that ended more than a week ago are still there. {RUN_DAILY}"


RUN_DAILY = "Run manage.py cleanup --apply daily: see docs/operations.md, What is old goes."


def old_backup() -> Iterator[str]:
    """Where something would be missed: demo models need no backup."""
    if connection.vendor != "sqlite" or not ImageModel.objects.real().exists():
        return
    note = settings.DATA_DIR / NOTE
    days = (time.time() - note.stat().st_mtime) / DAY if note.exists() else None
    if days is None:
        yield f"manage.py backup has never been run here. {BACK_UP}"
    elif days > LATE:
        yield f"The last manage.py backup was made {days:.0f} days ago. {BACK_UP}"


BACK_UP = "Run it daily, or know that something else makes copies: see docs/operations.md, Backups."
