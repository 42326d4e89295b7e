"""Django's answers arrive whole and in order, however many pieces they have."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from pixelprompt.bridge import Bridge

Message = dict[str, Any]


def answering(*pieces: bytes) -> Any:
    def application(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        yield from pieces

    return application


async def ask(application: Any, send: Any) -> None:
    scope = {
        "type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [],
        "http_version": "1.1", "scheme": "http", "server": ("localhost", 80),
    }  # fmt: skip
    await Bridge(application, workers=1)(scope, None, send)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 40])
def test_every_piece_arrives_in_order(count: int) -> None:
    pieces = [b"%d " % number for number in range(count)]
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(ask(answering(*pieces), send))
    head, *rest = sent
    assert (head["type"], head["status"]) == ("http.response.start", 200)
    assert b"".join(message["body"] for message in rest) == b"".join(pieces)
    assert [message.get("more_body", False) for message in rest] == [True] * count + [False]


def test_a_slow_reader_holds_a_long_answer_back() -> None:
    made: list[int] = []
    taken: list[int] = []

    def application(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        for number in range(60):
            made.append(number)
            yield b"x"

    async def send(message: Message) -> None:
        await asyncio.sleep(0.001)
        taken.append(len(made))

    asyncio.run(ask(application, send))
    assert taken[5] < 30
    assert len(made) == 60
