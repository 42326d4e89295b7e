"""The API of jobs."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response

from generation import changes, idempotency, live, snapshots, submission
from generation.api import contract, examples, job_answers
from generation.api.contract import MAX_KEY, operation
from generation.api.endpoint import Endpoint
from generation.api.errors import Refusal, invalid, job_not_found, unavailable
from generation.api.limits import Limited, rate_limited, uncountable
from generation.api.serializers import OrderBody
from generation.etags import matches
from generation.gates import limits, screening
from generation.gates.addresses import Client
from generation.gates.budget import BudgetExhausted
from generation.gates.counters import passage
from generation.gates.limits import CountersDown, LimitReached
from generation.gates.queue import RETRY_AFTER, QueueFull
from generation.manifest import manifest
from generation.models import Job
from generation.snapshots import Addresses

MAX_ECHO = 100
EVENTS = "text/event-stream"
RECONNECT = b"retry: 2000\n\n"
UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
INAPPROPRIATE = gettext_lazy("Your prompt contains inappropriate content and cannot be processed.")
NO_MODEL = gettext_lazy("No image model is enabled. An operator can add one in the admin.")


class Generate(Limited):
    """POST /generate: one prompt to many models."""

    @operation(
        "generate",
        "One prompt to 1..20 models",
        job_answers.Accepted,
        *contract.BODY,
        *contract.PROMPT,
        *contract.ORDER,
        "IDEMPOTENCY_KEY_REUSED",
        body=OrderBody,
        parameters=[contract.IDEMPOTENCY_KEY],
        sends=examples.ORDER,
        example=examples.ACCEPTED,
    )
    def post(self, request: Request) -> Response:
        order = OrderBody(data=request.data).order()
        key = idempotency_key(request)
        return Response(accepted(place_order(order, self.client(request), key=key)))


def idempotency_key(request: Request) -> str:
    key: str = request.headers.get("Idempotency-Key", "")
    if len(key) > MAX_KEY:
        text = f"Idempotency-Key must have at most {MAX_KEY} characters."
        raise invalid("Idempotency-Key", f"at most {MAX_KEY} characters", text)
    return key


def place_order(order: submission.Order, client: Client, *, key: str = "") -> Job:
    with refusals():
        return submission.submit(order, client=client, key=key)


def count(client: Client, limit: str) -> None:
    """Let one more request through what is not an order, or refuse it."""
    with refusals(), passage():
        limits.count(client, limit)


@contextmanager
def refusals() -> Iterator[None]:
    """What refuses an order becomes the contract's error."""
    try:
        yield
    except idempotency.KeyReused:
        text = _("This Idempotency-Key came before with another request. Use a new one.")
        raise Refusal("IDEMPOTENCY_KEY_REUSED", text) from None
    except submission.NoModelEnabled:
        raise unavailable(str(NO_MODEL), retry_after=60) from None
    except LimitReached as reached:
        raise rate_limited(reached.standing) from None
    except CountersDown:
        raise uncountable() from None
    except screening.Inappropriate:
        raise Refusal("INAPPROPRIATE_CONTENT", str(INAPPROPRIATE)) from None
    except QueueFull:
        text = _("Many pictures are waiting to be drawn. Please try again in a moment.")
        raise unavailable(text, retry_after=RETRY_AFTER) from None
    except BudgetExhausted as problem:
        raise Refusal("BUDGET_EXHAUSTED", str(problem), retryAfter=problem.retry_after) from None
    except submission.UnknownModel as problem:
        text = _("There is no model %(slug)r. GET /models lists them.") % {
            "slug": problem.slug[:100]
        }
        raise invalid("models", "known slugs", text) from None
    except submission.ModelUnavailable as problem:
        raise Refusal("MODEL_UNAVAILABLE", str(problem)) from None
    except changes.JobGone as problem:
        raise job_not_found(str(problem.job_id)) from problem
    except changes.NotFailed:
        text = _("Only a failed result can be retried.")
        raise invalid("resultId", "a failed result", text) from None


def accepted(job: Job) -> dict[str, Any]:
    return {
        "jobId": str(job.id),
        "status": "pending",
        "message": "Job created successfully",
        "totalModels": job.total,
        "completedModels": 0,
        "jobToken": job.token,
    }


class Status(Endpoint):
    """GET /status/{jobId}: the snapshot, with the job's version as its ETag."""

    told = staticmethod(snapshots.as_json)

    @operation(
        "status",
        "The snapshot of a job",
        job_answers.Snapshot,
        "JOB_NOT_FOUND",
        parameters=[contract.JOB_ID],
        example=examples.SNAPSHOT,
        empty=[304],
    )
    def get(self, request: Request, job_id: str) -> Response:
        job = job_called(job_id)
        if matches(request.headers.get("If-None-Match", ""), etag_of(job)):
            return Response(status=304, headers=validators(job))
        snapshot = snapshots.of(job)
        told = self.told(snapshot, addresses_for(request))
        return Response(told, headers=validators(snapshot.job))


class Manifest(Status):
    """GET /jobs/{jobId}/manifest: the same, with what each provider was sent and answered."""

    told = staticmethod(manifest)

    @operation(
        "manifest",
        "The snapshot with what each provider was sent and answered",
        job_answers.Manifest,
        "JOB_NOT_FOUND",
        parameters=[contract.JOB_ID],
        empty=[304],
    )
    def get(self, request: Request, job_id: str) -> Response:
        return super().get(request, job_id)


def job_called(job_id: str) -> Job:
    pk = parsed_id(job_id)
    job = snapshots.current(pk) if pk else None
    if job is None:
        raise job_not_found(job_id[:MAX_ECHO])
    return job


def etag_of(job: Job) -> str:
    return f'"{job.version}"'


def validators(job: Job) -> dict[str, str]:
    return {"ETag": etag_of(job), "Cache-Control": "no-cache"}


def parsed_id(text: str) -> UUID | None:
    """The id in its usual spelling; Python's UUID also takes braces, URNs and stray digits."""
    return UUID(text) if UUID_TEXT.fullmatch(text) else None


def addresses_for(request: Request | HttpRequest) -> Addresses:
    return Addresses(f"{request.scheme}://{request.get_host()}")


class Events(Endpoint):
    """GET /events/{jobId}: the snapshot as a server-sent event.

    Where the server can push, it keeps the answer open and goes on from the version in its ETag.
    Elsewhere a client comes again after RECONNECT. Without an ETag nothing more will come.
    """

    @operation(
        "events",
        "The same snapshots as server-sent events",
        contract.EVENT,
        "JOB_NOT_FOUND",
        parameters=[contract.JOB_ID, contract.LAST_EVENT_ID],
        kinds=[EVENTS],
        empty=[204],
    )
    def get(self, request: Request, job_id: str) -> HttpResponse:
        snapshot = snapshots.of(job_called(job_id))
        known = request.headers.get("Last-Event-ID", "") == str(snapshot.job.version)
        if known and snapshot.is_final:
            return HttpResponse(status=204)  # tells an EventSource not to come again
        event = live.event_of(snapshot, addresses_for(request))
        answer = HttpResponse(RECONNECT + (b"" if known else event.content), content_type=EVENTS)
        answer["Cache-Control"] = "no-cache"
        answer["X-Accel-Buffering"] = "no"  # nginx would hold events back
        if not snapshot.is_final:
            answer["ETag"] = etag_of(snapshot.job)
        return answer
