"""`manage.py doctor`: what is wrong, and what to do about it."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from generation import checkup
from generation.checkup import Finding
from generation.readiness import CHECKS


class Command(BaseCommand):
    help = "Check whether jobs can be drawn: database, broker, storage, keys, models and the rest."

    def handle(self, *args: Any, **options: Any) -> None:
        problems = list(self.problems())
        warnings = list(self.warnings()) if not problems else []
        for finding in warnings:
            self.stdout.write(self.style.WARNING(f"warning: {finding.text}"))
        for finding in problems:
            self.stdout.write(self.style.ERROR(f"problem: {finding.text}"))
        if problems:
            raise CommandError(f"{len(problems)} found.")
        self.stdout.write(self.style.SUCCESS("Everything that can be checked here is in order."))

    def problems(self) -> Iterator[Finding]:
        """What keeps a job from being drawn."""
        around = (name for name in CHECKS if name not in of_the_server())
        return checkup.problems({name: CHECKS[name].problem() for name in around})

    def warnings(self) -> Iterator[Finding]:
        """What works today and deserves a look."""
        inside = (name for name in of_the_server() if name != "broker")
        yield from checkup.told({name: CHECKS[name].problem() for name in inside})
        yield from checkup.warnings()


def of_the_server() -> set[str]:
    """The checks that tell about the server's process and not about its surroundings."""
    return {"sweeper", "queue"} | (set() if settings.BROKER_URL else {"broker"})
