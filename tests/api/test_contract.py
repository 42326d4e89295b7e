"""The schema is exact: every answer of every call, and every error it documents, as it is told."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.models.functions import Now
from django.test import Client

from generation import changes
from generation.api import document as schema
from generation.api.errors import KINDS
from generation.api.job_answers import RESULT_CODES
from generation.gates.budget import BudgetExhausted, PriceUnknown
from generation.models import BlockedTerm, Job, Limit, Picture
from generation.submission import Order, submit
from providers.errors import ProviderError
from providers.models import ImageModel, Provider
from tests.api.contract import NO_ROUTE, Caller, contract
from tests.api.drawing import Failing, copied, draw, drawn, fail
from tests.gates.limiting import allow
from tests.generation.books import limit
from tests.support import NOBODY, make_job, make_model

pytestmark = pytest.mark.django_db

CONTRACT = contract()
NAMES = [operation["operationId"] for _, _, operation in CONTRACT.operations()]
REFUSALS = [
    (operation["operationId"], code)
    for _, _, operation in CONTRACT.operations()
    for code in CONTRACT.codes(operation)
]
LIMITS = {"enhance": "enhance", "log": "log", "vote": "vote"}


@pytest.fixture
def paid(db: None) -> ImageModel:
    """A model that costs money. Nothing answers at its provider's address."""
    provider = Provider(name="Paid", kind="openai-compatible", base_url="http://127.0.0.1:9/v1")
    provider.key = "a key"
    provider.save()
    return make_model(provider, "paid", price_micros=40_000)


@pytest.fixture
def caller(client: Client, paid: ImageModel) -> Caller:
    """Has a job whose one result failed."""
    job = submit(Order("a red fox", slugs=["paid"]), client=None)
    fail(job.results.get())
    made = Caller(client, job)
    made.vote_on(finished(paid))
    return made


def finished(model: ImageModel) -> Job:
    """A job of two pictures."""
    job = make_job(model, model)
    for result in job.results.all():
        draw(result)
    return job


class Refusals:
    """How each error of the table is brought about, at whatever call."""

    def __init__(self, caller: Caller, settings: Any) -> None:
        self.caller, self.settings = caller, settings

    def validation_error(self, name: str) -> Any:
        self.settings.ALLOWED_HOSTS = ["elsewhere.example.org"]
        return self.caller.send(name)

    def prompt_required(self, name: str) -> Any:
        return self.caller.send(name, {})

    def prompt_too_long(self, name: str) -> Any:
        return self.caller.send(name, {"prompt": "x" * 1001})

    def inappropriate_content(self, name: str) -> Any:
        BlockedTerm.objects.create(text="fox")
        return self.caller.send(name)

    def invalid_json(self, name: str) -> Any:
        return self.caller.send(name, b"{")

    def payload_too_large(self, name: str) -> Any:
        return self.caller.send(name, b'{"x": "' + b"x" * 70_000 + b'"}')

    def unsupported_media_type(self, name: str) -> Any:
        return self.caller.send(name, self.caller.bodies[name], kind="text/plain")

    def unauthorized(self, name: str) -> Any:
        return self.caller.send(name, headers={"X-Job-Token": ""})

    def forbidden(self, name: str) -> Any:
        return self.caller.send(name, headers={"X-Job-Token": "of another job"})

    def job_not_found(self, name: str) -> Any:
        return self.caller.send(name, ids={"jobId": str(NOBODY)})

    def not_found(self, name: str) -> Any:
        return self.caller.send(name, ids={"resultId": str(NOBODY)})

    def model_unavailable(self, name: str) -> Any:
        ImageModel.objects.update(enabled=False)
        return self.caller.send(name, self.caller.bodies[name] | {"models": ["paid"]})

    def nothing_to_choose(self, name: str) -> Any:
        return self.caller.send(name, ids=self.caller.ids)

    def idempotency_key_reused(self, name: str) -> Any:
        self.caller.send("generate", {"prompt": "another"}, headers={"Idempotency-Key": "k"})
        return self.caller.send(name, headers={"Idempotency-Key": "k"})

    def rate_limit_exceeded(self, name: str) -> Any:
        allow(LIMITS.get(name, "address"), 0)
        return self.caller.send(name)

    def budget_exhausted(self, name: str) -> Any:
        limit(stopped=True)
        return self.caller.send(name)

    def internal_server_error(self, name: str) -> Any:
        self.caller.client.raise_request_exception = False
        with connection.execute_wrapper(Failing(RuntimeError("secret"))):
            return self.caller.send(name)

    def service_unavailable(self, name: str) -> Any:
        with connection.execute_wrapper(Failing(OperationalError("away"))):
            return self.caller.send(name)


@pytest.mark.parametrize(("name", "code"), REFUSALS)
def test_every_documented_error_can_be_had_and_is_as_documented(
    caller: Caller, settings: Any, name: str, code: str
) -> None:
    answer = getattr(Refusals(caller, settings), code.lower())(name)
    assert (answer.status_code, answer.json()["code"]) == (KINDS[code].status, code)
    CONTRACT.check(answer, name)


def test_every_error_of_the_table_is_documented_somewhere() -> None:
    assert {code for _, code in REFUSALS} | {"METHOD_NOT_ALLOWED"} == set(KINDS)


