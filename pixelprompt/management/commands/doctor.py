"""`manage.py doctor`: what is wrong, and what to do about it."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from generation import checkup
from generation.readiness import CHECKS
from pixelprompt import diagnosis
from pixelprompt.diagnosis import Finder

BASE = ("database", "migrations")  # without them, rows tell nothing
OF_ROWS = ("counters", "models")
OF_THE_SERVER = ("sweeper", "queue")  # that it does not run now may be meant


class Command(BaseCommand):
    help = (
        "Check whether jobs can be drawn, and what deserves a look: keys, models, money, database, "
        "broker, storage, limits, disk, retention, backups. Ends with 1 when something is wrong."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = {name: CHECKS[name].problem() for name in BASE}
        rows = not any(found.values())
        problems = list(problems_of(found, rows=rows))
        for text in warnings() if rows else ():
            self.stdout.write(self.style.WARNING(f"warning: {text}"))
        for text in problems:
            self.stdout.write(self.style.ERROR(f"problem: {text}"))
        if problems:
            raise CommandError(f"{len(problems)} found.")
        self.stdout.write(self.style.SUCCESS("Everything that can be checked here is in order."))


def problems_of(found: dict[str, str], *, rows: bool) -> Iterator[str]:
    """What keeps a job from being drawn, or spoils something else."""
    around = ["broker"] if settings.BROKER_URL else []
    around += OF_ROWS if rows else []
    told = checkup.told(found | {name: CHECKS[name].problem() for name in around})
    yield from (finding.text for finding in told)
    yield from sentences(diagnosis.PROBLEMS)
    if rows:
        yield from (finding.text for finding in checkup.key_problems())
        yield from sentences(diagnosis.DATABASE_PROBLEMS)


def warnings() -> Iterator[str]:
    """What works today and deserves a look."""
    told = checkup.told({name: CHECKS[name].problem() for name in OF_THE_SERVER})
    yield from (finding.text for finding in chain(told, checkup.warnings()))
    yield from sentences(diagnosis.WARNINGS)


def sentences(finders: Iterable[Finder]) -> Iterator[str]:
    return chain.from_iterable(finder() for finder in finders)
