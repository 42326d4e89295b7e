"""The judge's rules about money: what the windows say is what the rows say."""

from collections import defaultdict
from collections.abc import Iterator

from tests.faults.evidence import Evidence, WindowRow


def nothing_stays_reserved(evidence: Evidence) -> Iterator[str]:
    """Once everything has ended."""
    if evidence.rows.unfinished:
        return
    for row in evidence.rows.results:
        if row.reserved:
            yield f"result {row.id} has ended and reserves {row.reserved}"
    for window in evidence.rows.windows:
        if window.reserved:
            yield f"{told(window)} still reserves {window.reserved}"


def windows_are_sums(evidence: Evidence) -> Iterator[str]:
    """Each attempt is in the day and the month of its model, and in those over all models."""
    windows = {window.id: window for window in evidence.rows.windows}
    for window in evidence.rows.windows:
        within = (
            attempt.spent
            for attempt in evidence.rows.attempts
            if attempt.window is not None and belongs(windows[attempt.window], window)
        )
        total = sum(within)
        if total != window.spent:
            yield f"{told(window)} says {window.spent} is spent, its attempts say {total}"


def belongs(day: WindowRow, window: WindowRow) -> bool:
    """Whether what is counted in a model's day is also counted in this window."""
    in_scope = window.scope in ("", day.scope)
    if window.period == "day":
        return in_scope and window.starts == day.starts
    return in_scope and window.starts[:7] == day.starts[:7]


def calls_are_counted(evidence: Evidence) -> Iterator[str]:
    """What a provider charged for is spent; what it did not charge for may be, in doubt."""
    prompts = {job.id: job.prompt for job in evidence.rows.jobs}
    what = {row.id: (row.model, prompts.get(row.job)) for row in evidence.rows.results}
    spent: defaultdict[object, int] = defaultdict(int)
    for attempt in evidence.rows.attempts:
        spent[what.get(attempt.result)] += attempt.spent
    charged: defaultdict[object, int] = defaultdict(int)
    for call in evidence.calls:
        if call.outcome == "charged":
            charged[call.model, call.prompt] += evidence.prices.get(call.model, evidence.price)
    for bought, cost in charged.items():
        if cost > spent[bought]:
            yield f"{bought} cost {cost} and counts as {spent[bought]}"


def told(window: WindowRow) -> str:
    return f"the {window.period} {window.starts} of {window.scope or 'all models'}"
