"""Storage and rows brought to agree: objects without a row go, rows without an object are marked.

A worker commits the key of an object before it uploads it, so an object without a row belongs to a
job that was deleted. Only what is older than a day and has a name of ours is touched.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from uuid import UUID

from django.core.files.storage import default_storage
from django.db.models.functions import Now
from django.utils import timezone

from generation import batches
from generation.models import Attempt, Job, Picture
from generation.pictures import COPIES
from generation.storage import StoredObject, shelf

GRACE = timedelta(days=1)
NO_COPIES = {"copy_tries": 0} | {name: "" for name, _, _ in COPIES}
LOOKERS = 16  # threads that ask a bucket whether an object exists
ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
OURS = re.compile(rf"readiness/[^/]+|{ID}/({ID})/[^/]+")
PICTURE = re.compile(rf"({ID}/{ID}/\d+-[0-9a-f]{{64}})(?:-[mts])?\.(?:png|jpg|webp)")


@dataclass(slots=True)
class Objects:
    """What was found in the storage. Orphans have no row, strangers no name of ours."""

    seen: int = 0
    orphans: int = 0
    strangers: int = 0


def sweep_objects(*, apply: bool) -> Objects:
    """Remove objects without a row. Raises OSError where the storage cannot be listed."""
    found = Objects()
    for some in in_batches(shelf().objects()):
        found.seen += len(some)
        found.strangers += sum(OURS.fullmatch(each.key) is None for each in some)
        orphans = without_row([each.key for each in some if is_ours_and_old(each)])
        found.orphans += len(orphans)
        if apply and orphans:
            shelf().delete_all(orphans)
    return found


def in_batches(objects: Iterator[StoredObject]) -> Iterator[list[StoredObject]]:
    while some := list(islice(objects, batches.SIZE)):
        yield some


def is_ours_and_old(each: StoredObject) -> bool:
    return OURS.fullmatch(each.key) is not None and each.written_at < timezone.now() - GRACE


def without_row(keys: Collection[str]) -> list[str]:
    """Those that no row names. The copies of a picture that a row names may be noted later."""
    ids = {UUID(match[1]) for key in keys if (match := OURS.fullmatch(key)) and match[1]}
    shown = Picture.objects.filter(pk__in=ids).values_list("key", flat=True)
    received = Attempt.objects.filter(result__in=ids).values_list("object_key", flat=True)
    named = {stem_of(key) for key in (*shown, *received)}
    return [key for key in keys if stem_of(key) is None or stem_of(key) not in named]


def stem_of(key: str) -> str | None:
    match = PICTURE.fullmatch(key)
    return match[1] if match else None


@dataclass(slots=True)
class Pictures:
    """What was found missing among rows, newly or again, and what came back."""

    seen: int = 0
    lost: int = 0
    newly: int = 0
    found_again: int = 0
    without_copies: int = 0


def look_for_pictures(*, apply: bool) -> Pictures:
    """Mark pictures whose object is gone, take the mark from those whose object is back, and let
    copies that are gone be made again. Raises OSError where the storage cannot be asked."""
    found = Pictures()
    with ThreadPoolExecutor(LOOKERS) as lookers:
        for page in batches.pages(Picture.objects.all()):
            keys = [key for each in page for key in keys_of(each)]
            there = {key for key, held in zip(keys, lookers.map(holds, keys), strict=True) if held}
            found.seen += len(page)
            judge(page, there, found, apply=apply)
    return found


def keys_of(picture: Picture) -> list[str]:
    keys = (picture.key, *(getattr(picture, name) for name, _, _ in COPIES))
    return [key for key in keys if key]


def holds(key: str) -> bool:
    return default_storage.exists(key)


def judge(page: Iterable[Picture], there: set[str], found: Pictures, *, apply: bool) -> None:
    for picture in page:
        if picture.key not in there:
            found.lost += 1
            if picture.lost_at is None:
                found.newly += 1
                change(apply, picture, lost_at=Now())
            continue
        if picture.lost_at is not None:
            found.found_again += 1
            change(apply, picture, lost_at=None)
        if set(keys_of(picture)) - there:
            found.without_copies += 1
            change(apply, picture, **NO_COPIES)


def change(apply: bool, picture: Picture, **fields: object) -> None:
    """Change a picture's row; its readers are told by the job's version."""
    if apply and Picture.objects.filter(pk=picture.pk).update(**fields):
        Job.objects.filter(results=picture.pk).touch()
