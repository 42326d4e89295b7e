"""What people may do with a job: retry a failed result, cancel what waits, run it again."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from generation.bells import ring
from generation.gates import admit
from generation.gates.addresses import Client
from generation.gates.counters import passage
from generation.models import Job, Result
from generation.submission import Order, choose, new_results, submit


class JobGone(Exception):
    """The job was deleted meanwhile."""

    def __init__(self, job: Job) -> None:
        self.job_id = job.pk
        super().__init__(str(job.pk))


class NotFailed(Exception):
    """Only a failed result can be drawn anew."""


def retry(result: Result, client: Client | None) -> Result:
    """Draw a failed result anew: a new row at the same place, one round later, with a deadline of
    its own, through every gate. Asked twice at once, it happens once."""
    rounds = Result.objects.filter(job=result.job, index=result.index).order_by("-round")
    latest = rounds.first()
    if latest is None:
        raise JobGone(result.job)
    if latest.state != Result.State.ERROR:
        raise NotFailed
    job = result.job
    models = choose([latest.slug])
    try:
        with passage():
            funds = admit(order_of(job), models, client)
            (fresh,) = new_results(job, models, latest.seed, funds)
            fresh.index, fresh.round = latest.index, latest.round + 1
            fresh.save(force_insert=True)
            Job.objects.filter(pk=job.pk).touch()
            transaction.on_commit(lambda: ring([fresh.pk]))
    except IntegrityError as problem:
        faster = Result.objects.filter(job=job, index=latest.index, round=latest.round + 1).first()
        if faster is None:
            raise JobGone(job) from problem
        return faster
    return fresh


def cancel(job: Job) -> int:
    """End what still waits; returns how many results that were."""
    return Result.objects.filter(job=job).cancel()


def rerun(job: Job, slugs: Sequence[str] | None, client: Client | None, *, key: str = "") -> Job:
    """A new job with the same prompt and parameters, by the same models or by others."""
    drawn = Result.objects.filter(job=job, round=0).order_by("index")
    chosen = slugs or list(drawn.values_list("slug", flat=True))
    if not chosen:
        raise JobGone(job)
    return submit(order_of(job, chosen), client=client, key=key)


def order_of(job: Job, slugs: Sequence[str] | None = None) -> Order:
    """The order that a job was made from."""
    return Order(
        prompt=job.prompt,
        steps=job.steps,
        guidance=job.guidance,
        control=job.control,
        seed=job.seed,
        aspect_ratio=job.aspect_ratio,
        negative_prompt=job.negative_prompt,
        listed=job.listed,
        slugs=slugs,
    )
