"""An attempt: one call that may cost money, a line in the ledger."""

import logging
import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from generation.models.money import SpendWindow
from providers.clock import SteadyNow
from providers.models import ImageModel
from providers.statements import Addition, Ask, Change

if TYPE_CHECKING:
    from generation.models.result import Result

log = logging.getLogger(__name__)


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def for_claim(self, result: "Result") -> "Attempt":
        """The Attempt of a fresh claim: the open one with a provider task, else a new one.

        A picture that was received but never stored can be had again from its task. At its first
        epoch a result has no Attempt yet.
        """
        attempt = self.open_task(result) if result.epoch > 1 else None
        if attempt is None:
            return self.take_over(result)
        attempt.epoch = result.epoch
        attempt.save(update_fields=["epoch"])
        return attempt

    def open_task(self, result: "Result") -> "Attempt | None":
        """The Attempt whose provider task is bought and not yet drawn to its end."""
        tasks = self.unfinished().filter(result=result).exclude(task="")
        return tasks.order_by("-epoch").first()

    def take_over(self, result: "Result") -> "Attempt":
        """A new Attempt, with the money that the result had reserved."""
        ceiling, window = result.ceiling_micros, result.window
        taken = (ceiling or 0) if window else 0
        if window and taken:
            window.move(reserved=-taken, spent=taken)
        attempt = Attempt(
            result=result,
            epoch=result.epoch,
            kind=result.kind,
            provider_model=result.provider_model,
            ceiling_micros=ceiling,
            window=window,
            spent_micros=taken,
        )
        INTEND(**{name: getattr(attempt, name) for name in INTENT})
        return attempt

    def unfinished(self) -> "AttemptQuerySet":
        under_way = (Attempt.State.INTENDED, Attempt.State.RECEIVED)
        return self.filter(state__in=under_way, finished_at=None)

    def wordy(self) -> "AttemptQuerySet":
        """Those that hold words of a prompt, or of an answer to it."""
        silent = Q(prompt_sent="", revised_prompt="", detail="")
        return self.exclude(silent)

    def forget_words(self) -> int:
        """Keep the money, the time and the error code; forget what was asked and said."""
        return self.update(
            prompt_sent="", revised_prompt="", parameters={}, detail="", object_key=""
        )

    def outliving(self, epoch: int) -> "AttemptQuerySet":
        """Those that go on, under this epoch, although their result has ended or must end."""
        mine = Q(result__epoch=epoch)
        over = Q(result__finished_at__isnull=False) | Q(result__deadline_at__lte=SteadyNow())
        return self.unfinished().filter(Q(result=None) | mine & over, epoch=epoch)


