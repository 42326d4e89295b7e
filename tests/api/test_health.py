"""/healthz says that the process lives, /readyz that it can draw."""

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import dramatiq
import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client
from django.utils import timezone

from generation import health, sweeper, watching
from generation.models import Result, SweeperLease
from generation.readiness import CHECKS, Check
from generation.watching import Watch
from pixelprompt import broker as wiring
from pixelprompt import environment
from pixelprompt.broker import Workers
from providers.models import ImageModel
from tests.api.drawing import Failing
from tests.services import RABBITMQ, REDIS, answers
from tests.support import make_job, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is known from before."""
    monkeypatch.setattr(health, "watch", Watch(CHECKS))


@pytest.fixture
def black_hole() -> Iterator[str]:
    """Host and port of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def checks(client: Client) -> dict[str, str]:
    told: dict[str, str] = client.get("/readyz").json()["checks"]
    return told


def test_a_living_process_answers_healthz_without_a_database(
    client: Client, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_server_that_can_draw_is_ready(
    client: Client, workers: Workers, aurora: ImageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "PATIENCE", 30.0)
    sweeper.sweep()
    answer = client.get("/readyz")
    told = answer.json()
    assert (answer.status_code, told["status"]) == (200, "ok"), told
    assert told["checks"] == dict.fromkeys(CHECKS, "ok")
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_server_that_lacks_something_says_what(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    told = answer.json()["checks"]
    assert told["database"] == told["migrations"] == told["storage"] == told["queue"] == "ok"
    assert told["models"] == "No image model is enabled and usable."
    assert told["broker"] == "No worker thread runs in this process."
    assert told["sweeper"] == "No sweeper has been seen yet."
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("problem", [OperationalError("gone"), InterfaceError("gone")])
def test_a_database_that_is_away_is_named_by_all_who_need_it(problem: Exception) -> None:
    with connection.execute_wrapper(Failing(problem)):
        found = {name: check.problem() for name, check in CHECKS.items()}
    assert found["database"] == "The database does not answer."
    needed = ("migrations", "counters", "models", "sweeper", "queue")
    assert all(found[name].endswith(".") for name in needed)
    assert "gone" not in str(found)


def test_a_sweeper_that_stopped_is_told() -> None:
    sweeper.sweep()
    assert CHECKS["sweeper"].problem() == ""
    SweeperLease.objects.update(swept_at=timezone.now() - timedelta(minutes=5))
    assert CHECKS["sweeper"].problem() == "The sweeper was last seen 300 seconds ago."


def test_work_that_nobody_does_is_told_and_a_busy_account_is_not(aurora: ImageModel) -> None:
    job = make_job(aurora, aurora)
    assert CHECKS["queue"].problem() == ""
    Result.objects.update(created_at=timezone.now() - timedelta(seconds=90))
    assert "waiting for 90 seconds, and nobody draws" in CHECKS["queue"].problem()
    Result.objects.filter(job=job).update(not_before=timezone.now() + timedelta(minutes=1))
    assert CHECKS["queue"].problem() == ""
    Result.objects.filter(job=job).update(not_before=None)
    first = Result.objects.filter(job=job).first()
    assert first
    assert Result.objects.claim(first.pk, "a worker")
    assert CHECKS["queue"].problem() == ""


def test_counters_that_are_away_are_told(settings: Any) -> None:
    counters = environment.counters("redis://:secret@127.0.0.1:1/0")
    settings.CACHES = settings.CACHES | {"counters": counters}
    assert CHECKS["counters"].problem() == "Requests cannot be counted, so none is accepted."


def over(url: str, look: Callable[[], str]) -> str:
    before = dramatiq.get_broker()
    try:
        wiring.configure(url)
        return look()
    finally:
        dramatiq.set_broker(before)


@pytest.mark.parametrize("url", [REDIS, RABBITMQ])
def test_a_broker_that_answers_is_no_problem(url: str) -> None:
    if not answers(url):
        pytest.skip(f"nothing answers at {url}")
    assert over(url, CHECKS["broker"].problem) == ""


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("redis://:secret@127.0.0.1:1/0", "Redis does not answer (ConnectionError)."),
        ("amqp://guest:secret@127.0.0.1:1/", "RabbitMQ does not answer (AMQPConnectionError)."),
    ],
)
def test_a_broker_that_is_away_is_told_without_its_password(url: str, words: str) -> None:
    assert over(url, CHECKS["broker"].problem) == words


def test_an_sqs_queue_is_asked_for(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    url = f"sqs://nobody-made-this?region=us-east-1&endpoint_url={s3_url}"
    told = over(url, CHECKS["broker"].problem)
    assert told == "SQS has no queue nobody-made-this_draw."


def test_what_hangs_does_not_hang_the_answer(
    client: Client, black_hole: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "PATIENCE", 0.2)
    told = over(f"redis://{black_hole}/0", lambda: checks(client)["broker"])
    assert told == "This did not answer within 0.2 seconds."


def test_what_hung_is_not_asked_again_until_it_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watching, "PATIENCE", 0.05)
    asked, release = [], threading.Event()

    def hang() -> str:
        asked.append(1)
        release.wait(20)
        return ""

    watch = Watch({"it": Check(hang, "", kept=60)})
    assert [watch.problems()["it"] for _ in range(3)].count("") == 0
    assert len(asked) == 1
    monkeypatch.setattr(watching, "GIVEN_UP", 0)
    assert watch.problems()["it"]
    assert len(asked) == 2
    monkeypatch.setattr(watching, "GIVEN_UP", 60)
    release.set()
    until(watch.problems, lambda found: found == {"it": ""})
    assert len(asked) == 2


def test_what_was_found_is_kept_for_a_while() -> None:
    found: list[int] = []

    def look() -> str:
        found.append(1)
        return str(len(found))

    watch = Watch({"it": Check(look, "", kept=60)})
    assert [watch.problems()["it"] for _ in range(3)] == ["1", "1", "1"]
    stale = Watch({"it": Check(look, "", kept=0)})
    assert [stale.problems()["it"] for _ in range(2)] == ["2", "3"]


def test_probes_come_by_any_address_and_visitors_by_the_names_that_are_allowed(
    client: Client, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["pictures.example.org"]
    statuses = {
        path: client.get(path, headers={"host": "10.1.2.3:8000"}).status_code
        for path in ("/healthz", "/readyz", "/", "/models")
    }
    assert statuses.pop("/readyz") in (200, 503)
    assert statuses == {"/healthz": 200, "/": 400, "/models": 400}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_only_reading_is_allowed(path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.head(path).status_code in (200, 503)
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        answer = client.generic(method, path)
        assert answer.status_code == 405
        assert answer.headers["Allow"] == "GET, HEAD"
