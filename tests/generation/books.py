"""The books of money, worked out again from rows and compared with what the windows say."""

from collections import Counter
from typing import Any

from generation.models import Attempt, Result, SpendingLimits, SpendWindow
from generation.models.money import ALL, first_of_month

Place = tuple[str, str, Any]


def places(window: SpendWindow) -> list[Place]:
    """The four windows that a model's day stands for."""
    month = first_of_month(window.starts)
    return [
        (scope, period, starts)
        for scope in (ALL, window.scope)
        for period, starts in (("day", window.starts), ("month", month))
    ]


def balanced() -> tuple[int, int]:
    """Check every window against the rows; returns what is reserved and spent over all months."""
    reserved: Counter[Place] = Counter()
    spent: Counter[Place] = Counter()
    for result in Result.objects.select_related("window"):
        if result.window is None:
            assert result.reserved_micros == 0
            continue
        if result.state != Result.State.PENDING:
            assert result.reserved_micros == 0, f"a result that is {result.state} reserves money"
        for place in places(result.window):
            reserved[place] += result.reserved_micros
    for attempt in Attempt.objects.select_related("window"):
        if attempt.window is not None:
            for place in places(attempt.window):
                spent[place] += attempt.spent_micros
    for window in SpendWindow.objects.all():
        place = window.scope, window.period, window.starts
        told = window.reserved_micros, window.spent_micros
        assert told == (reserved[place], spent[place]), f"{window} does not agree with the rows"
    months = SpendWindow.objects.filter(scope=ALL, period="month")
    return sum(w.reserved_micros for w in months), sum(w.spent_micros for w in months)


def limit(**fields: Any) -> None:
    """Set caps over all models, or the switch."""
    SpendingLimits.objects.update_or_create(pk=SpendingLimits.ONLY, defaults=fields)
