"""What every answer carries, and that no page needs what the policy forbids."""

import asyncio
import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from generation.models import BlockedTerm, Limit, ProxyToken, SpendingLimits, Whitelisted
from generation.submission import Order, submit
from pixelprompt import firstrun, whole_bodies
from providers.models import ChatModel, ImageModel, Provider
from tests.api.drawing import copied, drawn, fail
from tests.crawl import pages
from tests.support import NOBODY

pytestmark = pytest.mark.django_db

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
POLICY = {
    "default-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
FORBIDDEN = {
    "a script within the page": r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/(ld\+)?json\")",
    "a style within the page": r"<style\b|<[a-z][^>]*\sstyle\s*=",
    "a handler within the page": r"<[a-z][^>]*\son[a-z]+\s*=",
    "an address that runs": r"=\s*[\"']?\s*javascript:",
    "something from elsewhere": (
        r"<(?:script|img|link|iframe|source)\b[^>]*(?:src|href)=\"(?:https?:)?//(?!testserver)"
    ),
}


def hardened(address: str, answer: Any) -> None:
    for name, value in HEADERS.items():
        assert answer.headers.get(name) == value, (address, name)
    assert "camera=()" in answer.headers["Permissions-Policy"], address
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy, address
    assert "*" not in policy, address
    told = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert POLICY.items() <= told.items(), (address, policy)
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        page = answer.content.decode()
        found = [what for what, pattern in FORBIDDEN.items() if re.search(pattern, page)]
        assert found == [], (address, found)


@pytest.fixture
def furnished(aurora: ImageModel, server: Provider) -> None:
    """Something of everything, so that every kind of page exists."""
    copied(drawn())
    fail(submit(Order("a sad fox"), client=None).results.get())
    ChatModel.objects.create(provider=server, model_id="chat")
    BlockedTerm.objects.create(text="forbidden", category="other")
    Limit.objects.get_or_create(name="log", defaults={"allowed": 100, "period": 3600})
    SpendingLimits.objects.get_or_create(pk=SpendingLimits.ONLY)
    Whitelisted.objects.create(network="10.0.0.0/8")
    token = ProxyToken(name="front end")
    token.issue()
    token.save()


@pytest.mark.usefixtures("furnished")
def test_every_page_of_the_desk_keeps_the_policy(client: Client) -> None:
    client.force_login(User.objects.create_superuser("operator", password="x"))
    term = BlockedTerm.objects.get(text="forbidden")
    change = reverse("admin:generation_blockedterm_change", args=[term.pk])
    client.post(change, {"text": "other", "category": "other"})
    assert LogEntry.objects.exists()
    seen = set()
    for address, answer in pages(client, "/admin/"):
        assert answer.status_code in (200, 302), address
        hardened(address, answer)
        seen.add(answer.resolver_match.view_name if answer.resolver_match else address)
    assert {name for name in seen if name.endswith("_history")} >= {"admin:generation_job_history"}
    assert len([name for name in seen if name.startswith("admin:")]) > 60, sorted(seen)
    for name in ("generation_blockedterm_try", "providers_imagemodel_test", "admin_logentry"):
        assert any(name in each for each in seen), name


@pytest.mark.usefixtures("furnished")
def test_what_forms_of_the_desk_answer_keeps_the_policy(client: Client) -> None:
    login = reverse("admin:login")
    hardened(login, client.get(login))
    hardened(login, client.post(login, {"username": "operator", "password": "wrong"}))
    client.force_login(User.objects.create_superuser("operator", password="x"))
    model = ImageModel.objects.get(name="Aurora")
    for name, args, form in (
        ("providers_imagemodel_test", [model.pk], {}),
        ("generation_proxytoken_add", [], {"name": "second"}),
        ("generation_blockedterm_try", [], {"prompt": "a forbidden <b>fox</b>"}),
        ("providers_provider_add", [], {"name": ""}),
        ("generation_whitelisted_add", [], {"network": "nonsense"}),
    ):
        address = reverse(f"admin:{name}", args=args)
        answer = client.post(address, form)
        assert answer.status_code == 200, address
        hardened(address, answer)


@pytest.mark.usefixtures("furnished")
def test_every_public_page_keeps_the_policy(client: Client) -> None:
    found = []
    for address, answer in pages(client, "/"):
        hardened(address, answer)
        found.append(address)
    assert "/gallery/" in found
    assert any(address.startswith("/jobs/") for address in found)


@pytest.mark.parametrize(
    "path",
    [
        "/docs/",
        "/nope",
        "/models",
        "/limits",
        "/healthz",
        "/gallery/list",
        "/schema",
        f"/status/{NOBODY}",
        f"/jobs/{NOBODY}",
        "/admin/nope",
        "/media/nope",
        "/favicon.ico",
        "/gallery",
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_other_answers_and_errors_keep_the_policy(client: Client, path: str, accept: str) -> None:
    hardened(path, client.get(path, headers={"accept": accept}))


def test_a_page_of_an_error_of_ours_keeps_the_policy(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*words: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("generation.views.offered", broken)
    client.raise_request_exception = False
    answer = client.get("/", headers={"accept": "text/html"})
    assert answer.status_code == 500
    hardened("/", answer)
    assert "a fault of ours" not in answer.content.decode()


def test_refused_forms_and_hosts_keep_the_policy(settings: Any) -> None:
    client = Client(enforce_csrf_checks=True, headers={"accept": "text/html"})
    hardened("/", client.post("/", {}))
    settings.ALLOWED_HOSTS = ["here"]
    hardened("/", client.get("/", headers={"host": "elsewhere"}))


@pytest.mark.parametrize("signed_in", [False, True])
def test_the_api_reads_no_session_and_sets_no_cookie(
    client: Client, aurora: ImageModel, signed_in: bool
) -> None:
    if signed_in:
        client.force_login(User.objects.create_superuser("operator"))
    else:
        client.cookies["sessionid"] = "somebody-s-session"
    job = drawn()
    paths = ["/models", "/limits", "/gallery/list", "/schema", f"/status/{job.pk}"]
    paths += [f"/gallery/{job.pk}", f"/jobs/{job.pk}/manifest", "/nope", "/healthz"]
    with CaptureQueriesContext(connection) as queries:
        answers = [client.get(path, headers={"accept": "*/*"}) for path in paths]
        answers.append(client.delete(f"/jobs/{job.pk}"))
        answers.append(client.post(f"/jobs/{job.pk}/cancel", {}, "application/json"))
        answers.append(client.post("/generate", {"prompt": "a fox"}, "application/json"))
    assert [answer.status_code for answer in answers[-3:]] == [401, 401, 200]
    assert not any("django_session" in query["sql"] for query in queries)
    assert not any(answer.cookies for answer in answers)
    assert not any("cookie" in answer.headers.get("Vary", "").lower() for answer in answers)


def test_the_first_account_has_a_password_that_nobody_can_guess(client: Client) -> None:
    first = firstrun.create_admin()
    assert firstrun.create_admin() == ""
    User.objects.all().delete()
    second = firstrun.create_admin()
    assert first != second
    assert min(len(first), len(second)) >= 16
    for guess in ("admin", "password", "", "pixelprompt", first):
        assert not client.login(username="admin", password=guess)
    assert client.login(username="admin", password=second)
    assert second not in f"{list(User.objects.values())}"


def test_no_account_is_made_beside_one_of_an_operator() -> None:
    User.objects.create_superuser("mine")
    assert firstrun.create_admin() == ""
    assert User.objects.count() == 1


def test_a_body_that_never_comes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_bodies, "PATIENCE", 0.05)
    sent: list[Any] = []

    async def application(*words: Any) -> None:
        raise AssertionError("a body that is not whole came through")

    async def never() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(whole_bodies.WholeBodies(application)({"type": "http"}, never, send))
    assert [message.get("status") for message in sent] == [408, None]


def test_static_files_are_what_they_say(client: Client) -> None:
    answer = client.get("/static/js/site.js")
    answer.close()
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"].startswith("text/javascript")
