"""Blind votes: one browser says which picture of a finished job is the best."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from generation import voting
from generation.api import contract
from generation.api.contract import operation
from generation.api.errors import Refusal, invalid
from generation.api.job_answers import Tally
from generation.api.limits import Limited
from generation.api.serializers import VoteBody
from generation.api.views import count, job_called, parsed_id
from generation.gates import limits
from generation.voting import NotAChoice, NothingToChoose, Outcome

TOKEN = range(16, 201)
VOTER_TOKEN = OpenApiParameter(
    "X-Voter-Token",
    {"type": "string", "minLength": TOKEN[0], "maxLength": TOKEN[-1]},
    OpenApiParameter.HEADER,
    required=True,
    description="Anything that a browser drew by chance and keeps. It is stored as a digest.",
)


class Votes(Limited):
    """POST /jobs/{jobId}/votes: the caller's one vote for this job."""

    limited_by: ClassVar[tuple[str, ...]] = (limits.VOTE,)

    @operation(
        "vote",
        "Say which picture of a finished job is the best; the first vote of a token stands",
        Tally,
        *contract.BODY,
        "JOB_NOT_FOUND",
        "NOTHING_TO_CHOOSE",
        "RATE_LIMIT_EXCEEDED",
        body=VoteBody,
        parameters=[contract.JOB_ID, VOTER_TOKEN],
    )
    def post(self, request: Request, job_id: str) -> Response:
        job = job_called(job_id)
        token = request.headers.get("X-Voter-Token", "")
        if len(token) not in TOKEN:
            text = "This needs the header X-Voter-Token, 16 to 200 characters that you made up."
            raise invalid("X-Voter-Token", "16..200 characters", text)
        body = VoteBody(data=request.data)
        body.is_valid(raise_exception=True)
        count(self.client(request), limits.VOTE)
        try:
            outcome = voting.vote(job, parsed_id(body.validated_data["resultId"]), token)
        except NothingToChoose:
            text = _("There is something to vote on once the job is over and has two pictures.")
            raise Refusal("NOTHING_TO_CHOOSE", text) from None
        except NotAChoice:
            text = "resultId must be one of the job's pictures."
            raise invalid("resultId", "a picture of this job", text) from None
        return Response(as_json(outcome))


def as_json(outcome: Outcome) -> dict[str, Any]:
    """`counted` is false where this browser voted on this job before: that vote stands."""
    results = [
        {"id": str(result.pk), "index": result.index, "votes": outcome.votes.get(result.pk, 0)}
        for result in outcome.choices
    ]
    return {
        "counted": outcome.counted,
        "resultId": str(outcome.chosen.pk),
        "votes": sum(outcome.votes.values()),
        "results": results,
    }
