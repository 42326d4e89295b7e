"""`manage.py cleanup`: old jobs go, and storage and database are brought to agree."""

import re
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from generation import orphans, retention
from generation.deletion import ObjectsRemain


class Command(BaseCommand):
    help = (
        "Remove jobs that are older than RETENTION_DAYS, objects that no row knows and records "
        "that have expired; mark pictures whose object is gone. Changes nothing without --apply."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--apply", action="store_true", help="Do it. Without: only tell.")
        parser.add_argument(
            "--days",
            type=days,
            default=settings.RETENTION_DAYS,
            help="Keep jobs for so many days; 0 for ever. Default: RETENTION_DAYS.",
        )

    def handle(self, *args: Any, days: int, apply: bool, **options: Any) -> None:
        self.failures = 0
        self.tell_jobs(days, apply)
        for name, count in retention.remove_spent_records(apply=apply).items():
            self.tell(name, count, "removed", apply)
        try:
            self.tell_storage(apply)
        except OSError as problem:
            raise CommandError(
                f"The storage cannot be used: {problem}. What was told before is done; run this "
                "again when it answers."
            ) from problem
        if self.failures:
            raise CommandError(f"{self.failures} jobs could not be removed. Run this again.")
        if not apply:
            self.stdout.write("Nothing was changed. With --apply it is done.")

    def tell_jobs(self, days: int, apply: bool) -> None:
        if not days:
            self.stdout.write("jobs are kept for ever: RETENTION_DAYS and --days are 0")
            return
        count = retention.remove_old_jobs(days, apply=apply, failed=self.note)
        self.tell(f"jobs older than {days} days", count, "removed", apply)
        count = retention.forget_old_words(days, apply=apply)
        self.tell(f"calls older than {days} days", count, "stripped of words", apply)

    def tell_storage(self, apply: bool) -> None:
        found = orphans.sweep_objects(apply=apply)
        self.tell(f"objects without a row, of {found.seen}", found.orphans, "removed", apply)
        if found.strangers:
            self.stdout.write(f"{found.strangers} objects have no name of ours and were left alone")
        rows = orphans.look_for_pictures(apply=apply)
        self.tell(f"pictures without their object, of {rows.seen}", rows.newly, "marked", apply)
        if rows.lost > rows.newly:
            self.stdout.write(f"{rows.lost - rows.newly} more were marked before")
        self.tell("marked pictures whose object is back", rows.found_again, "unmarked", apply)
        self.tell("pictures without their display copies", rows.without_copies, "reset", apply)

    def tell(self, what: str, count: int, done: str, apply: bool) -> None:
        self.stdout.write(f"{what}: {count} {done if apply else f'would be {done}'}")

    def note(self, problem: ObjectsRemain) -> None:
        self.failures += 1
        cause = problem.__cause__
        self.stderr.write(self.style.ERROR(f"{problem} ({cause})"))


def days(text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text):
        raise ArgumentTypeError("must be a whole number of days, or 0 for ever")
    return int(text)
