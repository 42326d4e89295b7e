"""`manage.py rotate_keys`: seal every provider key with the newest of FIELD_ENCRYPTION_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from providers.rotation import Outcome, rotate

ADVICE = (
    "Put the key that sealed it back at the end of FIELD_ENCRYPTION_KEYS and run this again, "
    "or enter the provider's key anew in the admin."
)


class Command(BaseCommand):
    help = "Encrypt every stored provider key with the first of FIELD_ENCRYPTION_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        counts, problems = rotate()
        for problem in problems:
            self.stderr.write(self.style.ERROR(problem))
        told = ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome)
        self.stdout.write(f"Provider keys: {told}.")
        if problems:
            raise CommandError(ADVICE)
        self.stdout.write("Older keys may now be taken out of FIELD_ENCRYPTION_KEYS.")
