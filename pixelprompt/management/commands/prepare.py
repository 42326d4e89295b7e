"""`manage.py prepare`: what an installation needs before it serves. `serve` does it by itself."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from pixelprompt import firstrun


class Command(BaseCommand):
    help = "Bring database, models and the first account to where they should be."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        firstrun.seed()
        call_command("sync_models", stdout=self.stdout, stderr=self.stderr)
        password = firstrun.create_admin()
        if password:
            self.stdout.write(f"Admin:  user admin, password {password}  (shown only this once)")
