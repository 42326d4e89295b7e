"""`manage.py backup DIR`: a copy of the data directory while the server draws."""

import sqlite3
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from pixelprompt import backups
from pixelprompt.troubles import troubles_told


class Command(BaseCommand):
    help = (
        "Copy database, pictures and generated secrets into a directory, while the server runs. "
        "The directory of an earlier backup gets only what is new."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path)

    def handle(self, *args: Any, directory: Path, **options: Any) -> None:
        if connection.vendor != "sqlite":
            raise CommandError("PostgreSQL is copied by pg_dump: see docs/operations.md, Backups.")
        into = directory.absolute()
        database = Path(str(connection.settings_dict["NAME"]))
        try:
            with troubles_told():
                told = backups.make(
                    settings.DATA_DIR, database, into, pictures=not settings.S3_BUCKET
                )
        except (backups.CannotBackUp, sqlite3.Error) as problem:
            raise CommandError(f"Nothing was backed up. {problem}") from problem
        self.tell(told, into)

    def tell(self, told: backups.Told, into: Path) -> None:
        if settings.S3_BUCKET:
            self.stdout.write("Pictures are in the bucket and were not copied.")
        else:
            self.stdout.write(
                f"Pictures and copies: {told.copied} new, {told.held} there before, "
                f"{told.missing} not in the storage, {told.removed} of deleted jobs removed."
            )
        if not backups.opens(into, settings.FIELD_ENCRYPTION_KEYS):
            self.stdout.write("Keep FIELD_ENCRYPTION_KEYS too: it opens the providers' keys.")
        for key in told.damaged:
            self.stderr.write(self.style.ERROR(f"{key} is damaged and was not copied."))
        if told.damaged:
            raise CommandError("The rest is backed up. Put the damaged pictures' backups back.")
        self.stdout.write(f"{into} is a complete backup. Keep it as safe as your keys.")
