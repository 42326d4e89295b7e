"""`manage.py doctor`: what is wrong, and what to do about it."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from generation.readiness import CHECKS
from providers.encryption import CannotDecrypt
from providers.models import ImageModel, Provider


class Command(BaseCommand):
    help = "Check whether jobs can be drawn: database, broker, storage, keys, models and the rest."

    def handle(self, *args: Any, **options: Any) -> None:
        problems = list(self.problems())
        warnings = list(self.warnings()) if not problems else []
        for text in warnings:
            self.stdout.write(self.style.WARNING(f"warning: {text}"))
        for text in problems:
            self.stdout.write(self.style.ERROR(f"problem: {text}"))
        if problems:
            raise CommandError(f"{len(problems)} found.")
        self.stdout.write(self.style.SUCCESS("Everything that can be checked here is in order."))

    def problems(self) -> Iterator[str]:
        """What keeps a job from being drawn."""
        found = list(told(name for name in CHECKS if name not in of_the_server()))
        yield from found
        if not found:
            yield from key_problems()

    def warnings(self) -> Iterator[str]:
        """What works today and deserves a look."""
        yield from told(name for name in of_the_server() if name != "broker")
        for model in ImageModel.objects.filter(enabled=True).select_related("provider"):
            if model.unavailable:
                yield f"{model.name}: {model.unavailable}"
            if model.retirement:
                yield f"{model.name}: {model.retirement}"
            if model.price_micros is None:
                yield f"{model.name}: its price is unknown. Set one in the admin to see costs."
        if not settings.PUBLIC_BASE_URL and settings.HOST not in ("127.0.0.1", "localhost", "::1"):
            yield "PUBLIC_BASE_URL is not set, so picture addresses follow each request's host."


def of_the_server() -> set[str]:
    """The checks that tell about the server's process and not about its surroundings."""
    return {"sweeper", "queue"} | (set() if settings.BROKER_URL else {"broker"})


def told(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        problem = CHECKS[name].problem()
        if problem:
            yield f"{problem} {CHECKS[name].advice}"


def key_problems() -> Iterator[str]:
    try:
        providers = list(Provider.objects.all())
    except DatabaseError:
        return
    for provider in providers:
        try:
            provider.account()
        except CannotDecrypt as problem:
            yield f"{provider.name}: its key cannot be decrypted. {problem} Enter the key again."
