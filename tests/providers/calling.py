"""How tests call: with a key that must never show, and a helper that looks for it everywhere."""

import socket
import time
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from providers.errors import ProviderError
from providers.transport import Transport
from tests.providers.servers import Script, Server, here

CANARY = "canary-" + "5f3a91"
KEY = {"Authorization": f"Bearer {CANARY}"}
# Seconds: too few to get through, and enough to send a request even on a busy machine.
SHORT, LONG = 0.4, 1.5
PATIENCE = 10

Action = Callable[[Transport, str], Any]


def post(transport: Transport, url: str) -> Any:
    return transport.post(url, headers=KEY, json={"prompt": CANARY})


def get(transport: Transport, url: str) -> Any:
    return transport.get(url, headers=KEY)


def download(transport: Transport, url: str) -> Any:
    return transport.download(url)


def failure(action: Action, transport: Transport, url: str) -> ProviderError:
    """The error this ends in, in good time and without a word of what is secret."""
    started = time.monotonic()
    with pytest.raises(ProviderError) as caught:
        action(transport, url)
    error = caught.value
    assert time.monotonic() - started < PATIENCE
    told = [str(error), repr(error), error.public_message, *traceback.format_exception(error)]
    assert CANARY not in "".join(told)
    assert error.__context__ is None
    return error


def outcome(action: Action, script: Script, timeout: float = 20) -> ProviderError:
    with Server(script) as server:
        error = failure(action, here(timeout), server.url(f"/v1?token={CANARY}"))
        assert len(server.requests) == 1
    return error


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Let every name have these addresses."""
    resolve = socket.getaddrinfo

    def found(host: str, port: int, **options: Any) -> list[Any]:
        return [info for address in addresses for info in resolve(address, port, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", found)
