"""Wiring that must happen once, when Django starts."""

from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin import apps as admin


class PixelPromptConfig(AppConfig):
    name = "pixelprompt"

    def ready(self) -> None:
        """Actors declare themselves on the broker that is set when they are imported."""
        import_module("pixelprompt.broker").configure(settings.BROKER_URL)
        import_module("generation.actors")


class DeskConfig(admin.AdminConfig):
    default = False
    default_site = "generation.desk.Desk"
