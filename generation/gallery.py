"""The gallery: jobs with pictures, newest first, a page at a time."""

import base64
import binascii
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import DateTimeField, Exists, Func, OuterRef, Q, TextField, Value
from django.db.models.functions import Cast

from generation import search
from generation.models import Job, Result
from generation.models.job import JobQuerySet
from generation.pictures import COPIES

PAGE = 24
# A page shows some hundred results; to read all that is stored of them would be most of the work.
SHOWN = ["job_id", "name", "slug", "finished_at"] + [
    f"picture__{name}" for name in ("key", *(copy[0] for copy in COPIES), "width", "height")
]


class BadCursor(ValueError):
    """A cursor that we did not make."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A job and its completed results in order, each with its picture."""

    job: Job
    results: list[Result]


@dataclass(frozen=True, slots=True)
class Page:
    entries: list[Entry]
    next_cursor: str | None


def page(*, cursor: str = "", limit: int = PAGE, query: str = "", model: str = "") -> Page:
    """One page. It costs the same wherever it lies: a place in the index, not an offset."""
    jobs = search.matching(Job.objects.in_gallery(), query)
    if model:
        drawn = Result.objects.filter(job=OuterRef("pk"), slug=model, state="completed")
        jobs = jobs.filter(Exists(drawn))
    if cursor:
        jobs = older_than(jobs, *place_of(cursor))
    found = list(jobs.annotate(moment=Cast("created_at", TextField()))[: limit + 1])
    shown = found[:limit]
    more = cursor_at(shown[-1]) if len(found) > limit else None
    return Page([entry for entry in with_results(shown) if entry.results], more)


def older_than(jobs: JobQuerySet, moment: Any, pk: UUID) -> JobQuerySet:
    """What comes after this place. The plain bound on the moment lets the index be used."""
    after = Q(created_at__lt=moment) | Q(created_at=moment, pk__lt=pk)
    return jobs.filter(after, created_at__lte=moment)


def with_results(jobs: list[Job]) -> list[Entry]:
    """The jobs with their completed results, in one query."""
    done = Result.objects.filter(
        job__in=jobs,
        state=Result.State.COMPLETED,
        picture__isnull=False,
        picture__lost_at=None,
    )
    by_job: dict[UUID, list[Result]] = defaultdict(list)
    for result in done.select_related("picture").only(*SHOWN).order_by("index", "round"):
        by_job[result.job_id].append(result)
    return [Entry(job, by_job[job.id]) for job in jobs]


def entry(job_id: UUID) -> Entry | None:
    """One job's pictures, or None if there is no such job, or an operator has hidden it."""
    jobs = list(Job.objects.filter(pk=job_id, hidden=False))
    return with_results(jobs)[0] if jobs else None


def cursor_at(job: Job) -> str:
    place = f"{job.moment}|{job.id}"  # type: ignore[attr-defined]  # annotated in page()
    return base64.urlsafe_b64encode(place.encode()).decode()


def place_of(cursor: str) -> tuple[Any, UUID]:
    try:
        text = base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True).decode()
        moment, pk = text.split("|")
        return stored(moment), UUID(pk)
    except (ValueError, OverflowError, binascii.Error) as problem:
        raise BadCursor(cursor) from problem


def stored(text: str) -> Any:
    """A moment as the database holds it. SQLite holds and compares text, so it stays this text:
    its own clock writes three decimals, Django six or none."""
    moment = datetime.fromisoformat(text)
    aware = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    if connection.vendor == "sqlite":
        return Func(Value(text), template="%(expressions)s", output_field=DateTimeField())
    return aware
