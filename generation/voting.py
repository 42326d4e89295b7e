"""Blind votes: which of a finished job's pictures is the best."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from generation import snapshots
from generation.models import Job, Result, Vote


class NothingToChoose(Exception):
    """The job is not over, or has fewer than two pictures."""


class NotAChoice(Exception):
    """This result is not one of the job's pictures."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`counted`: this vote is new. `chosen` is what the voter chose, now or before; `votes` tells
    those of each result."""

    counted: bool
    chosen: Result
    choices: list[Result]
    votes: Mapping[UUID, int]


def vote(job: Job, result_id: UUID | None, token: str) -> Outcome:
    """Cast a vote. A browser's first vote for a job stands; another one changes nothing."""
    choices = choices_of(job)
    if len(choices) < 2:
        raise NothingToChoose
    if result_id not in {result.pk for result in choices}:
        raise NotAChoice
    cast, counted = Vote.objects.get_or_create(
        job=job,
        voter=hashlib.sha256(token.encode()).hexdigest(),
        defaults={"result_id": result_id, "choices": len(choices)},
    )
    votes = Counter(Vote.objects.filter(job=job).values_list("result", flat=True))
    return Outcome(counted, cast.result, choices, votes)


def choices_of(job: Job) -> list[Result]:
    """The pictures of a job that is over, in order."""
    snapshot = snapshots.of(job)
    if not snapshot.is_over:
        return []
    return [result for result in snapshot.results if result.state == Result.State.COMPLETED]
