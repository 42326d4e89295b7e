"""`manage.py load_models FILE`: add image models from a TOML file."""

import tomllib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from providers.slots import MODEL_FIELDS, read_slots
from providers.sync import load_models

EXAMPLE = """The file holds a list of models, with the fields of the MODEL_i_* variables:

    [[models]]
    name = "FLUX.2 Pro"
    provider = "bfl"
    key = "..."
"""


class Command(BaseCommand):
    help = "Add image models from a TOML file; what is there already stays as it is. " + EXAMPLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        source = as_variables(read(file))
        slots, problems = read_slots(source, most=None, private_hosts=settings.PRIVATE_HOSTS)
        if problems:
            lines = [f"  {name}: {text}" for name, text in problems]
            raise CommandError("Nothing was loaded:\n" + "\n".join(lines))
        made, warnings = load_models(slots)
        for warning in warnings:
            self.stderr.write(self.style.WARNING(warning))
        self.stdout.write(f"{made} of {len(slots)} models are new.")


def read(file: Path) -> list[dict[str, Any]]:
    try:
        models = tomllib.loads(file.read_text(encoding="utf-8")).get("models")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise CommandError(f"{file} cannot be read: {problem}") from None
    if not isinstance(models, list) or not all(isinstance(model, dict) for model in models):
        raise CommandError(f"{file} holds no list of models. {EXAMPLE}")
    return models


def as_variables(models: list[dict[str, Any]]) -> dict[str, str]:
    """The file as if it were the environment, so that both go through the same checks."""
    source = {"MODEL_COUNT": str(len(models))}
    for index, model in enumerate(models, start=1):
        for field, value in model.items():
            if field.upper() not in MODEL_FIELDS:
                known = ", ".join(name.lower() for name in MODEL_FIELDS)
                raise CommandError(f"Model {index}: {field!r} is not one of {known}.")
            source[f"MODEL_{index}_{field.upper()}"] = str(value)
    return source
