"""What a fresh installation needs: demo models, an account to log in with, and a first picture."""

import secrets
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from generation.models import Job
from generation.submission import Order, submit
from providers.models import ImageModel, Provider
from providers.painters import PAINTERS

EXAMPLE = "a lighthouse on a cliff above the sea at sunset, with a full moon"

PREPARING = 7_494_663  # a number of our own among PostgreSQL's advisory locks


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Keep other processes that start on the same database waiting: Django's migrations do not
    bear to be applied by two at once. On SQLite the data directory's lock does this."""
    if connection.vendor != "postgresql":
        yield
        return
    with closing(connection.copy()) as own, own.cursor() as cursor:
        while not cursor.execute("SELECT pg_try_advisory_lock(%s)", [PREPARING]).fetchone()[0]:
            time.sleep(0.2)
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [PREPARING])


def seed() -> None:
    """Give an installation without any image model the demo models, once."""
    with transaction.atomic():
        if ImageModel.objects.exists():
            return
        demo = Provider.objects.create(name="Demo", kind="demo")
        for position, (model_id, painter) in enumerate(PAINTERS.items(), start=1):
            ImageModel.objects.create(
                name=painter.label,
                slug=f"demo-{model_id}",
                provider=demo,
                model_id=model_id,
                position=position,
                price_micros=0,
            )


def create_admin() -> str:
    """Make the first account, if there is none; returns its password, which is kept nowhere."""
    users = get_user_model().objects
    staff = users.filter(is_staff=True)
    if staff.exists():
        return ""
    password = secrets.token_urlsafe(12)
    # A hash takes long by design, on a busy machine longer than PostgreSQL lets a transaction idle.
    hashed = make_password(password)
    with transaction.atomic():
        if staff.all().exists():
            return ""
        users.create(username="admin", password=hashed, is_staff=True, is_superuser=True)
    return password


def draw_example() -> None:
    """Let the demo models draw one job for an installation that has none, so that no page is
    empty. Nothing is ever bought for this."""
    models = list(ImageModel.objects.offered())
    if not Job.objects.exists() and models and all(model.demo for model in models):
        submit(Order(EXAMPLE), client=None)
