"""Requests for Bedrock: boto3 writes and signs them, our own transport sends them.

boto3 knows the addresses of AWS, its signatures and all the places where credentials may be. Left
to itself it would also send: without a deadline for the whole, and to whatever the address turns
out to be. So it is stopped at the point where it would open a connection.
"""

import logging
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import boto3
from botocore import UNSIGNED
from botocore.awsrequest import AWSPreparedRequest
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointProviderError,
    HTTPClientError,
    InvalidEndpointConfigurationError,
    InvalidRegionError,
    ParamValidationError,
)
from botocore.exceptions import ConnectionError as NoConnection

from providers.errors import InvalidKey, InvalidRequest, NotAllowed, ProviderError, Unreachable
from providers.messages import Account

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient

# Its debug lines hold prompts, access ids and signatures.
logging.getLogger("botocore").setLevel(logging.WARNING)

NO_REGION = "AWS knows no such region, or not at this address. An operator must check the account."
NO_CREDENTIALS = "No credentials for AWS were found. An operator must check them."
NOBODY_TO_ASK = "AWS could not be reached for credentials."
MEANINGS: tuple[tuple[type[Exception], type[ProviderError], str], ...] = (
    (HTTPClientError, Unreachable, NOBODY_TO_ASK),
    (NoConnection, Unreachable, NOBODY_TO_ASK),
    (ParamValidationError, InvalidRequest, ""),
    (InvalidRegionError, InvalidRequest, NO_REGION),
    (EndpointProviderError, InvalidRequest, NO_REGION),
    (InvalidEndpointConfigurationError, NotAllowed, ""),  # no bearer goes over plain http
    (BotoCoreError, InvalidKey, NO_CREDENTIALS),
    (ClientError, InvalidKey, NO_CREDENTIALS),  # of the service that hands credentials out
    (ValueError, NotAllowed, ""),  # of the endpoint's address
)
"""What boto3's troubles mean, the first that fits. It has sent nothing to Bedrock by then."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A request that is ready to be sent, exactly as it stands."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)


class _ReadyToSend(Exception):
    def __init__(self, request: AWSPreparedRequest) -> None:
        super().__init__()
        self.request = request


class _Session:
    """boto3's session, which keeps credentials. Its clients share what is dear: 3 ms, not 100."""

    def __init__(self) -> None:
        self._session = boto3.Session()
        self._lock = threading.Lock()

    def client(self, **options: Any) -> "BedrockRuntimeClient":
        # Its sessions are not made for several threads, its clients are.
        with self._lock:
            client: BedrockRuntimeClient = self._session.client("bedrock-runtime", **options)
        client.meta.events.register("before-send.bedrock-runtime", _stop)
        return client


@cache
def _session(chain: bool) -> _Session:
    """This process's own. Who has a key does not wait for others' credentials to be found."""
    return _Session()


os.register_at_fork(after_in_child=_session.cache_clear)


def signed(account: Account, region: str, operation: str, **arguments: Any) -> Signed:
    """The request for an operation, or a `ProviderError` that is proof that nothing was sent."""
    try:
        client = _session(is_chain(account.key)).client(
            region_name=region,
            endpoint_url=account.base_url.rstrip("/") or None,
            **_identity(account.key),
        )
        getattr(client, operation)(**arguments)
    except _ReadyToSend as ready:
        return _copied(ready.request, account.key)
    except (BotoCoreError, ClientError, ValueError) as problem:
        failure = _failure(problem)
    raise failure


def is_chain(key: str) -> bool:
    """Whether AWS is to find the credentials where it usually does."""
    return key.strip().upper() in ("", "N/A")


def is_token(key: str) -> bool:
    """Whether this is a Bedrock API key, and not ACCESS_ID:SECRET."""
    return not is_chain(key) and ":" not in key


def _identity(key: str) -> dict[str, Any]:
    """The options of a client. What they leave open, the environment may fill in."""
    fixed: dict[str, Any] = {
        "retries": {"mode": "standard", "total_max_attempts": 1},
        "ignore_configured_endpoint_urls": True,  # they are often for a storage of one's own
    }
    if is_chain(key):
        return {"config": Config(**fixed)}
    if is_token(key):
        return {"config": Config(**fixed, signature_version=UNSIGNED)}
    access_id, _, secret = key.partition(":")
    config = Config(**fixed, signature_version="v4")
    return {"config": config, "aws_access_key_id": access_id, "aws_secret_access_key": secret}


def _stop(request: AWSPreparedRequest, **facts: object) -> None:
    raise _ReadyToSend(request)


def _copied(request: AWSPreparedRequest, key: str) -> Signed:
    headers = {name: _text(value) for name, value in request.headers.items()}
    if is_token(key):
        headers["Authorization"] = f"Bearer {key}"
    return Signed(request.url, headers, cast(bytes, request.body))


def _text(value: str | bytes) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else value


def _failure(problem: Exception) -> ProviderError:
    kind, public = next((k, p) for sort, k, p in MEANINGS if isinstance(problem, sort))
    return kind(public, detail=f"boto3: {type(problem).__name__}")
