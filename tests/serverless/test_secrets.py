"""Settings kept in Secrets Manager and in SSM, read from moto's server as at a cold start."""

import json
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from pixelprompt.environment import Environment
from tests.serverless.aws import client

NOWHERE = Path("/nowhere")


def secret(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    arn = client("secretsmanager").create_secret(Name=name, SecretString=text)["ARN"]
    monkeypatch.setenv("SECRETS_ARN", arn)


def problem() -> str:
    with pytest.raises(ImproperlyConfigured) as told:
        Environment(NOWHERE)
    assert "\n" not in str(told.value)
    return str(told.value)


def test_a_secret_fills_the_environment(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {"SECRET_KEY": "kept", "MODEL_COUNT": 1, "MODEL_1_KEY": "sk-1", "CACHE_URL": ""}
    secret(monkeypatch, "all", json.dumps(kept))
    monkeypatch.delenv("SECRET_KEY", raising=False)
    source = Environment(NOWHERE).source
    assert source["SECRET_KEY"] == "kept"
    assert source["MODEL_COUNT"] == "1"
    assert "CACHE_URL" not in source


def test_parameters_fill_the_environment(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(12):  # more than one page of SSM's
        client("ssm").put_parameter(
            Name=f"/pixelprompt/dev/MODEL_{number}_KEY", Value=f"k{number}", Type="SecureString"
        )
    monkeypatch.setenv("SECRETS_PARAMETER_PATH", "/pixelprompt/dev")
    source = Environment(NOWHERE).source
    assert [source[f"MODEL_{number}_KEY"] for number in range(12)] == [f"k{n}" for n in range(12)]


def test_the_process_environment_wins(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    secret(monkeypatch, "wins", json.dumps({"LOG_LEVEL": "DEBUG", "HOST": "::1"}))
    monkeypatch.setenv("LOG_LEVEL", "ERROR")
    monkeypatch.delenv("HOST", raising=False)
    source = Environment(NOWHERE).source
    assert (source["LOG_LEVEL"], source["HOST"]) == ("ERROR", "::1")


@pytest.mark.parametrize("text", ["canary", '["canary"]', '{"MODEL_1_KEY": {"a": "canary"}}'])
def test_a_secret_of_another_shape_is_one_sentence_without_it(
    aws: None, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    secret(monkeypatch, f"odd-{len(text)}", text)
    told = problem()
    assert "(SECRETS_ARN) cannot be read: it is no" in told
    assert "canary" not in told


def test_a_missing_secret_is_one_sentence(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRETS_ARN", "none-of-this-name")
    assert problem() == (
        "The settings in none-of-this-name (SECRETS_ARN) cannot be read: "
        "AWS answered ResourceNotFoundException."
    )


def test_an_empty_path_is_one_sentence(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRETS_PARAMETER_PATH", "/nothing/here")
    assert problem().endswith("cannot be read: there is no parameter below it.")


def test_aws_that_is_away_is_one_sentence(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("SECRETS_ARN", "any")
    assert problem().endswith("AWS cannot be asked: EndpointConnectionError.")
