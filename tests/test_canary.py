"""A key is in its ciphertext, at its provider, and nowhere else, in no spelling."""

import logging
import traceback
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import dramatiq
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client
from django.urls import reverse

from generation.models import Attempt
from pixelprompt.broker import Workers
from providers.addresses import PrivateHosts
from providers.models import ImageModel, Provider
from providers.slots import read_chat, read_slots
from providers.sync import sync_chat, sync_slots
from tests.crawl import pages
from tests.fake_accounts import MODELS, variables
from tests.fakes import FakeProviders, behaviours
from tests.generation.test_admin import provider_fields
from tests.logs import Log, logged
from tests.providers.drawing import spellings
from tests.support import Api

TYPED = "sk-typed/at+the=desk?canary&5f1e9c77"
METRICS = "metrics-token-canary-83a1b0"
KEPT = ("secret_key", "encryption_key")  # files in which a secret is at home
ONE_OF_EACH = {kind: place for place, (kind, _flavour, _id) in enumerate(MODELS, start=1)}

Surfaces = dict[str, bytes]


@pytest.fixture
def each_storage() -> None:
    """Local files, which can be read."""


@pytest.fixture
def accounts(fakes: FakeProviders, transactional_db: None) -> FakeProviders:
    """An account of every kind, one model each, and who enhances prompts."""
    env = variables(fakes)
    chosen = {"MODEL_COUNT": str(len(ONE_OF_EACH))}
    for slot, place in enumerate(ONE_OF_EACH.values(), start=1):
        for field in ("NAME", "PROVIDER", "ID", "KEY", "BASE_URL"):
            chosen[f"MODEL_{slot}_{field}"] = env[f"MODEL_{place}_{field}"]
    slots, problems = read_slots(chosen, private_hosts=PrivateHosts.parse(["127.0.0.1"]))
    chat, more = read_chat(chosen | {"PROMPT_MODEL_INDEX": "1"}, slots)
    assert problems + more == []
    sync_slots(slots)
    sync_chat(chat)
    return fakes


@pytest.fixture
def log() -> Iterator[Log]:
    with logged(logging.DEBUG) as log:
        yield log


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every message that the broker was given, as it goes over a wire."""
    sent: list[bytes] = []
    broker = dramatiq.get_broker()
    enqueue = broker.enqueue

    def noting(message: Any, **options: Any) -> Any:
        sent.append(message.encode())
        return enqueue(message, **options)

    monkeypatch.setattr(broker, "enqueue", noting)
    return sent


def draw(api: Api, fakes: FakeProviders) -> list[str]:
    """Jobs and enhancements that succeed, and some whose providers repeat our keys."""
    jobs = [api.generate("a red fox")]
    api.finished(jobs[0], 40)
    api.post("/enhance", {"prompt": "a red fox"})
    fakes.plan(behaviours.echo_key())
    fakes.plan(behaviours.echo_key(), stage="text")
    jobs.append(api.generate("a fox that tells"))
    told = api.finished(jobs[1], 40)
    assert {result["status"] for result in told["results"]} == {"error"}
    assert api.post("/enhance", {"prompt": "a fox"}).json()["fallback"] is True
    return jobs


def operate(desk: Client, monkeypatch: pytest.MonkeyPatch) -> Surfaces:
    """An operator who types a key: well, wrongly, and while something breaks; and who tests."""
    add, fields = reverse("admin:providers_provider_add"), provider_fields(new_key=TYPED)
    seen = {"a wrong form": desk.post(add, fields | {"kind": "nonsense"}).content}
    desk.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr("generation.admin.accounts.ProviderAdmin.save_model", fail)
        answer = desk.post(add, fields)
        assert answer.status_code == 500
        seen["a 500"] = answer.content
    assert desk.post(add, fields).status_code == 302
    for model in ImageModel.objects.all():
        test = reverse("admin:providers_imagemodel_test", args=[model.pk])
        seen[f"the test of {model}"] = desk.post(test).content
    seen |= {f"desk {address}": whole(page) for address, page in pages(desk, "/admin/", of_each=2)}
    for pk in Provider.objects.values_list("pk", flat=True):
        for view in ("change", "history"):
            address = reverse(f"admin:providers_provider_{view}", args=[pk])
            seen[f"desk {address}"] = desk.get(address).content
    return seen


def fail(*words: Any) -> None:
    """A fault of ours, which has the key at hand as it breaks."""
    key = words[3].cleaned_data["new_key"]
    raise RuntimeError(f"a fault of {len(key)} letters")


def read(client: Client, jobs: list[str]) -> Surfaces:
    """What anybody can read, and what a collector of figures can."""
    paths = ["/models", "/limits", "/gallery/list", "/readyz", "/schema", "/docs/", "/nope"]
    for job in jobs:
        paths += [f"/status/{job}", f"/gallery/{job}", f"/jobs/{job}/manifest"]
        paths += [f"/jobs/{job}/pictures.zip"]
    seen = {path: whole(client.get(path)) for path in paths}
    token = {"authorization": f"Bearer {METRICS}"}
    metrics = client.get("/metrics", headers=token)
    assert b"pixelprompt" in metrics.content
    seen["/metrics"] = metrics.content
    return seen | {f"page {address}": whole(page) for address, page in pages(client, "/")}


def whole(answer: Any) -> bytes:
    content = b"".join(answer) if answer.streaming else answer.content
    answer.close()
    return bytes(content) + str(answer.headers).encode()


def commands() -> Surfaces:
    """What commands print, `dumpdata` included."""
    seen = {}
    for name in ("doctor", "rotate_keys", "cleanup", "sync_models", "dumpdata"):
        out = StringIO()
        try:
            call_command(name, stdout=out, stderr=out)
        except CommandError as problem:
            out.write("".join(traceback.format_exception(problem)))
        seen[name] = out.getvalue().encode()
    return seen


def tables() -> Surfaces:
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        seen = {}
        for name in names:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")  # noqa: S608
            seen[f"table {name}"] = repr(cursor.fetchall()).encode()
    return seen


def files() -> Surfaces:
    found = (path for path in Path(settings.DATA_DIR).rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in found if path.name not in KEPT}


def errors() -> Surfaces:
    """Accounts and keys as tracebacks and debuggers show them."""
    shown = [repr(provider.account()) + repr(vars(provider)) for provider in Provider.objects.all()]
    return {"representations": "".join(shown).encode()}


@pytest.mark.django_db(transaction=True)
def test_no_surface_shows_a_key(
    api: Api,
    accounts: FakeProviders,
    workers: Workers,
    log: Log,
    messages: list[bytes],
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.METRICS_TOKEN = METRICS
    jobs = draw(api, accounts)
    desk = Client()
    desk.force_login(User.objects.create_superuser("operator", password="right"))
    surfaces = operate(desk, monkeypatch) | read(api.client, jobs) | commands()
    surfaces |= tables() | files() | errors()
    surfaces |= {"log": log.whole.encode(), "messages": b"\n".join(messages)}
    assert len(surfaces) > 150
    assert len(messages) >= 2 * len(ONE_OF_EACH)
    assert "a fault of" in log.whole
    assert Attempt.objects.exclude(detail="").exists()
    sealed = [*settings.FIELD_ENCRYPTION_KEYS, settings.SECRET_KEY]
    secrets = [*accounts.canaries, TYPED, METRICS, *sealed]
    forms = {form.encode() for secret in secrets for form in spellings(secret)}
    found = [name for name, text in surfaces.items() if any(form in text for form in forms)]
    assert found == []
    assert {provider.key for provider in Provider.objects.all()} >= {TYPED}
