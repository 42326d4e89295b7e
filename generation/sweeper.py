"""The sweeper: rings lost bells, ends overdue work, and decides what a dead worker left behind."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.db import Error, close_old_connections, connection

from generation import bells, execution, pictures
from generation.correlation import work_on
from generation.failpoints import failpoint
from generation.models import Attempt, Counter, Picture, Result, SweeperLease
from generation.models.claim import Claim
from providers.errors import OutcomeUnknown
from providers.registry import ADAPTERS

log = logging.getLogger(__name__)

MOST_BELLS = 200


def sweep(*, starting: bool = False) -> None:
    """One round. Twice at once, or twice in a row, changes nothing more.

    On SQLite there is one process. When it starts, nobody else can have heard the bells of waiting
    rows, so they are all rung for again.
    """
    if late := Result.objects.all().expire():
        log.warning("%d results were ended at their deadline.", late)
    failpoint("after-expire")
    Result.objects.all().end_disabled()
    for result in Result.objects.abandoned(execution.BOOT_ID).select_related("job"):
        with work_on(result):
            try:
                recover(result)
            except OSError:  # the storage is away: a later round decides, or the deadline
                log.exception("Nobody can say whether the picture was stored.")
        failpoint("after-recover")
        bells.ring_next(result)
    if starting and connection.vendor == "sqlite":
        Result.objects.active().update(bell_at=None, in_line=False)
        Picture.objects.without_copies().update(bell_at=None)
    bells.ring_again(older_than=settings.BELL_PAUSE, most=MOST_BELLS)
    bells.ring_again_for_copies(older_than=settings.BELL_PAUSE, most=MOST_BELLS)
    Counter.objects.expired().delete()
    SweeperLease.objects.note_round()


def take_turn() -> None:
    """Sweep, if this process is the one that does. One that stops lets another."""
    if execution.stopping.is_set():
        SweeperLease.objects.give_up(execution.BOOT_ID)
    elif SweeperLease.objects.take(execution.BOOT_ID):
        sweep()


def recover(result: Result) -> None:
    """Decide about a claim whose worker is gone.

    Stored: adopt. Task known, or a kind that costs nothing: back to waiting. Anything else may
    have been billed, so it ends as OUTCOME_UNKNOWN and is not bought again.
    """
    attempt = Attempt.objects.filter(result=result).order_by("-epoch", "-created_at").first()
    if attempt is None:
        return
    claim = Claim(result, attempt)
    if attempt.state == Attempt.State.RECEIVED and pictures.holds(
        attempt.object_key, attempt.sha256
    ):
        log.warning("Adopting the picture that a dead worker stored.")
        if claim.complete():
            failpoint("after-adopt")
            bells.ring_for_copies([result.pk])
    elif attempt.task and attempt.state in (Attempt.State.INTENDED, Attempt.State.RECEIVED):
        claim.release(wait=0, tries=result.tries, facts={})
    elif is_free(result.kind):
        facts = {"state": Attempt.State.RELEASED, "detail": "the worker died"}
        claim.release(wait=0, tries=result.tries, facts=facts)
    else:
        facts = {"state": Attempt.State.UNKNOWN, "detail": "the worker died during the call"}
        claim.fail(OutcomeUnknown.code, OutcomeUnknown.sentence, retryable=True, facts=facts)


def is_free(kind: str) -> bool:
    adapter = ADAPTERS.get(kind)
    return adapter is not None and adapter.free


class Sweeper:
    """Threads that sweep every few seconds, where no other process does, and renew the leases of
    this process's claims."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._every, args=args, name=name, daemon=True)
            for name, args in {
                "sweeper": (settings.SWEEP_PERIOD, take_turn),
                "leases": (settings.LEASE_RENEWAL, execution.live.renew),
            }.items()
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join(timeout=5)
        with suppress(Error):  # else it runs out by itself
            SweeperLease.objects.give_up(execution.BOOT_ID)

    def _every(self, period: float, work: Callable[[], object]) -> None:
        while not self._stopped.wait(period):
            try:
                work()
            except Error:  # the database is away for a moment, or its disk is full
                log.exception("A round of %s failed.", threading.current_thread().name)
            finally:
                close_old_connections()
