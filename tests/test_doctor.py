"""`manage.py doctor`: one thing after another is made wrong, and it says so and what to do."""

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import dramatiq
import pytest
import redis
from django.contrib.sessions.models import Session
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from generation import actors
from generation.models import Job, SpendingLimits, SweeperLease
from generation.networks import parse_networks
from pixelprompt import backups
from pixelprompt.broker import Workers, configure
from pixelprompt.diagnosis import database, upkeep
from providers.models import ImageModel, Provider
from tests.faults import servers
from tests.support import make_job, make_model, until

pytestmark = pytest.mark.django_db
# PostgreSQL ends a transaction in which nothing happens for 5 s, while a server is started.
slow = pytest.mark.django_db(transaction=True)
on_postgres = pytest.mark.only_on("postgresql")
on_sqlite = pytest.mark.only_on("sqlite")


@pytest.fixture(autouse=True)
def in_order(aurora: ImageModel, settings: Any, tmp_path: Path) -> None:
    """Nothing is wrong with this installation."""
    ImageModel.objects.update(price_micros=0)
    SweeperLease.objects.note_round()
    settings.DATA_DIR = tmp_path


def told() -> str:
    """Everything it says, without problems."""
    out = StringIO()
    call_command("doctor", stdout=out)
    return out.getvalue()


def problem() -> str:
    """Everything it says, with one problem."""
    out = StringIO()
    with pytest.raises(CommandError, match="1 found"):
        call_command("doctor", stdout=out)
    return out.getvalue()


def test_an_installation_in_order_is_told_nothing_else() -> None:
    assert told() == "Everything that can be checked here is in order.\n"


# --- settings


def test_a_public_host_that_is_refused(settings: Any) -> None:
    settings.PUBLIC_BASE_URL = "http://localhost"
    settings.ALLOWED_HOSTS = ["pictures.example.org"]
    assert "names localhost, which is not in ALLOWED_HOSTS" in problem()
    settings.ALLOWED_HOSTS = ["localhost"]
    assert told().startswith("Everything")


def test_a_proxy_that_anybody_can_be(settings: Any) -> None:
    settings.TRUSTED_PROXIES = parse_networks(["10.0.0.0/8", "0.0.0.0/0"])
    assert "problem: TRUSTED_PROXIES holds 0.0.0.0/0" in problem()


def test_a_proxy_that_nobody_named(settings: Any) -> None:
    settings.PUBLIC_BASE_URL = "https://pictures.example.org"
    assert "warning: PUBLIC_BASE_URL is https, so a proxy" in told()
    settings.TRUSTED_PROXIES = parse_networks(["10.0.0.1"])
    assert told().startswith("Everything")


def test_a_public_address_without_encryption(settings: Any) -> None:
    settings.PUBLIC_BASE_URL = "http://pictures.example.org"
    assert "warning: PUBLIC_BASE_URL is plain http" in told()


def test_debugging_in_public(settings: Any) -> None:
    settings.DEBUG = True
    assert told().startswith("Everything")
    settings.PUBLIC_BASE_URL = "http://pictures.example.org"
    assert "problem: DEBUG is on at a public address" in problem()


def test_a_secret_that_others_can_read(tmp_path: Path) -> None:
    secret = tmp_path / "encryption_key"
    secret.touch(mode=0o600)
    assert told().startswith("Everything")
    secret.chmod(0o640)
    assert f"Run: chmod 600 {secret}" in told()


# --- the database


