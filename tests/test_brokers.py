"""Jobs drawn over each broker: in process, Redis, RabbitMQ and SQS, against the real servers."""

import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
import dramatiq
import pytest
from dramatiq.worker import ConsumerThread

from generation import actors, bells, execution
from generation.models import Result
from pixelprompt import broker as wiring
from pixelprompt.broker import Workers
from providers.models import Provider
from tests.fakes import FakeProviders
from tests.served import Served
from tests.services import RABBITMQ, REDIS, answers
from tests.support import NOBODY, Api, make_job, make_model, only_result, until
from tests.test_serve import model_variables

pytestmark = pytest.mark.django_db(transaction=True)
needs = {"redis": REDIS, "rabbitmq": RABBITMQ}


@pytest.fixture(params=["in process", "redis", "rabbitmq", "sqs"])
def broker_url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    name = request.param
    if name in needs and not answers(needs[name]):
        pytest.skip(f"{name} does not answer at {needs[name]}")
    if name == "sqs":
        yield from sqs_url(request.getfixturevalue("s3_url"), monkeypatch)
    else:
        yield needs.get(name, "")


def sqs_url(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Queues as the infrastructure makes them, on moto's server."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    namespace = f"pixelprompt-{uuid.uuid4().hex[:8]}"
    client = boto3.client("sqs", endpoint_url=endpoint, region_name="us-east-1")
    for queue in (bells.DRAW_QUEUE, bells.COPY_QUEUE):
        client.create_queue(QueueName=f"{namespace}_{queue}")
    yield f"sqs://{namespace}?region=us-east-1&endpoint_url={endpoint}"


@pytest.fixture
def broker(broker_url: str) -> Iterator[dramatiq.Broker]:
    before = dramatiq.get_broker()
    made = wiring.configure(broker_url)
    for actor in (actors.draw, actors.copy):
        made.declare_actor(actor)
    empty(made)
    yield made
    empty(made)
    made.close()
    dramatiq.set_broker(before)


def empty(broker: dramatiq.Broker) -> None:
    with suppress(NotImplementedError):  # SQS queues are new for each test
        broker.flush_all()


@pytest.fixture
def running(broker: dramatiq.Broker) -> Iterator[Workers]:
    execution.stopping.clear()
    workers = Workers(broker, calls=8, copies=1)
    workers.start()
    yield workers
    workers.stop(grace=10)


def test_a_job_is_drawn(api: Api, server: Provider, fakes: FakeProviders, running: Workers) -> None:
    for number in range(4):
        make_model(server, f"model-{number}", position=number)
    job_id = api.generate("over a broker")
    assert api.finished(job_id, seconds=40)["completedModels"] == 4
    told = until(
        lambda: api.status(job_id)["results"],
        lambda results: all(r["thumbnailUrl"] != r["imageUrl"] for r in results),
        seconds=30,
    )
    assert len(told) == len(fakes.charged) == 4


@pytest.mark.parametrize("broker_url", ["redis", "rabbitmq"], indirect=True)
def test_nothing_is_closed_under_a_consumer_that_runs(
    broker: dramatiq.Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    running: list[bool] = []
    close = ConsumerThread.close

    def noted(consumer: ConsumerThread) -> None:
        running.append(consumer.is_alive())
        close(consumer)

    monkeypatch.setattr(ConsumerThread, "close", noted)
    workers = Workers(broker, calls=1, copies=1)
    workers.start()
    time.sleep(0.2)
    workers.stop(grace=0)
    assert running
    assert not any(running)


def test_doubled_late_and_unknown_bells_are_harmless(
    server: Provider, fakes: FakeProviders, running: Workers
) -> None:
    job = make_job(make_model(server, "model-1"))
    pk = only_result(job).pk
    bells.ring([NOBODY, pk, pk])
    bells.ring([pk], delay=0.3)
    until(lambda: only_result(job).state, lambda state: state == "completed", 30)
    bells.ring([pk])
    fakes.wait_until_idle()
    assert len(fakes.ledger) == 1


def test_a_broker_that_is_away_loses_no_job(api: Api, server: Provider) -> None:
    before = dramatiq.get_broker()
    wiring.configure("redis://127.0.0.1:9/0")
    try:
        make_model(server, "model-1")
        job_id = api.generate("nobody hears the bell")
    finally:
        dramatiq.set_broker(before)
    assert api.status(job_id)["status"] == "pending"
    assert Result.objects.get().bell_at is None


@pytest.mark.parametrize("name", ["redis", "rabbitmq"])
def test_serve_draws_over_a_broker(tmp_path: Path, fakes: FakeProviders, name: str) -> None:
    if not answers(needs[name]):
        pytest.skip(f"{name} does not answer at {needs[name]}")
    env: dict[str, Any] = model_variables(fakes, "one", "two") | {"BROKER_URL": needs[name]}
    with Served(tmp_path, **env) as served:
        assert served.finished(served.generate("served"))["status"] == "completed"
        assert served.terminate() == 0
