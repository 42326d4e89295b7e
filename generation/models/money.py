"""Money: the caps that an operator sets, and what is reserved and spent under them.

It is counted in windows: a UTC day or month, over all models or of one. Every change begins with
the month over all models, so that transactions queue at that row instead of waiting for each other
in a circle, and goes through months in order of time.
"""

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.expressions import Combinable
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from providers.dollars import MicrosField
from providers.statements import Change, Look, Slot, whole

ALL = ""  # the scope over all models
MOST = 1_000_000_000_000  # no call costs a million dollars
NO_CAP = _("In US dollars. Empty: no cap.")


class SpendingLimitsQuerySet(models.QuerySet["SpendingLimits"]):
    def current(self) -> "SpendingLimits":
        """What is in force now."""
        return next(iter(LIMITS()), None) or SpendingLimits()


class SpendingLimits(models.Model):
    """One row, edited in the admin: caps over all models, and the switch."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY, editable=False)
    stopped = models.BooleanField(
        _("stop all paid calls"),
        default=False,
        help_text=_("Nothing that costs money is accepted or begun; what is under way goes on."),
    )
    daily_cap_micros = MicrosField(
        _("cap per day (UTC)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=NO_CAP,
    )
    monthly_cap_micros = MicrosField(
        _("cap per month (UTC)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=NO_CAP,
    )
    enhancement_micros = MicrosField(
        _("price of an enhancement"),
        default=2000,
        validators=[MinValueValidator(0)],
        help_text=_("In US dollars. Assumed, because language models do not tell it."),
    )

    objects = SpendingLimitsQuerySet.as_manager()

    class Meta:
        verbose_name = _("spending limits")
        verbose_name_plural = _("spending limits")

    def __str__(self) -> str:
        return str(_("Spending limits"))


class SpendWindowQuerySet(models.QuerySet["SpendWindow"]):
    def around(self, day: date) -> Self:
        """The windows of this day and of its month."""
        today = Q(period=SpendWindow.Period.DAY, starts=day)
        return self.filter(today | Q(period=SpendWindow.Period.MONTH, starts=first_of_month(day)))

    def opened(self, names: Mapping[str, str], day: date) -> dict[tuple[str, str], "SpendWindow"]:
        """The windows around a day, over all models and of these scopes, by scope and period.
        Those that are missing are made."""
        found = self._by_place(names, day)
        wanted = [
            SpendWindow(scope=scope, name=name, period=period, starts=starts)
            for period, starts in periods(day)
            for scope, name in sorted({ALL: "", **names}.items())
        ]
        missing = [window for window in wanted if (window.scope, window.period) not in found]
        if missing:
            self.bulk_create(missing, ignore_conflicts=True)
            found = self._by_place(names, day)
        return found

    def _by_place(
        self, names: Mapping[str, str], day: date
    ) -> dict[tuple[str, str], "SpendWindow"]:
        windows = self.around(day).filter(scope__in=[ALL, *names])
        return {(window.scope, window.period): window for window in windows}

    def give_back(self, reserved: Mapping[int, int]) -> None:
        """Take back what was reserved, by the id of the day's window of the model."""
        for window in self.filter(pk__in=reserved).order_by("starts", "scope"):
            window.move(reserved=-reserved[window.pk])


class SpendWindow(models.Model):
    """What is reserved for waiting results, and what was spent, in one day or month.

    A call counts as spent, at what it may cost at most, from before its first byte leaves until
    it is known to have cost something else.
    """

    class Period(models.TextChoices):
        DAY = "day", _("day")
        MONTH = "month", _("month")

    scope = models.CharField(max_length=40, blank=True, editable=False)
    name = models.CharField(_("model"), max_length=200, blank=True)
    period = models.CharField(_("period"), max_length=5, choices=Period)
    starts = models.DateField(_("starts"))
    reserved_micros = models.BigIntegerField(_("reserved"), default=0)
    spent_micros = models.BigIntegerField(_("spent"), default=0)

    objects = SpendWindowQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-starts", "period", "scope"]
        verbose_name = _("spending")
        verbose_name_plural = _("spending")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["starts", "period", "scope"], name="spend_window")
        ]

    def __str__(self) -> str:
        return f"{self.name or _('all models')}, {self.get_period_display()} {self.starts}"

    @property
    def ends(self) -> datetime:
        """When the next window of this kind begins."""
        following = self.starts + timedelta(days=1 if self.period == self.Period.DAY else 31)
        if self.period == self.Period.MONTH:
            following = first_of_month(following)
        return datetime.combine(following, time(), UTC)

    @property
    def seconds_left(self) -> int:
        return max(1, math.ceil((self.ends - timezone.now()).total_seconds()))

    def add(self, column: str, micros: int, cap: int | None) -> bool:
        """Count so much more, unless that would pass the cap."""
        row = SpendWindow.objects.filter(pk=self.pk)
        if cap is not None:
            row = row.filter(reserved_micros__lte=Value(cap - micros) - F("spent_micros"))
        return bool(row.update(**{column: F(column) + micros}))

    def move(self, *, reserved: int = 0, spent: int = 0) -> None:
        """Change all four windows that this one, a model's day, stands for. No cap is asked: what
        is reserved was admitted, and what was spent is spent."""
        place = {"day": self.starts, "month": first_of_month(self.starts)}
        amounts = {"reserved": reserved, "spent": spent}
        MOVE_MONTH_OF_ALL(month=place["month"], **amounts)
        MOVE_OTHERS(**place, scope=self.scope, **amounts)


def periods(day: date) -> tuple[tuple[str, date], tuple[str, date]]:
    """The windows that a day belongs to, and when they start."""
    return (SpendWindow.Period.MONTH, first_of_month(day)), (SpendWindow.Period.DAY, day)


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def today() -> date:
    """The day of the windows that are open now."""
    return timezone.now().astimezone(UTC).date()


def credible(cost: int | None) -> int | None:
    """What a provider says a call cost, or None where it says nothing that can be true."""
    return cost if cost is not None and 0 <= cost <= MOST else None


LIMITS = Look(lambda: SpendingLimits.objects.filter(pk=SpendingLimits.ONLY))


def moved(reserved: Slot, spent: Slot) -> dict[str, Combinable]:
    return {
        "reserved_micros": F("reserved_micros") + whole(reserved),
        "spent_micros": F("spent_micros") + whole(spent),
    }


def of_month(month: Any) -> Q:
    return Q(period=SpendWindow.Period.MONTH, starts=month)


def of_day(day: Any) -> Q:
    return Q(period=SpendWindow.Period.DAY, starts=day)


MOVE_MONTH_OF_ALL = Change(
    lambda month, reserved, spent: (
        SpendWindow.objects.filter(of_month(month), scope=ALL),
        moved(reserved, spent),
    )
)
MOVE_OTHERS = Change(
    lambda day, month, scope, reserved, spent: (
        SpendWindow.objects.filter(
            of_day(day) & (Q(scope=ALL) | Q(scope=scope)) | of_month(month) & Q(scope=scope)
        ),
        moved(reserved, spent),
    )
)
