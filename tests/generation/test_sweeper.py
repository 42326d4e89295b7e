"""Which process sweeps, and what a round rings for."""

from typing import Any
from uuid import UUID

import dramatiq
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from generation import bells, execution, sweeper
from generation.models import Picture, Result, SweeperLease
from generation.pictures import store
from providers.models import ImageModel, Provider
from tests.generation.test_transitions import PICTURE, received
from tests.support import at_once, claimed, make_job, make_model, until

pytestmark = pytest.mark.django_db
alone = connection.vendor == "sqlite"
take = SweeperLease.objects.take


def rung(queue: str = bells.DRAW_QUEUE) -> list[UUID]:
    """The results whose bells were sent, in that order; then the broker is empty."""
    broker = dramatiq.get_broker()
    broker.declare_queue(queue)
    waiting = broker.queues[queue]
    found = []
    while not waiting.empty():
        found.append(UUID(dramatiq.Message.decode(waiting.get_nowait()).args[0]))
    return found


@pytest.fixture(autouse=True)
def silence() -> None:
    rung()
    rung(bells.COPY_QUEUE)


def make_jobs(provider: Provider, count: int) -> None:
    models = [make_model(provider, f"model-{number}") for number in range(20)]
    for _ in range(count // 20):
        make_job(*models)


def test_one_process_sweeps_until_it_gives_up() -> None:
    assert take("one")
    assert take("two") == alone
    assert take("one")
    SweeperLease.objects.give_up("one")
    assert take("two")
    SweeperLease.objects.give_up("one")
    assert take("one") == alone


def test_another_process_takes_over_when_the_holder_is_gone_for_longer_than_its_lease() -> None:
    assert take("one")
    SweeperLease.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert take("two")
    assert take("one") == alone


@pytest.mark.django_db(transaction=True)
def test_of_many_processes_at_once_one_is_elected() -> None:
    taken = at_once(lambda number: take(f"process {number}"), 8)
    assert taken.count(True) == (8 if alone else 1)


def test_a_round_says_when_it_ended() -> None:
    assert SweeperLease.objects.seconds_since_round() is None
    sweeper.sweep()
    age = SweeperLease.objects.seconds_since_round()
    assert age is not None
    assert 0 <= age < 60
    SweeperLease.objects.update(swept_at="2020-01-01T00:00:00Z")
    age = SweeperLease.objects.seconds_since_round()
    assert age is not None
    assert age > 100_000_000


def test_a_process_that_stops_lets_another_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    sweeper.take_turn()
    assert SweeperLease.objects.get().owner == execution.BOOT_ID
    monkeypatch.setattr(execution.stopping, "is_set", lambda: True)
    sweeper.take_turn()
    assert SweeperLease.objects.get().owner == ""
    assert take("another")


@pytest.mark.django_db(transaction=True)
def test_a_round_that_the_database_breaks_off_is_not_the_last_one(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.SWEEP_PERIOD = 0.01
    rounds: list[int] = []

    def broken() -> None:
        rounds.append(1)
        raise DatabaseError("database disk image is malformed")

    monkeypatch.setattr(sweeper, "take_turn", broken)
    keeper = sweeper.Sweeper()
    keeper.start()
    until(lambda: len(rounds), lambda count: count > 1)
    keeper.stop()


def test_a_round_rings_for_the_oldest_200_and_for_none_of_them_again(server: Provider) -> None:
    make_jobs(server, 240)
    oldest = list(Result.objects.order_by("created_at", "index").values_list("pk", flat=True))
    sweeper.sweep()
    assert rung() == oldest[:200]
    sweeper.sweep()
    assert rung() == oldest[200:]
    sweeper.sweep()
    assert rung() == []


def test_the_command_does_one_round_and_needs_a_broker_where_others_should_hear_it() -> None:
    if alone:
        call_command("sweep")
        assert SweeperLease.objects.seconds_since_round() is not None
        return
    with pytest.raises(CommandError, match="Without BROKER_URL"):
        call_command("sweep")


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_at_once_ring_for_each_row_once(server: Provider) -> None:
    make_jobs(server, 240)
    at_once(lambda number: sweeper.sweep(), 4)
    assert len(found := rung()) == len(set(found)) == 240


def test_a_process_that_starts_rings_for_everything_again_where_it_is_the_only_one(
    aurora: ImageModel,
) -> None:
    job = make_job(aurora)
    bells.ring([job.results.get().pk])
    assert len(rung()) == 1
    sweeper.sweep()
    assert rung() == []
    sweeper.sweep(starting=True)
    assert len(rung()) == alone


def test_what_a_process_that_starts_cannot_ring_for_at_once_it_rings_for_next(
    server: Provider,
) -> None:
    make_jobs(server, 240)
    bells.ring(Result.objects.values_list("pk", flat=True))
    rung()
    sweeper.sweep(starting=True)
    sweeper.sweep()
    assert len(set(rung())) == (240 if alone else 0)


def test_lost_bells_for_copies_are_rung_for_once_in_a_while(aurora: ImageModel) -> None:
    claim = claimed(make_job(aurora))
    store(received(claim), PICTURE.content)
    assert claim.complete()
    sweeper.sweep()
    assert rung(bells.COPY_QUEUE) == []
    Picture.objects.update(bell_at="2020-01-01T00:00:00Z")
    sweeper.sweep()
    assert rung(bells.COPY_QUEUE) == [claim.result.pk]
    sweeper.sweep()
    assert rung(bells.COPY_QUEUE) == []
