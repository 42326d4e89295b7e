"""The budget: what a call may cost at most is counted under every cap before anything is sent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from generation.models import Attempt, Result, SpendingLimits, SpendWindow
from generation.models.money import ALL, today
from providers.models import ChatModel, ImageModel

PRICE_UNKNOWN = gettext_noop(
    "Spending is capped, and the price of this model is unknown. "
    "An operator can set its price, or an assumed one."
)
AN_HOUR = 3600  # seconds; nobody knows how long an operator's stop will last


class BudgetExhausted(Exception):
    """Money stands in the way. The text is for people; `retry_after` is in seconds."""

    code: ClassVar[str] = "BUDGET_EXHAUSTED"

    def __init__(self, text: str, retry_after: int = AN_HOUR) -> None:
        self.retry_after = retry_after
        super().__init__(text)


class PriceUnknown(BudgetExhausted):
    """Spending is capped, and nobody knows what this may cost."""

    code = "PRICE_UNKNOWN"


@dataclass(frozen=True, slots=True)
class Payer:
    """Who wants to spend: a model, what one call costs at most (None: unknown), its own caps."""

    scope: str
    name: str
    ceiling: int | None
    daily_cap: int | None = None
    monthly_cap: int | None = None

    @classmethod
    def drawing(cls, model: ImageModel) -> Self:
        caps = model.daily_cap_micros, model.monthly_cap_micros
        return cls(str(model.pk), model.name, model.ceiling_micros, *caps)

    @classmethod
    def writing(cls, model: ChatModel) -> Self:
        ceiling = SpendingLimits.objects.current().enhancement_micros
        return cls(str(model.pk), model.model_id, ceiling)

    def countable(self, limits: SpendingLimits) -> bool:
        """Whether what this may cost is known, or does not matter because nothing is capped."""
        caps = limits.daily_cap_micros, limits.monthly_cap_micros, self.daily_cap, self.monthly_cap
        return self.ceiling is not None or all(cap is None for cap in caps)


@dataclass(frozen=True, slots=True)
class Funds:
    """What a result may spend. No window and no ceiling: its price is unknown, so nothing."""

    ceiling: int | None
    window: SpendWindow | None = None

    def fields(self) -> dict[str, Any]:
        """How a new result begins: waiting, or ended because its price is unknown."""
        if self.ceiling is None and self.window is None:
            return {
                "state": Result.State.ERROR,
                "error_code": PriceUnknown.code,
                "error": PRICE_UNKNOWN,
                "finished_at": Now(),
            }
        return {
            "ceiling_micros": self.ceiling,
            "window": self.window,
            "reserved_micros": self.ceiling or 0,
        }


def reserve(models: Sequence[ImageModel]) -> dict[UUID, Funds]:
    """Reserve the price of one picture by each of these models, or raise BudgetExhausted."""
    payers = {model.pk: Payer.drawing(model) for model in models if not model.free}
    days = count(payers.values(), "reserved_micros") if payers else {}
    funds = {pk: Funds(payer.ceiling, days.get(payer.scope)) for pk, payer in payers.items()}
    return {model.pk: Funds(0) for model in models} | funds


def spend(payer: Payer | None, **facts: Any) -> Attempt:
    """The Attempt of a call that stands alone, its price counted as spent, or BudgetExhausted.

    `payer` is None for what is free.
    """
    with transaction.atomic():
        if payer is None:
            return Attempt.objects.create(ceiling_micros=0, **facts)
        days = count([payer], "spent_micros")
        if payer.scope not in days:
            raise PriceUnknown(_(PRICE_UNKNOWN))
        return Attempt.objects.create(
            ceiling_micros=payer.ceiling,
            spent_micros=payer.ceiling or 0,
            window=days[payer.scope],
            **facts,
        )


def count(payers: Collection[Payer], column: str) -> dict[str, SpendWindow]:
    """Count these payers' prices in all their windows, or raise BudgetExhausted. Returns, by
    scope, each one's window of today; whose price would have to be known has none."""
    limits = SpendingLimits.objects.current()
    if limits.stopped and any(payer.ceiling != 0 for payer in payers):
        raise BudgetExhausted(_("An operator has stopped all paid calls for now."))
    able = [payer for payer in payers if payer.countable(limits)]
    if not able:
        return {}
    windows = SpendWindow.objects.opened({payer.scope: payer.name for payer in able}, today())
    total = Payer(
        ALL, "", sum(payer.ceiling or 0 for payer in able),
        limits.daily_cap_micros, limits.monthly_cap_micros,
    )  # fmt: skip
    for payer in (total, *able):
        for period, cap in (("month", payer.monthly_cap), ("day", payer.daily_cap)):
            window = windows[payer.scope, period]
            if payer.ceiling and not window.add(column, payer.ceiling, cap):
                raise used_up(window)
    return {payer.scope: windows[payer.scope, "day"] for payer in able}


def used_up(window: SpendWindow) -> BudgetExhausted:
    daily = window.period == SpendWindow.Period.DAY
    told = {"whose": window.name or _("all models"), "ends": f"{window.ends:%Y-%m-%d %H:%M} UTC"}
    text = (
        _("What is left of today's budget for %(whose)s is not enough. It begins anew at %(ends)s.")
        if daily
        else _(
            "What is left of this month's budget for %(whose)s is not enough. "
            "It begins anew at %(ends)s."
        )
    )
    return BudgetExhausted(text % told, window.seconds_left)
