"""What the maker of a job may do with it. The job's token, in X-Job-Token, proves who that is."""

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from generation import changes, snapshots
from generation.api import contract, examples, job_answers
from generation.api.contract import operation
from generation.api.endpoint import Endpoint
from generation.api.errors import Refusal, job_not_found, unavailable
from generation.api.limits import Limited
from generation.api.serializers import AnyBody, RerunBody
from generation.api.views import (
    MAX_ECHO,
    accepted,
    addresses_for,
    idempotency_key,
    parsed_id,
    refusals,
)
from generation.deletion import ObjectsRemain, delete_jobs
from generation.models import Job, Result


def own_job(request: Request, job_id: str) -> Job:
    """The job, if the request proves that it comes from the job's maker."""
    pk = parsed_id(job_id)
    job = Job.objects.filter(pk=pk).first() if pk else None
    if job is None:
        raise job_not_found(job_id[:MAX_ECHO])
    token = request.headers.get("X-Job-Token", "")
    if not token:
        text = "This needs the header X-Job-Token, with the jobToken of POST /generate."
        raise Refusal("UNAUTHORIZED", text)
    if not job.token_matches(token):
        raise Refusal("FORBIDDEN", _("This X-Job-Token belongs to another job."))
    return job


def snapshot_of(request: Request, job: Job) -> Response:
    """The job as it is now."""
    found = Job.objects.filter(pk=job.pk).first()
    if found is None:
        raise job_not_found(str(job.pk))
    job = found
    told = snapshots.as_json(snapshots.of(job), addresses_for(request))
    return Response(told, headers={"Cache-Control": "no-store"})


class OneJob(Endpoint):
    """DELETE /jobs/{jobId}: the job, its results and its pictures."""

    @property
    def allowed_methods(self) -> list[str]:
        return ["GET", "HEAD", *super().allowed_methods]  # the page's

    @operation(
        "deleteJob",
        "Delete a job and its pictures",
        job_answers.Deleted,
        *contract.OWNER,
        parameters=[contract.JOB_ID, contract.JOB_TOKEN],
    )
    def delete(self, request: Request, job_id: str) -> Response:
        job = own_job(request, job_id)
        changes.cancel(job)
        try:
            delete_jobs([job.pk])
        except ObjectsRemain as problem:
            raise unavailable(f"{problem} Please try again in a while.", 60) from problem
        return Response({"jobId": job_id, "message": "Job deleted"})


class Cancel(Endpoint):
    """POST /jobs/{jobId}/cancel: end what still waits."""

    @operation(
        "cancel",
        "End what still waits; what is being drawn is paid for and goes on",
        job_answers.Snapshot,
        *contract.OWNER,
        parameters=[contract.JOB_ID, contract.JOB_TOKEN],
    )
    def post(self, request: Request, job_id: str) -> Response:
        job = own_job(request, job_id)
        changes.cancel(job)
        return snapshot_of(request, job)


class Rerun(Limited):
    """POST /jobs/{jobId}/rerun: a new job with the same prompt, by the same models or by others."""

    @operation(
        "rerun",
        "A new job with the same prompt, by the same models or by others",
        job_answers.Accepted,
        *contract.OWNER,
        *contract.BODY,
        *contract.ORDER,
        "INAPPROPRIATE_CONTENT",
        "IDEMPOTENCY_KEY_REUSED",
        body=RerunBody,
        parameters=[contract.JOB_ID, contract.JOB_TOKEN, contract.IDEMPOTENCY_KEY],
        sends=examples.RERUN,
    )
    def post(self, request: Request, job_id: str) -> Response:
        job = own_job(request, job_id)
        body = RerunBody(data=request.data)
        body.is_valid(raise_exception=True)
        with refusals():
            slugs = body.validated_data["models"]
            again = changes.rerun(job, slugs, self.client(request), key=idempotency_key(request))
            return Response(accepted(again))


class Retry(Limited):
    """POST /jobs/{jobId}/results/{resultId}/retry: draw a failed result anew."""

    @operation(
        "retry",
        "Draw a failed result anew: a new result, same index, round + 1",
        job_answers.Snapshot,
        *contract.OWNER,
        *contract.BODY,
        *contract.ORDER,
        "INAPPROPRIATE_CONTENT",
        "NOT_FOUND",
        body=AnyBody,
        parameters=[contract.JOB_ID, contract.RESULT_ID, contract.JOB_TOKEN],
    )
    def post(self, request: Request, job_id: str, result_id: str) -> Response:
        job = own_job(request, job_id)
        pk = parsed_id(result_id)
        result = Result.objects.filter(pk=pk, job=job).first() if pk else None
        if result is None:
            text = _("This job has no result with this id.")
            raise Refusal("NOT_FOUND", text, jobId=job_id)
        with refusals():
            changes.retry(result, self.client(request))
        return snapshot_of(request, job)
