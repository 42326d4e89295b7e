"""Wiring that must happen once, when Django starts."""

from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin import apps as admin
from django.contrib.admin import autodiscover
from django.contrib.admin.checks import check_admin_app, check_dependencies
from django.core import checks


class PixelPromptConfig(AppConfig):
    name = "pixelprompt"

    def ready(self) -> None:
        """Actors declare themselves on the broker that is set when they are imported."""
        import_module("pixelprompt.broker").configure(settings.BROKER_URL)
        import_module("generation.actors")


class DeskConfig(admin.SimpleAdminConfig):
    """The desk is imported with its addresses, and before Django checks it; not at each start."""

    default = False
    default_site = "generation.desk.Desk"

    def ready(self) -> None:
        checks.register(check_dependencies, checks.Tags.admin)
        checks.register(check_desk, checks.Tags.admin)


def check_desk(app_configs: Any, **asked: Any) -> list[checks.CheckMessage]:
    autodiscover()
    found: list[checks.CheckMessage] = check_admin_app(app_configs, **asked)
    return found
