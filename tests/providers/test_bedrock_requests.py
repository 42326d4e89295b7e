"""Requests for Bedrock: whose credentials they carry, where they go, and that boto3 sends none."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore import exceptions as aws

from providers import bedrock_requests
from providers.bedrock_requests import Signed, signed
from providers.errors import (
    InvalidKey,
    InvalidRequest,
    NotAllowed,
    OutcomeUnknown,
    ProviderError,
    TimedOut,
    Unreachable,
)
from providers.messages import Account, ImageRequest
from tests.fakes import FakeProviders, behaviours
from tests.fakes.bedrock import Bedrock
from tests.providers.drawing import PROMPT, Caller, Meet

CORE = "stability.stable-image-core-v1:1"
NOVA = "amazon.nova-canvas-v1:0"
ENVIRONMENT = ("AWS_BEARER_TOKEN_BEDROCK", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
STRANGER = "AKIASTRANGER00000001"


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A machine on which AWS finds no credentials."""
    for name in (*ENVIRONMENT, "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    bedrock_requests._session.cache_clear()
    yield
    bedrock_requests._session.cache_clear()


@pytest.fixture
def caller(meet: Meet) -> Caller:
    return meet("bedrock")


def written(key: str = "a:b", region: str = "us-west-2", **account: Any) -> Signed:
    arguments = {"modelId": CORE, "body": "{}"}
    return signed(Account("bedrock", key=key, **account), region, "invoke_model", **arguments)


def failing(**changes: Any) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        written(**changes)
    assert caught.value.__context__ is None
    return caught.value


# Whose credentials


def test_a_key_of_two_parts_signs(caller: Caller) -> None:
    caller.draw()
    [call] = caller.fakes.charged
    assert call.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIACANARY")
    assert "/us-west-2/bedrock/" in call.headers["authorization"]


@pytest.mark.parametrize("environment", [False, True])
def test_a_key_of_one_part_is_a_bearer(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, environment: bool
) -> None:
    if environment:
        strangers(monkeypatch)
    caller.key = Bedrock.api_key
    caller.draw()
    [call] = caller.fakes.charged
    assert call.headers["authorization"] == f"Bearer {Bedrock.api_key}"
    assert "x-amz-date" not in call.headers


def test_a_key_of_two_parts_goes_before_what_the_environment_holds(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    strangers(monkeypatch)
    caller.draw()
    assert STRANGER not in caller.fakes.ledger[-1].headers["authorization"]


@pytest.mark.parametrize("key", ["", "N/A", "n/a", " "])
def test_without_a_key_aws_finds_the_credentials(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    access_id, _, secret = caller.key.partition(":")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", access_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    caller.adapter(key=key).generate(ImageRequest(PROMPT))
    assert access_id in caller.fakes.charged[-1].headers["authorization"]


def test_without_a_key_aws_also_finds_an_api_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", Bedrock.api_key)
    assert written(key="").headers["Authorization"] == f"Bearer {Bedrock.api_key}"
    error = failing(key="", base_url="http://proxy.lan")
    assert type(error) is NotAllowed


@pytest.mark.parametrize("key", ["", "N/A"])
def test_where_aws_finds_none_nothing_is_sent(caller: Caller, key: str) -> None:
    error = caller.failure(key=key)
    assert type(error) is InvalidKey
    assert error.uncharged
    assert "credentials" in error.public_message
    assert error.detail == "boto3: NoCredentialsError"
    assert caller.fakes.traffic == []


def test_credentials_that_appear_later_are_found(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert type(caller.failure(key="")) is InvalidKey
    access_id, _, secret = caller.key.partition(":")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", access_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    caller.adapter(key="").generate(ImageRequest(PROMPT))


def strangers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the environment hold somebody else's credentials."""
    for name in ENVIRONMENT:
        monkeypatch.setenv(name, STRANGER)


# Where to


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-west-2", "bedrock-runtime.us-west-2.amazonaws.com"),
        ("cn-north-1", "bedrock-runtime.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_a_region_has_its_address(region: str, host: str) -> None:
    request = written(region=region)
    assert request.url == f"https://{host}/model/{CORE.replace(':', '%3A')}/invoke"
    assert f"/{region}/bedrock/" in request.headers["Authorization"]


def test_only_the_account_names_another_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://storage.lan:9000")
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "http://storage.lan:9000")
    assert written().url.startswith("https://bedrock-runtime.us-west-2.amazonaws.com/")
    proxied = written(base_url="https://proxy.example/aws/")
    assert proxied.url.startswith("https://proxy.example/aws/model/")


def test_without_a_region_a_model_is_asked_where_it_is_served(caller: Caller) -> None:
    caller.adapter(model_id=NOVA).generate(ImageRequest(PROMPT))
    assert "/us-east-1/bedrock/" in caller.fakes.ledger[-1].headers["authorization"]


def test_the_accounts_region_goes_before_the_models(caller: Caller) -> None:
    adapter = caller.adapter(model_id=NOVA)
    adapter.account = Account("bedrock", caller.key, caller.base_url, region="eu-west-1")
    adapter.generate(ImageRequest(PROMPT))
    assert "/eu-west-1/bedrock/" in caller.fakes.ledger[-1].headers["authorization"]


@pytest.mark.parametrize("region", ["us west", "evil.example/", "us-west-2#", "x" * 64])
def test_an_odd_region_is_refused(region: str) -> None:
    error = failing(region=region)
    assert type(error) is InvalidRequest
    assert "region" in error.public_message


@pytest.mark.parametrize("base_url", ["nowhere", "https://", "https://two words/"])
def test_an_odd_address_is_refused(caller: Caller, base_url: str) -> None:
    error = caller.failure(base_url=base_url)
    assert type(error) in (InvalidRequest, NotAllowed)
    assert error.uncharged


# What goes wrong before anything is sent


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (aws.NoCredentialsError(), InvalidKey),
        (aws.PartialCredentialsError(provider="env", cred_var="x"), InvalidKey),
        (aws.CredentialRetrievalError(provider="sso", error_msg="x"), InvalidKey),
        (aws.ProfileNotFound(profile="x"), InvalidKey),
        (aws.ClientError({"Error": {"Code": "AccessDenied"}}, "AssumeRole"), InvalidKey),
        (aws.EndpointConnectionError(endpoint_url="https://sts"), Unreachable),
        (aws.ConnectTimeoutError(endpoint_url="https://sts"), Unreachable),
        (aws.ReadTimeoutError(endpoint_url="https://sts"), Unreachable),
        (aws.ParamValidationError(report="x"), InvalidRequest),
        (aws.InvalidRegionError(region_name="x"), InvalidRequest),
        (ValueError("Invalid endpoint: x"), NotAllowed),
    ],
)
def test_trouble_of_boto3_is_ours_and_proves_that_nothing_was_sent(
    monkeypatch: pytest.MonkeyPatch, problem: Exception, kind: type[ProviderError]
) -> None:
    def fail(session: object, **options: object) -> None:
        raise problem

    monkeypatch.setattr(bedrock_requests._Session, "client", fail)
    error = failing()
    assert type(error) is kind
    assert error.uncharged
    assert error.detail == f"boto3: {type(problem).__name__}"


def test_a_model_without_an_id_is_an_invalid_request(caller: Caller) -> None:
    assert type(caller.failure(model_id="")) is InvalidRequest


# How


def test_boto3_itself_opens_no_connection(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    connect = socket.create_connection

    def noted(address: Any, *rest: Any, **options: Any) -> socket.socket:
        opened.append(address)
        return connect(address, *rest, **options)

    monkeypatch.setattr("urllib3.util.connection.create_connection", noted)
    caller.draw()
    assert opened == []
    assert len(caller.fakes.ledger) == 1


def test_an_error_is_not_tried_again(caller: Caller) -> None:
    for status in (429, 500, 503):
        caller.fakes.reset()
        caller.plan(behaviours.status(status))
        caller.failure()
        assert len(caller.fakes.ledger) == 1


def test_an_answer_that_is_too_large_is_cut_off(caller: Caller) -> None:
    caller.plan(behaviours.huge_stream())
    assert "larger than 40 MB" in caller.failure().public_message


def test_time_that_is_up_before_anything_is_sent_costs_nothing(caller: Caller) -> None:
    error = caller.failure(timeout=0)
    assert type(error) is TimedOut
    assert error.uncharged


def test_the_deadline_holds_against_a_dripping_answer(caller: Caller) -> None:
    caller.draw()
    caller.plan(behaviours.drip())
    assert type(caller.failure(timeout=1)) is OutcomeUnknown


def test_accounts_draw_side_by_side(fakes: FakeProviders, caller: Caller) -> None:
    """Many threads at once, the first of whom finds no session yet."""
    start = threading.Barrier(8)

    def draw(number: int) -> str:
        start.wait()
        adapter = caller.adapter(key=[caller.key, Bedrock.api_key][number % 2])
        return adapter.generate(ImageRequest(f"fox {number}")).prompt_sent

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(draw, range(8))) == [f"fox {number}" for number in range(8)]
    sent = {call.prompt: call.headers["authorization"][:6] for call in fakes.charged}
    assert [sent[f"fox {n}"] for n in range(8)] == ["AWS4-H", "Bearer"] * 4
