"""What readers see of a job: one snapshot, told as JSON by the API and as tiles by the pages."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, F, OuterRef
from django.urls import get_script_prefix
from django.utils.translation import gettext as _

from generation.models import Job, Result
from generation.models.job import status_of
from generation.models.result import ResultQuerySet
from generation.templatetags.display import price
from providers.errors import OutcomeUnknown
from providers.statements import Ask, Look, OfMany


class Addresses:
    """Absolute addresses as the outside sees us: PUBLIC_BASE_URL, else the request's host and the
    prefix that it was asked under, such as a stage of API Gateway."""

    def __init__(self, origin: str) -> None:
        self.root = settings.PUBLIC_BASE_URL or origin + get_script_prefix().rstrip("/")

    def of(self, path: str) -> str:
        """The address of a path that `reverse` gave, which has the prefix already."""
        return self.root + path.removeprefix(get_script_prefix().rstrip("/"))

    def media(self, key: str) -> str:
        """A stable address: the CDN's, else ours, which leads to the storage."""
        if settings.CLOUDFRONT_DOMAIN:
            return f"https://{settings.CLOUDFRONT_DOMAIN}/{key}"
        return f"{self.root}{settings.MEDIA_URL}{key}"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A job and its results at one version."""

    job: Job
    results: list[Result]

    @property
    def status(self) -> str:
        return status_of([str(result.state) for result in self.results])

    @property
    def is_over(self) -> bool:
        return self.status in ("completed", "partial", "failed")

    @property
    def is_final(self) -> bool:
        """Over, with every display copy made: only a retry can change it."""
        return self.is_over and all(
            result.picture.thumbnail_key for result in self.results if result.state == "completed"
        )

    def count(self, state: str) -> int:
        return sum(result.state == state for result in self.results)


def of(job: Job) -> Snapshot:
    """A job's results as they are now, and the job with the version that they had."""
    return at_one_moment(job, as_told(latest_of_job(job_id=job.pk)))


def of_all(job_ids: Collection[UUID]) -> list[Snapshot]:
    """The snapshots of several jobs, in two queries."""
    jobs = {job.pk: job for job in jobs_called(job_ids)}
    by_job: dict[UUID, list[Result]] = defaultdict(list)
    for result in as_told(latest_of_jobs(jobs)):
        by_job[result.job_id].append(result)
    return [at_one_moment(jobs[job_id], shown) for job_id, shown in by_job.items()]


def at_one_moment(job: Job, results: list[Result]) -> Snapshot:
    """The job gets the version that was read together with its results."""
    if results:
        read = vars(results[0])
        job.version, job.updated_at = read["job_version"], read["job_updated_at"]
    return Snapshot(job, results)


def latest(results: ResultQuerySet) -> ResultQuerySet:
    """The latest round of each, with its picture and the version that its job has right then."""
    versioned = results.annotate(job_version=F("job__version"), job_updated_at=F("job__updated_at"))
    return versioned.latest_round().select_related("picture").order_by("index")


# What `as_json` reads of a result and of its picture. Pages read more, and use `of`.
FACTS = [
    "job_id", "index", "round", "name", "slug", "state", "price_micros", "started_at",
    "finished_at", "error", "error_code", "retryable",
]  # fmt: skip
SHOWN = [
    "key", "thumbnail_key", "medium_key", "width", "height", "content_type", "byte_size", "lost_at",
]  # fmt: skip
jobs_called = OfMany(Look, lambda ids: Job.objects.filter(pk__in=ids))
latest_of_jobs = OfMany(
    Look,
    lambda ids: latest(Result.objects.filter(job__pk__in=ids)).only(
        *FACTS, *(f"picture__{name}" for name in SHOWN)
    ),
)
latest_of_job = Look(lambda job_id: latest(Result.objects.filter(job_id=job_id)))


def as_told(results: Iterable[Result]) -> list[Result]:
    """A result that has begun and waits to go on is told as going on: what was told never goes
    back."""
    shown = list(results)
    for result in shown:
        if result.state == Result.State.PENDING and result.started_at is not None:
            result.state = Result.State.IN_PROGRESS
    return shown


def overdue_work() -> Exists:
    """Whether a job, in a query of jobs, has work that should have ended."""
    return Exists(Result.objects.filter(job=OuterRef("pk")).overdue())


