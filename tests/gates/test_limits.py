"""Limits: exact, in force at once, and free of charge for who is refused."""

import time
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from marshmallow import ValidationError

from generation.gates import limits
from generation.gates.addresses import Client as Visitor
from generation.gates.limits import CountersDown
from generation.models import Counter, Limit, Result, Whitelisted
from generation.networks import parse_address
from pixelprompt import environment
from providers.models import ImageModel
from tests.gates.limiting import CLIENT, allow, jobs, left, order, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("aurora")]
OTHER = "203.0.113.99"


@pytest.mark.usefixtures("each_counter")
def test_an_address_gets_what_it_is_allowed_and_no_more(client: Client) -> None:
    allow("address", 2)
    assert [order(client).status_code for _ in range(4)] == [200, 200, 429, 429]
    assert order(client, OTHER).status_code == 200
    assert jobs() == 3


@pytest.mark.usefixtures("each_counter")
def test_everybody_together_gets_what_is_allowed_and_a_refusal_consumes_nothing(
    client: Client,
) -> None:
    allow("address", 9)
    allow("global", 2)
    addresses = (CLIENT, OTHER, "192.0.2.1", CLIENT)
    assert [order(client, address).status_code for address in addresses] == [200, 200, 429, 429]
    assert jobs() == 2
    assert left(client, "address", CLIENT) == 8
    assert left(client, "address", "192.0.2.1") == 9
    allow("global", 3)
    assert order(client, "192.0.2.1").status_code == 200


@pytest.mark.usefixtures("each_counter")
def test_who_is_refused_by_the_queue_has_consumed_nothing(client: Client, settings: Any) -> None:
    allow("address", 2)
    settings.QUEUE_BOUND = 0
    assert order(client).status_code == 503
    assert left(client) == 2
    assert jobs() == 0


@pytest.mark.usefixtures("each_counter")
@pytest.mark.parametrize(
    "body", [{}, {"prompt": "x", "steps": 0}, {"prompt": "x", "models": ["?"]}]
)
def test_a_request_with_a_mistake_costs_nothing(client: Client, body: dict[str, Any]) -> None:
    allow("address", 2)
    answer = send(client, "/generate", body)
    assert answer.status_code == 400
    assert '"address";r=2;' in answer["RateLimit"]


@pytest.mark.usefixtures("each_counter")
def test_a_repeated_idempotency_key_passes_no_limit(client: Client) -> None:
    allow("address", 1)
    keyed = {"Idempotency-Key": "once"}
    first = order(client, **keyed).json()
    assert order(client, **keyed).json() == first
    assert order(client).status_code == 429
    assert order(client, **keyed).json() == first


