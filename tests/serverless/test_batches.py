"""Batches of bells as Lambda hands them over, and what is answered."""

import json
import uuid
from base64 import b64encode
from typing import Any
from uuid import UUID

import dramatiq
import pytest

from generation import bells, execution
from pixelprompt import lambda_events
from providers.models import Provider
from tests.fakes import FakeProviders
from tests.support import NOBODY, make_job, make_model, only_result

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def running() -> None:
    execution.stopping.clear()


def record(body: str, name: str = "") -> dict[str, Any]:
    return {
        "messageId": name or str(uuid.uuid4()),
        "receiptHandle": "handle",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:pixelprompt-dev_draw",
        "awsRegion": "us-east-1",
    }


def bell(pk: UUID | str, name: str = "", actor: str = bells.DRAW_QUEUE) -> dict[str, Any]:
    """A record with a message as dramatiq-sqs sends it."""
    message: dramatiq.Message[None] = dramatiq.Message(
        queue_name=actor, actor_name=actor, args=(str(pk), "c-1"), kwargs={}, options={}
    )
    return record(b64encode(message.encode()).decode(), name)


def answered(*records: dict[str, Any]) -> list[str]:
    told = lambda_events.bells({"Records": list(records)}, None)
    return [item["itemIdentifier"] for item in told["batchItemFailures"]]


def test_a_batch_is_drawn_at_once(server: Provider, fakes: FakeProviders) -> None:
    jobs = [make_job(make_model(server, f"model-{number}")) for number in range(10)]
    assert answered(*(bell(only_result(job).pk) for job in jobs)) == []
    assert {only_result(job).state for job in jobs} == {"completed"}
    assert len(fakes.charged) == 10


def test_doubled_late_and_unknown_bells_are_answered_and_buy_nothing(
    server: Provider, fakes: FakeProviders
) -> None:
    pk = only_result(make_job(make_model(server, "model-1"))).pk
    assert answered(bell(pk), bell(pk), bell(NOBODY)) == []
    assert answered(bell(pk)) == []
    assert len(fakes.ledger) == 1


@pytest.mark.parametrize(
    "body",
    [
        "poison",
        "é",
        "",
        b64encode(b"{}").decode(),
        b64encode(b"[1]").decode(),
        b64encode(b"\xff\x00").decode(),
        json.dumps({"queue_name": "draw"}),
    ],
)
def test_a_poisoned_record_fails_alone(
    server: Provider, fakes: FakeProviders, settings: Any, body: str
) -> None:
    settings.PARTIAL_BATCHES = True
    job = make_job(make_model(server, "model-1"))
    assert answered(record(body, "poison"), bell(only_result(job).pk)) == ["poison"]
    assert only_result(job).state == "completed"


def test_only_the_records_that_fail_are_named(server: Provider, settings: Any) -> None:
    settings.PARTIAL_BATCHES = True
    good = bell(only_result(make_job(make_model(server, "model-1"))).pk, "good")
    told = answered(good, bell("no-id", "bad id"), bell(NOBODY, "no actor", actor="unheard-of"))
    assert told == ["bad id", "no actor"]


def test_until_it_is_confirmed_that_the_answer_is_read_a_failure_is_raised(
    server: Provider, settings: Any
) -> None:
    settings.PARTIAL_BATCHES = False
    job = make_job(make_model(server, "model-1"))
    with pytest.raises(lambda_events.BatchFailed, match="1 of 2 records failed"):
        answered(record("poison"), bell(only_result(job).pk))
    assert only_result(job).state == "completed"


def test_copies_are_made_from_their_own_queue(server: Provider) -> None:
    result = only_result(make_job(make_model(server, "model-1")))
    answered(bell(result.pk))
    assert answered(bell(result.pk, actor=bells.COPY_QUEUE)) == []
    result.refresh_from_db()
    assert result.picture.thumbnail_key


def test_the_leases_of_a_batch_are_renewed_while_it_runs(
    server: Provider, fakes: FakeProviders, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LEASE_RENEWAL = 0.02
    renewed: list[int] = []
    renew = execution.live.renew
    monkeypatch.setattr(execution.live, "renew", lambda: renewed.append(renew()))
    fakes.delay(0.4)
    answered(bell(only_result(make_job(make_model(server, "model-1"))).pk))
    assert max(renewed) == 1


def test_the_scheduled_sweep_rings_for_waiting_rows(server: Provider, settings: Any) -> None:
    settings.BELL_PAUSE = 0
    job = make_job(make_model(server, "model-1"))
    assert only_result(job).bell_at is None
    lambda_events.sweep({"detail-type": "Scheduled Event"}, None)
    assert only_result(job).bell_at is not None
