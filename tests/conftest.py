"""What tests share: fake providers over real HTTP, real worker threads, an API client."""

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import boto3
import dramatiq
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from moto.server import ThreadedMotoServer
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django import DjangoDbBlocker

from generation import execution
from generation.models import Limit
from pixelprompt import environment
from pixelprompt.broker import Workers
from providers.models import ImageModel, Provider
from tests.api.contract import contract
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.fakes import FakeProviders
from tests.support import Api

# The same examples in every run, and no clock that a busy machine could stop.
hypothesis_settings.register_profile(
    "steady",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis_settings.load_profile("steady")


# Files that take long, most of it waiting for servers. Begun first, none is left alone at the end.
SLOW = (
    *("tests/faults/", "tests/serverless/", "tests/containers/", "tests/test_"),
    *("tests/gates/test_exactness", "tests/api/test_bad_input", "tests/providers/test_contract"),
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is about one database alone is not for the pass on the other."""
    items.sort(key=lambda item: not item.nodeid.startswith(SLOW))
    strange = {item for item in items if not about(item, connection.vendor)}
    if os.environ.get("TESTS_OF_ROWS") == "only":
        strange |= {item for item in items if not asks_a_database(item)}
    if strange:
        config.hook.pytest_deselected(items=list(strange))
        items[:] = [item for item in items if item not in strange]


def about(item: pytest.Item, vendor: str) -> bool:
    mark = item.get_closest_marker("only_on")
    return mark is None or vendor in mark.args


def asks_a_database(item: pytest.Item) -> bool:
    """As pytest-django sees it, which lets no other test ask."""
    fixtures: list[str] = getattr(item, "fixturenames", [])
    marked = item.get_closest_marker("django_db") is not None
    return marked or not {"db", "transactional_db"}.isdisjoint(fixtures)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything is demanded (CI), a test that skips is a test that fails."""
    report = yield
    if report.skipped and os.environ.get("PIXELPROMPT_DEMAND") == "all":
        report.outcome = "failed"
    return report


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A thread that outlives the last test may hold a connection; then nothing can be dropped."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture
def fakes() -> Iterator[FakeProviders]:
    with FakeProviders() as running:
        yield running


@pytest.fixture(autouse=True)
def nothing_cached() -> None:
    """What a test before left in this process's cache is no news."""
    cache.clear()


@pytest.fixture(autouse=True)
def media_swept() -> Iterator[None]:
    yield
    shutil.rmtree(Path(settings.DATA_DIR) / "media", ignore_errors=True)


@pytest.fixture(scope="session")
def s3_url() -> Iterator[str]:
    """A real S3 server (moto's)."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_url: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Pictures go into this bucket."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    made = boto3.resource("s3", endpoint_url=s3_url, region_name="us-east-1").Bucket("pictures")
    made.create()
    settings.S3_BUCKET = made.name
    storage = environment.picture_storage(made.name, s3_url, "us-east-1", local=settings.DATA_DIR)
    settings.STORAGES = settings.STORAGES | {"default": storage}
    yield made
    made.objects.all().delete()
    made.delete()


@pytest.fixture(params=["local files", "S3"])
def each_storage(request: pytest.FixtureRequest) -> None:
    """Runs a test on both storages."""
    if request.param == "S3":
        request.getfixturevalue("bucket")


@pytest.fixture
def workers(
    transactional_db: None, each_storage: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workers]:
    """Worker threads on the in-process broker, as `serve` runs them, but that they stop sooner."""
    monkeypatch.setattr("pixelprompt.broker.WORKER_POLL", 100)
    execution.stopping.clear()
    broker = dramatiq.get_broker()
    running = Workers(broker, calls=24, copies=1)
    running.start()
    yield running
    running.stop(grace=10)
    broker.flush_all()


class Exact(Client):
    """Django's test client. An answer of the API that is not as documented fails the test."""

    def request(self, **request: Any) -> Any:
        answer = super().request(**request)
        contract().look(answer)
        return answer


@pytest.fixture
def client() -> Client:
    return Exact()


@pytest.fixture
def api(client: Client) -> Api:
    return Api(client)


@pytest.fixture
def unlimited(db: None) -> None:
    """For tests that ask more often than a visitor may."""
    for name in Limit.Name:
        Limit.objects.update_or_create(
            name=name, defaults={"allowed": None, "period": Limit.Period.HOUR}
        )


@pytest.fixture
def demo(db: None) -> Provider:
    """The demo provider, painting without its usual pause."""
    return Provider.objects.create(name="Demo", kind="demo", options={"delay": 0})


@pytest.fixture
def aurora(demo: Provider) -> ImageModel:
    return ImageModel.objects.create(name="Aurora", provider=demo, model_id="aurora", position=1)


@pytest.fixture
def server(fakes: FakeProviders, db: None) -> Provider:
    """An account with a fake OpenAI-compatible server."""
    made = Provider(
        name="Local server",
        kind="openai-compatible",
        base_url=fakes.base_url("openai-compatible"),
    )
    made.key = fakes.key("openai-compatible")
    made.save()
    return made


@pytest.fixture(scope="module")  # a running Playwright keeps an event loop, which Django minds
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("console", lambda told: problems.append(told.text) if told.type == "error" else None)
    yield opened
    context.close()
    assert problems == []