def test_the_refusal_is_the_contracts(client: Client) -> None:
    allow("address", 0, Limit.Period.DAY)
    answer = order(client)
    told = answer.json()
    assert answer.status_code == 429
    assert told["error"] == told["code"] == "RATE_LIMIT_EXCEEDED"
    seconds = told["retryAfter"]
    assert answer["Retry-After"] == str(seconds)
    minutes = -(-seconds // 60)
    assert told["message"] == f"Rate limit exceeded. Please try again in {minutes} minutes."
    assert answer["RateLimit-Policy"] == '"address";q=0;w=86400, "global";q=1000;w=3600'
    assert answer["RateLimit"].startswith('"address";r=0;t=')


def test_retry_after_is_the_true_end_of_the_window(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow("address", 1, Limit.Period.MINUTE)
    start = 1_800_000_000.25
    for offset in range(0, 70, 9):
        now = start + offset
        monkeypatch.setattr(time, "time", lambda now=now: now)
        Counter.objects.all().delete()
        assert order(client).status_code == 200
        wait = order(client).json()["retryAfter"]
        assert 1 <= wait <= 60
        monkeypatch.setattr(time, "time", lambda now=now, wait=wait: now + wait - 1)
        assert order(client).status_code == 429
        monkeypatch.setattr(time, "time", lambda now=now, wait=wait: now + wait)
        assert order(client).status_code == 200


def test_success_says_what_is_left(client: Client) -> None:
    allow("address", 5)
    answer = order(client)
    assert '"address";q=5;w=3600' in answer["RateLimit-Policy"]
    assert '"address";r=4;t=' in answer["RateLimit"]
    assert '"global";r=999;t=' in answer["RateLimit"]


def test_limits_tells_what_is_left_and_until_when(client: Client) -> None:
    allow("log", None)
    order(client)
    answer = client.get("/limits", REMOTE_ADDR=CLIENT)
    assert answer["Cache-Control"] == "no-store"
    told = {each.pop("name"): each for each in answer.json()["limits"]}
    assert list(told) == ["address", "global", "enhance", "log", "vote"]
    assert (told["address"]["limit"], told["address"]["left"]) == (50, 49)
    assert told["address"]["window"] == 86_400
    until = datetime.fromisoformat(told["address"]["resetsAt"])
    assert 0 < (until - datetime.now(UTC)).total_seconds() <= 86_400
    assert told["log"] == {"limit": None, "left": None, "window": None, "resetsAt": None}


def test_looking_stores_nothing(client: Client) -> None:
    client.get("/limits")
    client.get("/")
    assert not Counter.objects.exists()


@pytest.mark.usefixtures("each_counter")
@pytest.mark.parametrize(
    ("path", "body"),
    [("/enhance", {"prompt": "a cat"}), ("/log", {"level": "info", "message": "hello"})],
)
def test_enhancing_and_logging_have_limits_of_their_own(
    client: Client, path: str, body: dict[str, Any]
) -> None:
    name = path[1:]
    allow(name, 2)
    allow("address", 0)
    assert send(client, path, {}).status_code == 400
    statuses = [send(client, path, body).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    answer = send(client, path, body)
    assert answer.json()["code"] == "RATE_LIMIT_EXCEEDED"
    assert f'"{name}";r=0;' in answer["RateLimit"]
    assert send(client, path, body, OTHER).status_code == 200


def test_logs_are_a_hundred_an_hour_unless_somebody_says_otherwise(client: Client) -> None:
    answer = send(client, "/log", {"level": "info", "message": "hello"})
    assert answer["RateLimit-Policy"] == '"log";q=100;w=3600'


def test_retrying_and_running_again_pass_the_limits(client: Client) -> None:
    allow("address", 2)
    made = order(client).json()
    result = Result.objects.get()
    Result.objects.filter(pk=result.pk).update(state="error")
    paths = (f"/jobs/{made['jobId']}/results/{result.pk}/retry", f"/jobs/{made['jobId']}/rerun")
    own = {"X-Job-Token": made["jobToken"]}
    assert [send(client, path, {}, **own).status_code for path in paths] == [200, 429]
    assert jobs() == 1


def test_the_form_without_javascript_is_limited_alike(client: Client) -> None:
    allow("address", 1)
    form = {"prompt": "a red fox", "models": ["aurora"], "listed": "on"}
    assert client.post("/", form, REMOTE_ADDR=CLIENT).status_code == 302
    refused = client.post("/", form, REMOTE_ADDR=CLIENT)
    assert refused.status_code == 429
    assert "That is all for now." in refused.content.decode()
    assert jobs() == 1


def test_the_studio_knows_what_is_left(client: Client) -> None:
    order(client)
    shown = client.get("/", REMOTE_ADDR=CLIENT).context["allowance"]
    assert (shown["left"], shown["limit"]) == (49, 50)
    assert shown["resets_at"] > datetime.now(UTC)
    allow("address", None)
    assert client.get("/", REMOTE_ADDR=CLIENT).context["allowance"] is None


def test_ipv6_neighbours_share_one_allowance(client: Client) -> None:
    allow("address", 1)
    assert order(client, "2001:db8:1:2::1").status_code == 200
    assert order(client, "2001:db8:1:2:ffff::2").status_code == 429
    assert order(client, "2001:db8:1:3::1").status_code == 200


def test_requests_without_an_address_share_one_allowance(client: Client) -> None:
    allow("address", 1)
    assert [order(client, address).status_code for address in ("", "junk")] == [200, 429]


@pytest.mark.usefixtures("dead_redis")
class TestRedisBeingDown:
    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("/generate", {"prompt": "a red fox"}),
            ("/enhance", {"prompt": "a cat"}),
            ("/log", {"level": "info", "message": "hello"}),
        ],
    )
    def test_is_a_503_and_nothing_is_made(self, client: Client, path: str, body: Any) -> None:
        answer = send(client, path, body)
        assert answer.status_code == 503
        assert answer.json()["code"] == "SERVICE_UNAVAILABLE"
        assert answer["Retry-After"] == str(answer.json()["retryAfter"])
        assert jobs() == 0

    def test_leaves_what_is_not_limited_alone(self, client: Client) -> None:
        assert client.get("/limits").status_code == 503
        assert client.get("/").context["allowance"] is None
        assert client.get("/models").status_code == 200
        form = {"prompt": "a red fox", "models": ["aurora"]}
        assert client.post("/", form).status_code == 503

    def test_is_never_free(self) -> None:
        with pytest.raises(CountersDown):
            limits.count(Visitor(parse_address(CLIENT)), limits.ADDRESS)


def test_a_missing_row_is_the_first_value_and_never_free(client: Client, settings: Any) -> None:
    Limit.objects.all().delete()
    settings.IP_LIMIT = 1
    assert [order(client).status_code for _ in range(2)] == [200, 429]


def test_the_first_values_are_the_environments(settings: Any) -> None:
    Limit.objects.all().delete()
    settings.IP_LIMIT, settings.GLOBAL_LIMIT = 7, 70
    settings.IP_INCLUDE = ["198.51.100.7", "10.0.0.0/8", "10.0.0.0/8"]
    import_module("generation.migrations.0004_limits").first_values(apps, None)
    import_module("generation.migrations.0013_votes").first_value(apps, None)
    rates = {limit.name: limit.allowed for limit in Limit.objects.all()}
    assert rates.keys() == set(Limit.Name)
    assert (rates["address"], rates["global"]) == (7, 70)
    listed = Whitelisted.objects.values_list("network", flat=True)
    assert sorted(listed) == ["10.0.0.0/8", "198.51.100.7/32"]


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (environment.networks, ["10.0.0.0/8", "proxy.example.org"]),
        (environment.networks, ["10.0.0.1/8"]),
        (environment.cache_url, "memcached://localhost"),
        (environment.cache_url, "redis:"),
    ],
)
def test_a_wrong_variable_stops_the_start(check: Any, value: Any) -> None:
    with pytest.raises(ValidationError):
        check(value)


def test_the_installations_own_example_passes_no_limit(aurora: ImageModel) -> None:
    allow("address", 0)
    limits.count(None, limits.ADDRESS)