@pytest.mark.parametrize("name", NAMES)
def test_every_call_answers_as_documented(caller: Caller, name: str) -> None:
    answer = caller.send(name)
    assert answer.status_code == 200
    CONTRACT.check(answer, name)


@pytest.mark.parametrize("name", ["status", "manifest", "schema"])
def test_who_has_the_current_version_gets_304(caller: Caller, name: str) -> None:
    answer = caller.send(name, headers={"If-None-Match": caller.send(name)["ETag"]})
    assert answer.status_code == 304
    CONTRACT.check(answer, name)


class TestJobs:
    """Snapshots in every state, and the gallery's view of them."""

    @pytest.fixture
    def models(self, demo: Provider) -> list[ImageModel]:
        return [make_model(demo, f"model-{place}", position=place) for place in range(1, 5)]

    @pytest.mark.parametrize("steps", range(5))
    def test_each_step_of_a_job_is_as_documented(
        self, client: Client, models: list[ImageModel], steps: int
    ) -> None:
        job = make_job(*models)
        first, second, third, _ = job.results.order_by("index")
        todo: list[Callable[[], Any]] = [
            lambda: draw(first),
            lambda: fail(second),
            lambda: changes.retry(second, None),
            lambda: changes.cancel(job),
        ]
        for step in todo[:steps]:
            step()
        CONTRACT.check(client.get(f"/status/{job.pk}"), "status")
        CONTRACT.check(client.get(f"/jobs/{job.pk}/manifest"), "manifest")
        assert third.pk

    def test_whatever_was_chosen_is_told_as_documented(
        self, client: Client, models: list[ImageModel]
    ) -> None:
        job = drawn(seed=7, aspect_ratio="3:2", negative_prompt="people", guidance=3.5)
        copied(job)
        for name in ("status", "gallery", "galleries", "jobPage", "models"):
            CONTRACT.check(Caller(client, make_job(models[0])).send(name), name)
        for name, path in (("status", "status/"), ("gallery", "gallery/")):
            CONTRACT.check(client.get(f"/{path}{job.pk}"), name)


def test_an_event_holds_the_snapshot(caller: Caller) -> None:
    told = dict(line.split(": ", 1) for line in caller.send("events").text.split("\n") if line)
    assert told["id"].isdecimal()
    CONTRACT.check_body(json.loads(told["data"]), {"$ref": "#/components/schemas/Snapshot"})


@pytest.mark.usefixtures("unlimited")
@pytest.mark.parametrize("name", ["limits", "enhance", "log", "generate"])
def test_who_is_not_limited_is_answered_as_documented(caller: Caller, name: str) -> None:
    CONTRACT.check(caller.send(name), name)


def test_every_word_for_a_failed_result_is_documented() -> None:
    """The other words are written where rows are ended, and their tests look at them there."""
    raised = {ProviderError.code} | {kind.code for kind in under(ProviderError)}
    assert raised | {BudgetExhausted.code, PriceUnknown.code} <= set(RESULT_CODES)


def under(kind: type[ProviderError]) -> Iterator[type[ProviderError]]:
    for child in kind.__subclasses__():
        yield child
        yield from under(child)


@pytest.mark.parametrize("path", ["/nope", "/generate/", "/jobs/x", f"/jobs/{NOBODY}"])
def test_an_unknown_address_answers_as_documented(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    CONTRACT.check_body(answer.json(), {"$ref": NO_ROUTE})


@pytest.mark.parametrize("path", CONTRACT.document["paths"])
def test_another_method_answers_as_documented_and_names_the_right_ones(
    client: Client, path: str
) -> None:
    offered = {method.upper() for method in CONTRACT.document["paths"][path]}
    for other in ("PUT", "PATCH", "TRACE", "QUERY"):
        answer = client.generic(other, path.replace("{", "").replace("}", ""))
        assert answer.status_code == 405
        CONTRACT.check_body(answer.json(), {"$ref": "#/components/schemas/MethodNotAllowed"})
        assert set(answer["Allow"].split(", ")) - {"HEAD", "OPTIONS"} == offered


def test_a_lost_picture_is_told_as_documented(client: Client, aurora: ImageModel) -> None:
    job = drawn()
    Picture.objects.filter(result__job=job).update(lost_at=Now())
    for path in (f"/status/{job.pk}", f"/gallery/{job.pk}", "/gallery/list"):
        assert client.get(path).status_code == 200


def test_every_limit_that_is_told_is_documented() -> None:
    told = CONTRACT.component("LimitName")["enum"]
    assert set(told) == {name.value for name in Limit.Name if not name.startswith("login")}


def test_the_examples_are_as_the_schema_says() -> None:
    seen = 0
    for _, _, operation in CONTRACT.operations():
        parts = [operation.get("requestBody", {}), *operation["responses"].values()]
        for part in parts:
            for content in part.get("content", {}).values():
                for example in content.get("examples", {}).values():
                    CONTRACT.check_body(example["value"], content["schema"])
                    seen += 1
    assert seen >= 7


def test_the_document_is_the_same_in_every_language(client: Client) -> None:
    schema.document.cache_clear()
    schema.rendered.cache_clear()
    german = client.get("/schema", headers={"accept-language": "de"}).content
    schema.document.cache_clear()
    schema.rendered.cache_clear()
    assert client.get("/schema").content == german