class Attempt(models.Model):
    """One call: written before its first byte leaves, so that what may be billed is always known.

    Calls for a picture belong to a result; enhancements and an operator's tests stand alone. The
    line stays when its job is deleted, without a word of the prompt.
    `ceiling_micros` is what the call may cost at most, `cost_micros` what it did cost, both in
    millionths of a US dollar; None is unknown, never free. `spent_micros` is what the call counts
    for in its windows of spending, of which `window` is the model's day; a call that can cost
    nothing has none.
    """

    class State(models.TextChoices):
        INTENDED = "intended", _("under way")
        RECEIVED = "received", _("picture received")
        SETTLED = "settled", _("settled")
        RELEASED = "released", _("not charged")
        FAILED = "failed", _("failed")
        UNKNOWN = "unknown", _("outcome unknown")

    class Purpose(models.TextChoices):
        PICTURE = "picture", _("picture")
        ENHANCEMENT = "enhancement", _("enhancement")
        TEST = "test", _("operator's test")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(
        _("purpose"), max_length=12, choices=Purpose, default=Purpose.PICTURE
    )
    result = models.ForeignKey(
        "generation.Result",
        on_delete=models.SET_NULL,
        related_name="attempts",
        null=True,
        verbose_name=_("result"),
    )
    epoch = models.PositiveIntegerField(default=0)
    kind = models.CharField(_("kind"), max_length=40)
    provider_model = models.CharField(_("model id"), max_length=200)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.INTENDED)
    created_at = models.DateTimeField(_("started"), db_default=Now(), editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True)
    ceiling_micros = models.BigIntegerField(_("price at most"), null=True)
    cost_micros = models.BigIntegerField(_("cost"), null=True)
    spent_micros = models.BigIntegerField(_("counted"), default=0)
    window = models.ForeignKey(
        SpendWindow,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("spending"),
    )
    task = models.CharField(_("provider task"), max_length=1000, blank=True)
    request_id = models.CharField(_("request id"), max_length=200, blank=True)
    http_status = models.PositiveSmallIntegerField(_("HTTP status"), null=True)
    error_code = models.CharField(_("error code"), max_length=40, blank=True)
    detail = models.CharField(_("detail"), max_length=1000, blank=True)

    prompt_sent = models.TextField(_("prompt sent"), blank=True)
    revised_prompt = models.TextField(_("revised prompt"), blank=True)
    parameters = models.JSONField(_("parameters"), default=dict)
    seed = models.BigIntegerField(_("seed"), null=True)

    object_key = models.CharField(max_length=300, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    content_type = models.CharField(max_length=40, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    byte_size = models.PositiveIntegerField(null=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["created_at"], name="attempt_begun")
        ]
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")

    def __str__(self) -> str:
        return f"{self.get_state_display()} ({self.created_at:%Y-%m-%d %H:%M:%S})"

    def receive(self, facts: dict[str, Any]) -> None:
        """Write down a picture that has come and is about to be stored. No money moves yet."""
        for name, value in facts.items():
            setattr(self, name, value)
        RECEIVE(pk=self.pk, **{name: getattr(self, name) for name in RECEIVED})

    def settle(self) -> None:
        """The picture is stored: count the call at what it cost. The result's row is locked."""
        if self.window is None:
            SETTLE(pk=self.pk, spent=self.spent_micros)
            return
        ((counted, cost),) = COUNTED(pk=self.pk)
        spent = counted if cost is None else cost
        SETTLE(pk=self.pk, spent=spent)
        if spent != counted:
            self.window.move(spent=spent - counted)
        self.check_price(spent)

    def record(self, facts: dict[str, Any], *, again: bool = False) -> None:
        """Write down what is known of the call now; once it has ended, count it at what it cost.

        `again`: its result waits for another try, for which the money stays reserved.
        """
        with transaction.atomic(savepoint=False):
            line = Attempt.objects.filter(pk=self.pk)
            if self.window is None:
                line.update(**facts)
                return
            counted, cost = (
                line.select_for_update().values_list("spent_micros", "cost_micros").get()
            )
            spent = worth(facts, facts.get("cost_micros", cost), counted)
            line.update(**facts, spent_micros=spent)
            if spent != counted:
                self.window.move(spent=spent - counted, reserved=counted if again else 0)
            self.check_price(spent)

    def check_price(self, spent: int) -> None:
        """A model that costs more than it may cost at most is switched off."""
        if self.window is None or self.ceiling_micros is None or spent <= self.ceiling_micros:
            return
        told = f"a call cost {spent} millionths of a dollar, at most {self.ceiling_micros} expected"
        log.warning("%s is switched off: %s.", self.window.name, told)
        ImageModel.objects.filter(pk=self.window.scope).update(
            enabled=False, note=f"Switched off: {told}. Correct its price first."
        )


def worth(facts: dict[str, Any], cost: int | None, counted: int) -> int:
    """What a call counts for, from what is known of it and what it counted for until now."""
    if facts.get("state") == Attempt.State.RELEASED:
        return 0
    if "finished_at" not in facts or cost is None:
        return counted
    return cost


INTENT = (
    "id", "result_id", "epoch", "kind", "provider_model", "ceiling_micros", "window_id",
    "spent_micros",
)  # fmt: skip
RECEIVED = (
    "prompt_sent", "revised_prompt", "parameters", "seed", "cost_micros", "request_id",
    "object_key", "sha256", "content_type", "width", "height", "byte_size",
)  # fmt: skip

INTEND = Addition(Attempt, *INTENT)
RECEIVE = Change(
    lambda pk: (Attempt.objects.filter(pk=pk), {"state": Attempt.State.RECEIVED}), *RECEIVED
)
COUNTED = Ask(
    lambda pk: Attempt.objects.filter(pk=pk).order_by().values_list("spent_micros", "cost_micros")
)
SETTLE = Change(
    lambda pk, spent: (
        Attempt.objects.filter(pk=pk),
        {"state": Attempt.State.SETTLED, "finished_at": Now(), "spent_micros": spent},
    )
)
