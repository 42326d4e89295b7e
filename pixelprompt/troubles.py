"""What can go wrong with the place we are run in, told to the one who ran us."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management.base import CommandError
from django.db import Error


@contextmanager
def troubles_told() -> Iterator[None]:
    """A full disk, a broken database and the like are one sentence."""
    try:
        yield
    except OSError as problem:
        place = problem.filename or settings.DATA_DIR
        raise CommandError(f"{place} cannot be written to: {problem.strerror}.") from problem
    except Error as problem:
        raise CommandError(f"The database cannot be used: {problem}") from problem
