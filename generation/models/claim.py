"""A claim: a worker's hold on a result."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Now

from generation.models.attempt import Attempt
from generation.models.job import moved, pictured
from generation.models.picture import Picture
from providers.clock import from_now

if TYPE_CHECKING:
    from generation.models.result import Result
    from generation.pictures import StoredPicture

Change = TypeVar("Change", bound=Callable[..., bool])
log = logging.getLogger(__name__)

PAUSE = 0.5  # seconds until a database that is away is asked again
TOLD_LATE = ("state", "cost_micros", "request_id", "http_status", "error_code", "detail")
PICTURE = ("object_key", "sha256", "content_type", "width", "height", "byte_size")


def patient(change: Change) -> Change:
    """Try again while the database is away, as long as a lease lasts: the call is paid for.

    A change that was committed although its answer was lost is not made twice: the claim no longer
    holds then.
    """

    @wraps(change)
    def tried(claim: "Claim", *args: Any, **kwargs: Any) -> bool:
        end = time.monotonic() + settings.LEASE
        while True:
            try:
                return bool(change(claim, *args, **kwargs))
            except (InterfaceError, OperationalError) as problem:
                if connection.in_atomic_block or time.monotonic() > end:
                    raise
                log.warning("The database is away: %s.", type(problem).__name__)
                connection.close()
                time.sleep(PAUSE)

    return cast(Change, tried)


class Claim:
    """A worker's hold on a result, and the only way in which a worker changes it.

    Each method returns False, and changes nothing, when the claim no longer holds.
    """

    def __init__(self, result: "Result", attempt: Attempt, left: timedelta = timedelta()) -> None:
        self.result = result
        self.attempt = attempt
        self.kept_late = False
        self._ends = time.monotonic() + left.total_seconds()

    @property
    def seconds_left(self) -> float:
        """Until the result's deadline, by no clock that jumps."""
        return self._ends - time.monotonic()

    def task_known(self, task: str) -> bool:
        """Commit the provider's task id, so that a crash leads to polling, not to a second call."""
        return self._change({}, {"task": task})

    @patient
    def received(self, picture: "StoredPicture", facts: dict[str, Any]) -> bool:
        """Commit where the picture is about to be stored and what is known of the call.

        Where it came after its result's deadline, `kept_late` says that it is kept all the same,
        on its Attempt, where nobody is shown it.
        """
        cost = facts.get("cost_micros")
        known = {
            "object_key": picture.key,
            "sha256": picture.sha256,
            "content_type": picture.content_type,
            "width": picture.width,
            "height": picture.height,
            "byte_size": picture.byte_size,
            "cost_micros": self.result.price_micros if cost is None else cost,
        }
        with transaction.atomic():
            if not self.result.hold():
                self._came_late({"state": Attempt.State.RECEIVED, **facts, **known})
                return False
            self.attempt.receive(facts | known)
        return True

    @patient
    def complete(self) -> bool:
        """The picture is stored: show it."""
        with transaction.atomic():
            if not self.result.complete():
                self._came_late({"state": Attempt.State.SETTLED})
                return False
            self.attempt.settle()
            Picture.objects.create_for(self.attempt)
            pictured(self.result.job_id)
        return True

    def fail(self, code: str, sentence: str, *, retryable: bool, facts: dict[str, Any]) -> bool:
        """End without a picture."""
        return self._change(
            {
                "state": self.result.State.ERROR,
                "error_code": code,
                "error": sentence[:500],
                "retryable": retryable,
                "finished_at": Now(),
            },
            {"finished_at": Now(), "error_code": code, **facts},
        )

    def release(self, *, wait: float, tries: int, facts: dict[str, Any]) -> bool:
        """Put the row back to waiting, for at least `wait` seconds. What was not charged is
        reserved again."""
        uncharged = facts.get("state") == Attempt.State.RELEASED
        return self._change(
            {
                "state": self.result.State.PENDING,
                "not_before": from_now(wait),
                "tries": tries,
                "bell_at": None,
                "lease_owner": "",
                "lease_expires_at": None,
                "reserved_micros": self.attempt.spent_micros if uncharged else 0,
            },
            facts,
        )

    @patient
    def _change(self, result: dict[str, Any], attempt: dict[str, Any]) -> bool:
        """Change row and Attempt together, if the claim still holds."""
        with transaction.atomic():
            if not self.result.held().update(**(result or {"epoch": self.result.epoch})):
                self._came_late(attempt)
                return False
            if attempt:
                again = result.get("state") == self.result.State.PENDING
                self.attempt.record(attempt, again=again)
            if result:
                moved(self.result.job_id)
        return True

    def _came_late(self, facts: dict[str, Any]) -> None:
        """Where the row was ended over a call that went on, what became of the call is written
        down on its Attempt only. It is not settled: nobody is shown its picture."""
        if "state" not in facts:
            return
        mine = Attempt.objects.outliving(self.result.epoch).filter(pk=self.attempt.pk)
        line = mine.select_related("result").select_for_update(of=("self",)).first()
        if line is None:
            return
        told = {name: facts[name] for name in TOLD_LATE if name in facts}
        if told["state"] == Attempt.State.SETTLED:
            told["state"] = Attempt.State.RECEIVED
        # A job that is being deleted ends as cancelled: nothing is stored for it any more.
        if "object_key" in facts and line.result and line.result.error_code != "CANCELLED":
            told |= {name: facts[name] for name in PICTURE}
            self.kept_late = True
        self.attempt.record(told | {"finished_at": Now()})
