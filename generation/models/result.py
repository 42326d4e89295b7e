"""A result: one model's picture-to-be, a small durable task, and how its state may change.

    pending ──claim──> in_progress ──complete──> completed
       ^                    │ └──────fail──────> error
       └──────release───────┘                      ^
       └───────────────────expire──────────────────┘

Every change is one conditional UPDATE. Those of a worker carry the epoch of its claim, so a
worker that lost its claim changes nothing. Each change moves the job's version in the same
transaction.
"""

import time
import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from generation.failpoints import failpoint
from generation.models.attempt import Attempt
from generation.models.claim import Claim
from generation.models.job import Job, moved
from generation.models.money import SpendingLimits, SpendWindow
from providers import pressure
from providers.clock import SteadyNow, from_now
from providers.models import ImageModel, Provider
from providers.statements import Addition, Ask, Change, Look

DEADLINE_SENTENCE = gettext_noop("This took longer than a job may take, so it was ended.")
RESTING_SENTENCES = {
    "RATE_LIMITED": gettext_noop("The provider asked for a longer pause than this job can wait."),
    "PROVIDER_ERROR": gettext_noop("This model failed several times in a row and is resting."),
}
CANCELLED_SENTENCE = gettext_noop("This was cancelled before it was drawn.")
DISABLED_SENTENCE = gettext_noop("This model was switched off before it could draw.")
STOPPED_SENTENCE = gettext_noop("Paid calls were stopped by an operator before this was drawn.")


