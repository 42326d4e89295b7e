"""What changes while a job is drawn: its time runs out, its model or key changes, we stop."""

import hashlib
import threading
from collections.abc import Callable

import pytest
from django.core.files.storage import default_storage

from generation import execution, submission, sweeper
from generation.deletion import delete_jobs
from generation.models import Attempt, Job, Picture, Result
from generation.submission import Order
from providers.adapters.bfl import BlackForestLabs
from providers.addresses import PrivateHosts
from providers.clock import from_now
from providers.messages import ImageRequest
from providers.models import ImageModel, Provider
from providers.transport import Transport
from tests.fakes import FakeProviders
from tests.generation.books import balanced
from tests.support import claimed, make_model, only_result

pytestmark = pytest.mark.django_db
PRICE = 40_000
PAST = "2020-01-01T00:00:00Z"


class Died(BaseException):
    """The worker is gone."""


def order() -> Job:
    return submission.submit(Order("a red fox"), client=None)


def draw(job: Job) -> Result:
    execution.draw(only_result(job).pk)
    return only_result(job)


def at(point: str, monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]) -> None:
    """Do this when a worker comes to a failpoint."""
    monkeypatch.setattr(execution, "failpoint", lambda name: work() if name == point else None)


@pytest.fixture
def model(server: Provider) -> ImageModel:
    return make_model(server, price_micros=PRICE)


@pytest.fixture
def ordering(fakes: FakeProviders) -> ImageModel:
    """A model of a provider that takes orders."""
    account = Provider(name="BFL", kind="bfl", base_url=fakes.base_url("bfl"))
    account.key = fakes.key("bfl")
    account.save()
    return make_model(account, "flux-2-pro", price_micros=PRICE)


def bought_before(job: Job) -> None:
    """A worker ordered the picture and died; its row waits again."""
    claim = claimed(job)
    model = only_result(job).model
    assert model is not None

    def die(task: str) -> None:
        assert claim.task_known(task)
        raise Died

    transport = Transport(timeout=20, private_hosts=PrivateHosts.parse(["127.0.0.1"]))
    adapter = BlackForestLabs(model.provider.account(), model.model_id, transport, on_task=die)
    with pytest.raises(Died):
        adapter.generate(ImageRequest("a red fox"))
    assert claim.release(wait=-1, tries=0, facts={})


class TestALatePicture:
    def test_stays_on_its_attempt_with_its_money_settled(
        self, model: ImageModel, fakes: FakeProviders, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        at("after-call", monkeypatch, end_everything)
        job = order()
        result = draw(job)
        assert (result.state, result.error_code) == ("error", "DEADLINE_EXCEEDED")
        assert not Picture.objects.exists()
        attempt = Attempt.objects.get()
        assert (attempt.state, attempt.finished_at is None) == ("received", False)
        with default_storage.open(attempt.object_key) as file:
            assert hashlib.sha256(file.read()).hexdigest() == attempt.sha256
        assert balanced() == (0, PRICE)
        sweeper.sweep()
        assert len(fakes.ledger) == 1
        delete_jobs([job.pk])
        assert not default_storage.exists(attempt.object_key)

    def test_of_a_job_that_is_being_deleted_is_not_stored(
        self, model: ImageModel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def cancel() -> None:
            Result.objects.active().end("CANCELLED", "It is being deleted.")

        at("after-call", monkeypatch, cancel)
        draw(order())
        attempt = Attempt.objects.get()
        assert (attempt.state, attempt.object_key) == ("received", "")
        assert balanced() == (0, PRICE)


def end_everything() -> None:
    Result.objects.update(deadline_at=PAST)
    assert Result.objects.all().expire() == 1


class TestAModelThatIsSwitchedOff:
    def test_ends_its_waiting_results_and_gives_their_money_back(self, model: ImageModel) -> None:
        job = order()
        assert balanced() == (PRICE, 0)
        ImageModel.objects.update(enabled=False)
        sweeper.sweep()
        result = only_result(job)
        assert (result.error_code, result.retryable) == ("MODEL_DISABLED", False)
        assert balanced() == (0, 0)

    def test_and_deleted_ends_them_too(self, model: ImageModel) -> None:
        job = order()
        model.delete()
        sweeper.sweep()
        assert only_result(job).error_code == "MODEL_DISABLED"

    def test_is_not_called_for_a_result_that_was_claimed_just_then(
        self, model: ImageModel, fakes: FakeProviders
    ) -> None:
        job = order()
        ImageModel.objects.update(enabled=False)
        assert draw(job).error_code == "MODEL_DISABLED"
        assert balanced() == (0, 0)
        assert not fakes.ledger

    def test_still_delivers_what_was_bought(
        self, ordering: ImageModel, fakes: FakeProviders
    ) -> None:
        job = order()
        bought_before(job)
        ImageModel.objects.update(enabled=False)
        sweeper.sweep()
        assert draw(job).state == "completed"
        assert len(fakes.ledger) == 1


class TestABoughtTask:
    def test_stays_paid_when_no_time_is_left_to_fetch_it(
        self, ordering: ImageModel, fakes: FakeProviders
    ) -> None:
        job = order()
        bought_before(job)
        Result.objects.update(deadline_at=from_now(5))
        assert draw(job).error_code == "DEADLINE_EXCEEDED"
        assert balanced() == (0, PRICE)

    def test_stays_paid_when_its_model_is_deleted(
        self, ordering: ImageModel, fakes: FakeProviders
    ) -> None:
        job = order()
        bought_before(job)
        ordering.delete()
        assert draw(job).error_code == "MODEL_DISABLED"
        assert balanced() == (0, PRICE)


def test_a_new_key_counts_from_the_next_claim(server: Provider, fakes: FakeProviders) -> None:
    make_model(server)
    server.key = "a key that is not right"
    server.save()
    refused, waiting = order(), order()
    assert draw(refused).error_code == "INVALID_KEY"
    server.key = fakes.key("openai-compatible")
    server.save()
    assert draw(waiting).state == "completed"


def test_a_process_that_is_told_to_stop_puts_back_what_it_has_not_begun(
    model: ImageModel, fakes: FakeProviders, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopping = threading.Event()
    monkeypatch.setattr(execution, "stopping", stopping)
    at("after-claim", monkeypatch, stopping.set)
    job = order()
    result = draw(job)
    assert (result.state, result.lease_owner, result.tries) == ("pending", "", 0)
    assert result.bell_at is not None
    assert not fakes.ledger
    assert Attempt.objects.get().state == "released"
    assert balanced() == (PRICE, 0)
    stopping.clear()
    monkeypatch.undo()
    assert draw(job).state == "completed"
    assert len(fakes.ledger) == 1