with_overdue = Look(lambda job_id: Job.objects.annotate(overdue=overdue_work()).filter(pk=job_id))


def current(job_id: UUID) -> Job | None:
    """The job row. A reader that meets overdue work first ends it, as the sweeper would."""
    for job in with_overdue(job_id=job_id):
        if not getattr(job, "overdue", False):
            return job
        Result.objects.filter(job=job).expire()
    return Job.objects.filter(pk=job_id).first()


versions_of = OfMany(
    Ask,
    lambda ids: (
        Job.objects.annotate(overdue=overdue_work())
        .filter(pk__in=ids)
        .order_by()
        .values_list("pk", "version", "overdue")
    ),
)


def settled_versions(job_ids: Collection[UUID]) -> dict[UUID, int]:
    """The version of each of these jobs that exists and has no overdue work; one query."""
    return {pk: version for pk, version, overdue in versions_of(job_ids) if not overdue}


def versions(job_ids: Collection[UUID]) -> dict[UUID, int]:
    """The version of each of these jobs that exists, overdue work ended first; one query."""
    rows = versions_of(job_ids)
    late = [pk for pk, _, overdue in rows if overdue]
    if late:
        Result.objects.filter(job__in=late).expire()
        rows = versions_of(job_ids)
    return {pk: version for pk, version, _ in rows}


def as_json(snapshot: Snapshot, addresses: Addresses) -> dict[str, Any]:
    """The body of GET /status/{jobId}."""
    job = snapshot.job
    return {
        "jobId": str(job.id),
        "status": snapshot.status,
        "createdAt": stamp(job.created_at),
        "updatedAt": stamp(job.updated_at),
        "totalModels": len(snapshot.results),
        "completedModels": snapshot.count("completed"),
        "failedModels": snapshot.count("error"),
        "prompt": job.prompt,
        "parameters": parameters(job),
        "version": job.version,
        "results": [result_as_json(result, addresses) for result in snapshot.results],
    }


def parameters(job: Job) -> dict[str, Any]:
    """Steps, guidance and control always; the others when the visitor chose them."""
    chosen = {
        "seed": job.seed,
        "aspectRatio": job.aspect_ratio or None,
        "negativePrompt": job.negative_prompt or None,
    }
    return {"steps": job.steps, "guidance": number(job.guidance), "control": job.control} | {
        name: value for name, value in chosen.items() if value is not None
    }


def result_as_json(result: Result, addresses: Addresses) -> dict[str, Any]:
    told = {
        "id": str(result.id),
        "index": result.index,
        "round": result.round,
        "model": result.name,
        "slug": result.slug,
        "status": result.state,
        "priceMicros": result.price_micros,
        "startedAt": stamp(result.started_at),
        "completedAt": stamp(result.finished_at),
        "duration": round(result.duration, 2) if result.duration is not None else None,
    }
    unknown_yet = ("startedAt", "completedAt", "duration")
    told = {
        name: value for name, value in told.items() if name not in unknown_yet or value is not None
    }
    if result.state == Result.State.COMPLETED:
        return told | picture_as_json(result, addresses)
    if result.state == Result.State.ERROR:
        return told | {
            "error": sentence(result),
            "errorCode": result.error_code,
            "retryable": result.retryable,
        }
    return told


def sentence(result: Result) -> str:
    """Why a result failed, for people. What a retry may cost a second time is told if known."""
    if not result.error:
        return ""
    told = _(result.error)
    if result.error != OutcomeUnknown.sentence or not result.price_micros:
        return told
    return _("%(sentence)s, about %(price)s.") % {
        "sentence": told.removesuffix("."),
        "price": price(result.price_micros),
    }


def picture_as_json(result: Result, addresses: Addresses) -> dict[str, Any]:
    picture = result.picture
    lost = {"imageLost": True} if picture.lost_at else {}
    return lost | {
        "imageKey": picture.key,
        "imageUrl": addresses.media(picture.key),
        "thumbnailUrl": addresses.media(picture.thumbnail_key or picture.key),
        "mediumUrl": addresses.media(picture.medium_key or picture.key),
        "width": picture.width,
        "height": picture.height,
        "contentType": picture.content_type,
        "bytes": picture.byte_size,
    }


def stamp(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with milliseconds."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def number(value: float) -> int | float:
    """7.0 as 7, as the visitor typed it."""
    return int(value) if value == int(value) else value