class ResultQuerySet(models.QuerySet["Result"]):
    def active(self) -> "ResultQuerySet":
        return self.filter(state__in=(Result.State.PENDING, Result.State.IN_PROGRESS))

    def overdue(self) -> "ResultQuerySet":
        return self.active().filter(deadline_at__lte=SteadyNow())

    def claimable(self) -> "ResultQuerySet":
        due = Q(not_before=None) | Q(not_before__lte=SteadyNow())
        return self.active().filter(due, state=Result.State.PENDING, deadline_at__gt=SteadyNow())

    def latest_round(self) -> "ResultQuerySet":
        newer = Result.objects.filter(
            job=OuterRef("job"), index=OuterRef("index"), round__gt=OuterRef("round")
        )
        return self.filter(~Exists(newer))

    def held(self, result: "Result") -> "ResultQuerySet":
        """The row, as long as the claim that `result` was read under still holds."""
        return self.filter(pk=result.pk, epoch=result.epoch, state=Result.State.IN_PROGRESS)

    def abandoned(self, boot_id: str) -> "ResultQuerySet":
        """Claims that nobody is working on.

        On SQLite there is one process, so whatever another boot claimed is abandoned and no clock
        is asked. Elsewhere a claim is abandoned when its lease has run out by the database's clock.
        """
        claimed = self.filter(state=Result.State.IN_PROGRESS)
        if connection.vendor == "sqlite":
            return claimed.exclude(lease_owner=boot_id)
        return claimed.filter(lease_expires_at__lt=SteadyNow())

    def unrung(self, *, older_than: float) -> "ResultQuerySet":
        """Claimable rows whose bell is missing or rang at least so many seconds ago."""
        stale = Q(bell_at=None) | Q(bell_at__lt=from_now(-older_than))
        return self.claimable().filter(stale)

    def take_bells(self, *, older_than: float, most: int) -> list[uuid.UUID]:
        """Unrung rows, the oldest first, and those last that stand in line at their account. They
        count as rung from now on: of two sweepers at once, one gets each."""
        with transaction.atomic():
            unrung = self.unrung(older_than=older_than).order_by("in_line", "created_at", "index")
            pks = [row.pk for row in unrung.select_for_update(skip_locked=True)[:most]]
            self.filter(pk__in=pks).update(bell_at=SteadyNow(), in_line=False)
        return pks

    def take_next_bell(self, provider_id: uuid.UUID) -> list[uuid.UUID]:
        """The row that stands in line the longest at this account, if any; it counts as rung."""
        # Who came to stand in line on SQLite committed that before the call ended that made room.
        if not connection.features.has_select_for_update and not LINE(provider=provider_id):
            return []
        with transaction.atomic():
            lock(provider_id)
            if pks := [pk for (pk,) in LINE(provider=provider_id)]:
                self.filter(pk__in=pks).update(bell_at=SteadyNow(), in_line=False)
        return pks

    def claim(self, pk: uuid.UUID, owner: str) -> Claim | None:
        """Take one waiting row and commit the intent to call its provider, or None.

        The claim and its Attempt are one transaction, which ends before any byte is sent. A row
        whose provider task is already known goes on with the Attempt that bought it.
        """
        with transaction.atomic():
            asked = time.monotonic()  # who has to wait for the account's row has less time left
            result: Any = next(iter(WAITING(pk=pk)), None)
            if result is None or self.held_back(result, owner):
                return None
            if not CLAIM(pk=pk, epoch=result.epoch, owner=owner):
                return None  # somebody else was faster
            result.state, result.epoch = Result.State.IN_PROGRESS, result.epoch + 1
            attempt = Attempt.objects.for_claim(result)
            moved(result.job_id)
            failpoint("in-claim")
        waited = timedelta(seconds=time.monotonic() - asked)
        return Claim(result, attempt, result.deadline_at - result.now - waited)

    def held_back(self, row: "Result", owner: str) -> bool:
        """Whether a claimable row must not be called for yet, because its account or its model
        rests or its account has enough calls under way, in all or in this process. The account's
        row is locked meanwhile."""
        if row.must_not_be_paid():
            self.same(row).end("BUDGET_EXHAUSTED", STOPPED_SENTENCE)
            return True
        if row.model is None:
            return False
        rest = pressure.resting_until(row.model)
        if rest is not None:
            self.same(row).put_off(*rest)
            return True
        lock(row.model.provider_id)
        if self.has_room(row.model.provider, owner):
            return False
        self.same(row).update(in_line=True)
        return True

    def enter(self, results: Sequence["Result"]) -> None:
        """Write the new rows of a job. Those that wait have the deadline of a job."""
        waiting = [row for row in results if row.state == Result.State.PENDING]
        ENTER.many([{name: getattr(row, name) for name in ENTRY} for row in waiting])
        self.bulk_create(row for row in results if row.state != Result.State.PENDING)

    def same(self, row: "Result") -> "ResultQuerySet":
        """This row, as long as it is claimable and nobody has claimed it since it was read."""
        return self.filter(pk=row.pk, epoch=row.epoch).claimable()

    def has_room(self, provider: Provider, owner: str) -> bool:
        """Whether one more call of this account may be claimed. None has all threads of a process,
        so that one that hangs leaves some to the others."""
        under_way, mine = next(iter(UNDER_WAY(provider=provider.pk, owner=owner)), (0, 0))
        share = max(1, settings.WORKER_THREADS * 3 // 4)
        most = provider.concurrency
        return mine < share and (most is None or under_way < most)

    def put_off(self, until: datetime, code: str) -> None:
        """Let these rows wait until then; those that cannot wait so long end now."""
        in_time = Q(deadline_at__gt=until + timedelta(seconds=settings.CALL_MARGIN))
        waiting = self.filter(state=Result.State.PENDING)
        waiting.filter(~in_time).end(code, RESTING_SENTENCES[code])
        waiting.filter(in_time).update(not_before=until, bell_at=None, in_line=False)

    def renew(self, claims: Collection[Claim], owner: str) -> int:
        """Keep the leases of live claims."""
        live = [claim.result.pk for claim in claims]
        mine = self.filter(pk__in=live, lease_owner=owner, state=Result.State.IN_PROGRESS)
        return mine.update(lease_expires_at=from_now(settings.LEASE))

    def expire(self) -> int:
        """End the overdue rows among these; returns how many."""
        return self.overdue().end("DEADLINE_EXCEEDED", DEADLINE_SENTENCE)

    def end_disabled(self) -> int:
        """End the waiting rows whose model was switched off or deleted; returns how many. What is
        bought already is fetched."""
        bought = Attempt.objects.unfinished().filter(result=OuterRef("pk")).exclude(task="")
        orphaned = Q(model=None) | Q(model__enabled=False)
        waiting = self.filter(orphaned, ~Exists(bought), state=Result.State.PENDING)
        return waiting.end("MODEL_DISABLED", DISABLED_SENTENCE)

    def cancel(self) -> int:
        """End the waiting rows among these. What is being drawn is paid for and goes on."""
        return self.filter(state=Result.State.PENDING).end("CANCELLED", CANCELLED_SENTENCE)

    def end(self, code: str, sentence: str) -> int:
        """End these rows, locked in a fixed order as long as they are as this queryset asks;
        returns how many. What they had reserved is given back."""
        with transaction.atomic():
            found = list(self.select_for_update(of=("self",)).order_by("pk"))
            if not found:
                return 0
            ended = Result.objects.filter(pk__in=[row.pk for row in found])
            ended.update(
                state=Result.State.ERROR,
                error_code=code,
                error=sentence,
                retryable=code != "MODEL_DISABLED",
                finished_at=Now(),
                reserved_micros=0,
            )
            settle_ended(found)
            Job.objects.filter(pk__in={row.job_id for row in found}).touch()
        return len(found)


class Result(models.Model):
    """One model's picture-to-be. The fields from `name` to `price_micros` are a snapshot."""

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        IN_PROGRESS = "in_progress", _("drawing")
        COMPLETED = "completed", _("completed")
        ERROR = "error", _("failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey(
        Job, on_delete=models.CASCADE, related_name="results", verbose_name=_("job")
    )
    index = models.PositiveSmallIntegerField(_("place"))
    round = models.PositiveSmallIntegerField(_("round"), default=0)
    model = models.ForeignKey(
        ImageModel,
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        verbose_name=_("image model"),
    )
    name = models.CharField(_("model"), max_length=100)
    slug = models.CharField(max_length=100)
    kind = models.CharField(_("kind"), max_length=40)
    provider_model = models.CharField(_("model id"), max_length=200)
    price_micros = models.BigIntegerField(_("price"), null=True)
    ceiling_micros = models.BigIntegerField(_("price at most"), null=True)
    seed = models.BigIntegerField(_("seed"), null=True)

    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PENDING)
    epoch = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    lease_owner = models.CharField(max_length=40, blank=True)
    lease_expires_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    deadline_at = models.DateTimeField()
    bell_at = models.DateTimeField(null=True)
    in_line = models.BooleanField(default=False)  # its bell was heard while its account was busy
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    error_code = models.CharField(_("error code"), max_length=40, blank=True)
    error = models.CharField(_("error"), max_length=500, blank=True)
    retryable = models.BooleanField(_("worth a retry"), default=False)
    correlation_id = models.CharField(max_length=64, blank=True, editable=False)
    # What it has reserved while it waits to be paid for, and the day of the model it did so in.
    reserved_micros = models.BigIntegerField(_("reserved"), default=0)
    window = models.ForeignKey(
        SpendWindow, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = ResultQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["job", "index", "-round"]
        verbose_name = _("result")
        verbose_name_plural = _("results")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["job", "index", "round"], name="result_place")
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Not partial: with bound parameters SQLite cannot tell that a partial one applies.
            models.Index(fields=["state", "deadline_at"], name="result_active"),
            models.Index(fields=["finished_at"], name="result_finished"),
            models.Index(fields=["model", "state", "-finished_at"], name="result_of_model"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_state_display()}"

    @property
    def duration(self) -> float | None:
        """Seconds from the first claim to the end. Clocks are set back, but nothing takes less
        than no time."""
        if self.started_at is None or self.finished_at is None:
            return None
        return max(0.0, (self.finished_at - self.started_at).total_seconds())

    def held(self) -> ResultQuerySet:
        """This row, as long as the claim that it was read under still holds."""
        return Result.objects.held(self)

    def hold(self) -> bool:
        """Whether the claim that this row was read under still holds; nobody changes it meanwhile,
        until the transaction ends."""
        return bool(HOLD(pk=self.pk, epoch=self.epoch))

    def complete(self) -> bool:
        """End with a picture, in time, if the claim that this row was read under still holds."""
        return bool(COMPLETE(pk=self.pk, epoch=self.epoch))

    def must_not_be_paid(self) -> bool:
        """Whether paid calls are stopped and this needs one. What is bought already is fetched."""
        if self.window_id is None or self.ceiling_micros == 0:
            return False
        stopped = SpendingLimits.objects.current().stopped
        return stopped and Attempt.objects.open_task(self) is None


