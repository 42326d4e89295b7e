"""Settings that are kept in AWS: a secret of Secrets Manager, parameters under a path of SSM.

They are read once, when the process starts, before any other setting; on Lambda that is the cold
start.
"""

import json
from collections.abc import Mapping
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.exceptions import ImproperlyConfigured

# A start that cannot read its settings fails soon enough to be told before Lambda's own timeout.
PATIENCE = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 2})


def read(source: Mapping[str, str]) -> dict[str, str]:
    """Variables from where SECRETS_ARN and SECRETS_PARAMETER_PATH point; ImproperlyConfigured, in
    one sentence that holds no value, when they cannot be read."""
    region = source.get("AWS_REGION") or source.get("AWS_DEFAULT_REGION") or None
    found: dict[str, str] = {}
    if arn := source.get("SECRETS_ARN"):
        with told("SECRETS_ARN", arn):
            found |= from_secret(arn, region)
    if path := source.get("SECRETS_PARAMETER_PATH"):
        with told("SECRETS_PARAMETER_PATH", path):
            found |= from_parameters(path, region)
    return found


def from_secret(arn: str, region: str | None) -> dict[str, str]:
    """The secret's JSON object, each member a variable."""
    client: Any = boto3.client("secretsmanager", region_name=region, config=PATIENCE)
    values = json.loads(client.get_secret_value(SecretId=arn).get("SecretString", ""))
    if not isinstance(values, dict) or not all(is_plain(value) for value in values.values()):
        raise ValueError("it is no JSON object of texts and numbers")
    return {name: str(value) for name, value in values.items()}


def is_plain(value: object) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def from_parameters(path: str, region: str | None) -> dict[str, str]:
    """Each parameter below the path, named by what follows the path."""
    client: Any = boto3.client("ssm", region_name=region, config=PATIENCE)
    pages = client.get_paginator("get_parameters_by_path").paginate(Path=path, WithDecryption=True)
    found = {
        parameter["Name"].rpartition("/")[2]: str(parameter["Value"])
        for page in pages
        for parameter in page["Parameters"]
    }
    if not found:
        raise ValueError("there is no parameter below it")
    return found


@contextmanager
def told(variable: str, place: str) -> Any:
    """Whatever goes wrong as one sentence."""
    try:
        yield
    except ClientError as problem:
        reason = f"AWS answered {problem.response['Error']['Code']}"
    except BotoCoreError as problem:
        reason = f"AWS cannot be asked: {type(problem).__name__}"
    except json.JSONDecodeError:
        reason = "it is not JSON"
    except ValueError as problem:
        reason = str(problem)
    else:
        return
    raise ImproperlyConfigured(f"The settings in {place} ({variable}) cannot be read: {reason}.")
