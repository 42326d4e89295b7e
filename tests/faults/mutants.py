"""What keeps the promises, taken out on purpose: FAULTS_MUTANT names which part.

The fault runs must then find broken promises; a judge who never convicts proves nothing.
"""

import os
from collections.abc import Callable
from typing import Any

from django.apps import AppConfig
from django.db.models.functions import Now

Patch = Callable[[Any, str, Any], None]


def no_fence(patch: Patch) -> None:
    """A worker's changes no longer ask for the epoch of its claim."""
    from generation.models.result import Result, ResultQuerySet

    def held(self: ResultQuerySet, result: Result) -> ResultQuerySet:
        return self.filter(pk=result.pk, state=Result.State.IN_PROGRESS)

    patch(ResultQuerySet, "held", held)


def no_intent(patch: Patch) -> None:
    """The Attempt is written after the call instead of before it."""
    from generation import execution
    from generation.models.attempt import Attempt, AttemptQuerySet
    from generation.models.claim import Claim
    from generation.models.result import Result

    def for_claim(self: AttemptQuerySet, result: Result) -> Attempt:
        return Attempt(
            result=result, epoch=result.epoch, kind=result.kind, provider_model=result.slug
        )

    call: Callable[[Claim], Any] = execution.call

    def call_and_note(claim: Claim) -> Any:
        image = call(claim)
        claim.attempt.save(force_insert=True)
        return image

    patch(AttemptQuerySet, "for_claim", for_claim)
    patch(execution, "call", call_and_note)


def no_doubt(patch: Patch) -> None:
    """What a dead worker was calling for is called for again, as if it cost nothing."""
    from generation import sweeper

    patch(sweeper, "is_free", lambda kind: True)


def no_claim(patch: Patch) -> None:
    """A row that is being drawn already may be claimed all the same."""
    from generation.models.result import ResultQuerySet

    def claimable(self: ResultQuerySet) -> ResultQuerySet:
        return self.active().filter(deadline_at__gt=Now())

    patch(ResultQuerySet, "claimable", claimable)


MUTANTS = {made.__name__: made for made in (no_fence, no_intent, no_doubt, no_claim)}


class Mutants(AppConfig):
    name = "tests.faults"
    label = "mutants"

    def ready(self) -> None:
        MUTANTS[os.environ["FAULTS_MUTANT"]](setattr)