def settle_ended(results: Sequence[Result]) -> None:
    """Money of results that were ended: what they had reserved is given back, and a picture that
    was received, but came too late to be shown, is counted at what it cost."""
    received = Attempt.objects.unfinished().filter(
        state=Attempt.State.RECEIVED, result__in=[row.pk for row in results]
    )
    late = list(received.select_for_update(of=("self",)).order_by("pk"))
    reserved: Counter[int] = Counter()
    for row in results:
        if row.reserved_micros and row.window_id is not None:
            reserved[row.window_id] += row.reserved_micros
    if reserved:
        SpendWindow.objects.give_back(reserved)
    for attempt in late:
        attempt.record({"finished_at": Now()})


def lock(provider_id: uuid.UUID) -> None:
    """Let nobody else claim for this account until the transaction ends. On SQLite a transaction
    keeps everybody else waiting as it is."""
    if connection.features.has_select_for_update:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM providers_provider WHERE id = %s FOR UPDATE", [provider_id]
            )


ENTRY = (
    "id", "job_id", "index", "model_id", "name", "slug", "kind", "provider_model", "price_micros",
    "ceiling_micros", "seed", "correlation_id", "reserved_micros", "window_id",
)  # fmt: skip
ENTER = Addition(Result, *ENTRY, deadline_at=from_now(settings.JOB_DEADLINE))
WAITING: Look[Any] = Look(  # with `now`, by the clock of deadlines
    lambda pk: (
        Result.objects.filter(pk=pk)
        .claimable()
        .select_related("job", "model__provider", "window")
        .annotate(now=SteadyNow())
        .order_by()
    )
)
CLAIM = Change(
    lambda pk, epoch, owner: (
        Result.objects.all().same(Result(pk=pk, epoch=epoch)),
        {
            "state": Result.State.IN_PROGRESS,
            "epoch": F("epoch") + 1,
            "lease_owner": owner,
            "lease_expires_at": from_now(settings.LEASE),
            "started_at": Coalesce(F("started_at"), Now()),
            "reserved_micros": 0,
            "in_line": False,
        },
    )
)
UNDER_WAY = Ask(
    lambda provider, owner: (
        Result.objects.active()
        .filter(state=Result.State.IN_PROGRESS, model__provider=provider)
        .order_by()
        .values("model__provider")
        .annotate(all=Count("pk"), mine=Count("pk", filter=Q(lease_owner=owner)))
        .values_list("all", "mine")
    )
)
LINE = Ask(
    lambda provider: (
        Result.objects.all()
        .claimable()
        .filter(in_line=True, model__provider=provider)
        .order_by("created_at", "index")
        .values_list("pk")[:1]
    )
)
HOLD = Change(lambda pk, epoch: (Result(pk=pk, epoch=epoch).held(), {"epoch": epoch}))
COMPLETE = Change(
    lambda pk, epoch: (
        Result(pk=pk, epoch=epoch).held().filter(deadline_at__gt=SteadyNow()),
        {"state": Result.State.COMPLETED, "finished_at": Now()},
    )
)
