"""`manage.py sync_models`: bring the MODEL_i_* variables into the database."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from providers.sync import sync_chat, sync_slots


class Command(BaseCommand):
    help = "Bring the MODEL_i_* variables of the environment into the database."

    def handle(self, *args: Any, **options: Any) -> None:
        for warning in sync_slots(settings.MODEL_SLOTS):
            self.stderr.write(self.style.WARNING(warning))
        sync_chat(settings.CHAT_SLOT)
