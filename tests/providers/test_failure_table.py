"""Adapter x failure x error: `failures.md` says what must come of each, and this is how it is."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from providers.errors import ProviderError
from providers.transport import PrivateHosts
from tests.fakes import FakeProviders, behaviours
from tests.fakes.behaviours import Behaviour
from tests.providers.drawing import ACCOUNTS, NOWHERE, Caller
from tests.providers.troubles import DOCUMENTED, LOST, MAYBE_BILLED, SLOW, UNREADABLE

FILE = Path(__file__).with_name("failures.md")
Outcomes = Callable[[Caller], list[ProviderError]]
Table = dict[tuple[str, str], str]


def behaving(behaviour: Behaviour) -> Outcomes:
    def outcomes(caller: Caller) -> list[ProviderError]:
        caller.plan(behaviour)
        return [caller.failure()]

    return outcomes


def slowly(behaviour: Behaviour) -> Outcomes:
    def outcomes(caller: Caller) -> list[ProviderError]:
        caller.plan(behaviour)
        return [caller.failure(timeout=caller.subject.short)]

    return outcomes


def saying(reason: str) -> Outcomes:
    """In every documented form; some providers have none."""

    def outcomes(caller: Caller) -> list[ProviderError]:
        errors = []
        for form in caller.forms(reason):
            caller.plan(getattr(behaviours, reason)(form=form))
            errors.append(caller.failure())
        return errors

    return outcomes


def failures() -> Iterator[tuple[str, Outcomes]]:
    for reason in [*DOCUMENTED, "no_picture", "task_failed"]:
        yield reason.replace("_", " "), saying(reason)
    for status in (503, *MAYBE_BILLED):
        yield str(status), behaving(behaviours.server_error(status))
    yield "redirected", behaving(behaviours.redirect(NOWHERE))
    yield "unreachable", lambda caller: [caller.failure(base_url=NOWHERE)]
    yield "private address", lambda caller: [caller.failure(private_hosts=PrivateHosts())]
    for name, behaviour in LOST.items():
        yield name, behaving(behaviour)
    for name, behaviour in SLOW.items():
        yield name, slowly(behaviour)
    for name, behaviour in UNREADABLE.items():
        yield f"answers {name}", behaving(behaviour)


def in_words(error: ProviderError) -> str:
    sign = " ↻" if error.transient and error.uncharged else "" if error.uncharged else " $"
    return type(error).__name__ + sign


def seen(fakes: FakeProviders) -> Table:
    """What comes of every failure, all adapters failing at the same time."""
    callers = [Caller(fakes, subject) for subject in ACCOUNTS]
    table = {}
    with ThreadPoolExecutor(len(callers)) as pool:
        for failure, outcomes in failures():
            fakes.reset()
            for caller, errors in zip(callers, pool.map(outcomes, callers), strict=True):
                words = sorted({in_words(error) for error in errors})
                table[failure, caller.subject.kind] = ", ".join(words) or "-"
    return table


def told(text: str) -> Table:
    lines = [line.strip("| \n").split(" | ") for line in text.splitlines() if line[:1] == "|"]
    (_, *kinds), _, *rows = ([cell.strip() for cell in line] for line in lines)
    return {
        (failure, kind): cell
        for failure, *cells in rows
        for kind, cell in zip(kinds, cells, strict=True)
    }


def drawn(table: Mapping[tuple[str, str], str]) -> str:
    """The table as it is written in the file."""
    kinds = list(dict.fromkeys(kind for _, kind in table))
    names = dict.fromkeys(failure for failure, _ in table)
    rows = [
        ["failure", *kinds],
        *([name, *(table[name, kind] for kind in kinds)] for name in names),
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rows.insert(1, ["-" * width for width in widths])
    cells = ([c.ljust(w) for c, w in zip(row, widths, strict=True)] for row in rows)
    return "".join(f"| {' | '.join(row)} |\n" for row in cells)


def test_every_failure_of_every_provider_becomes_the_error_of_the_table(
    fakes: FakeProviders,
) -> None:
    table = seen(fakes)
    print(drawn(table))
    assert table == told(FILE.read_text(encoding="utf-8"))