@on_postgres
def test_more_connections_than_the_server_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = connection.settings_dict["OPTIONS"]["pool"]
    (_, allowed) = database.room()
    monkeypatch.setitem(pool, "max_size", allowed + 1)
    assert f"problem: A process may open {allowed + 1} connections" in problem()
    monkeypatch.setitem(pool, "max_size", allowed // 2)
    assert "That is enough for 2 processes" in told()
    monkeypatch.setitem(pool, "max_size", allowed // 3)
    assert told().startswith("Everything")


@on_postgres
def test_a_database_whose_clock_is_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    later = timezone.now() + timedelta(seconds=90)
    monkeypatch.setattr("pixelprompt.diagnosis.database.timezone.now", lambda: later)
    said = list(database.clocks_apart())
    assert "are 90 seconds apart" in said[0] or "are 89 seconds apart" in said[0]


def test_a_server_that_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection.features, "minimum_database_version", (99,))
    assert "99 or later is required" in next(database.old_server())


def test_tables_of_a_newer_release() -> None:
    MigrationRecorder(connection).record_applied("generation", "0999_of_tomorrow")
    MigrationRecorder(connection).record_applied("an_app_that_left", "0001_initial")
    assert "warning: The database has 1 migrations that this release does not know" in told()


# --- storage, Redis, broker


def test_a_storage_that_may_be_written_and_not_read(
    monkeypatch: pytest.MonkeyPatch, each_storage: None
) -> None:
    assert told().startswith("Everything")
    storage = type(storages["default"])

    def refuse(self: object, name: str, mode: str = "rb") -> None:
        raise OSError("S3 answered 403")

    monkeypatch.setattr(storage, "_open", refuse)
    assert "An object cannot be read in the picture storage: S3 answered 403" in problem()


def test_a_storage_that_keeps_what_is_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    storage = type(storages["default"])
    monkeypatch.setattr(storage, "delete", lambda self, name: None)
    assert "does not give back what it is given" in problem()


@slow
def test_a_redis_that_forgets(settings: Any) -> None:
    with servers.private_redis() as server:
        settings.CACHE_URL = server.url
        with redis.Redis.from_url(server.url) as client:
            client.config_set("maxmemory-policy", "allkeys-lru")
            assert "Redis of CACHE_URL has the maxmemory-policy allkeys-lru" in told()
            client.config_set("maxmemory-policy", "noeviction")
        assert told().startswith("Everything")


@pytest.fixture
def broker(settings: Any) -> Iterator[Any]:
    """Takes the broker of a test for the process's."""
    before = dramatiq.get_broker()

    def use(url: str) -> dramatiq.Broker:
        settings.BROKER_URL = url
        made = configure(url)
        for actor in (actors.draw, actors.copy):
            made.declare_actor(actor)
        return made

    yield use
    dramatiq.get_broker().close()
    dramatiq.set_broker(before)


@slow
@pytest.mark.parametrize("kind", ["Redis", "RabbitMQ"])
def test_a_broker_to_which_nobody_listens(broker: Any, kind: str) -> None:
    place = servers.shared_redis() if kind == "Redis" else servers.shared_rabbitmq()
    with place as url:
        made = broker(url)
        assert "warning: No worker listens to the broker. Start one" in told()
        workers = Workers(made, calls=1, copies=1)
        workers.start()
        until(told, lambda said: said.startswith("Everything"))
        workers.stop(grace=1)


# --- upkeep


@pytest.mark.parametrize(("free", "kind"), [(50_000_000, "problem"), (700_000_000, "warning")])
def test_a_disk_that_is_nearly_full(monkeypatch: pytest.MonkeyPatch, free: int, kind: str) -> None:
    monkeypatch.setattr(upkeep, "free_space", lambda: free)
    assert f"{kind}: {free // 1_000_000} MB are free" in (problem if kind == "problem" else told)()


def test_keys_that_were_not_rotated(server: Provider, settings: Any) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [
        "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        *settings.FIELD_ENCRYPTION_KEYS,
    ]
    assert "1 providers' keys are not encrypted with the first" in told()
    call_command("rotate_keys", stdout=StringIO())
    assert told().startswith("Everything")


def test_jobs_that_should_be_gone(aurora: ImageModel, settings: Any) -> None:
    job = make_job(aurora)
    job.results.all().cancel()
    settings.RETENTION_DAYS = 30
    for days, words in ((36, "Everything"), (38, "warning: 1 jobs are a week older")):
        then = timezone.now() - timedelta(days=days)
        Job.objects.update(created_at=then, updated_at=then)
        assert told().startswith(words)


def test_sessions_that_should_be_gone() -> None:
    for days, words in ((6, "Everything"), (8, "warning: Sessions that ended")):
        ended = timezone.now() - timedelta(days=days)
        Session.objects.create(session_key=f"{days}", session_data="", expire_date=ended)
        assert told().startswith(words)


@on_sqlite
def test_a_backup_that_nobody_made(server: Provider, tmp_path: Path) -> None:
    make_model(server, "m-1", price_micros=0)
    assert "warning: manage.py backup has never been run here" in told()
    note = tmp_path / backups.NOTE
    note.touch()
    assert told().startswith("Everything")
    os.utime(note, (time.time() - 9 * 86_400,) * 2)
    assert "The last manage.py backup was made 9 days ago" in told()


# --- money


def test_spending_that_nothing_caps(server: Provider, tmp_path: Path) -> None:
    (tmp_path / backups.NOTE).touch()
    model = make_model(server, "m-1", price_micros=40_000)
    assert "warning: Nothing caps what may be spent" in told()
    SpendingLimits.objects.create(monthly_cap_micros=5_000_000)
    assert told().startswith("Everything")
    SpendingLimits.objects.all().delete()
    ImageModel.objects.filter(pk=model.pk).update(daily_cap_micros=1_000_000)
    assert told().startswith("Everything")
