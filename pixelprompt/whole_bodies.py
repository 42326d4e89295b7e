"""Request bodies are read by the event loop before a thread is taken for them.

A thread that waits for a slow body answers nobody else: sixteen connections that send half a body
each would silence the whole server.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

AHEAD = 64 * 1024 + 1  # bytes; more than any request of ours may have
PATIENCE = 20.0  # seconds that a client may take to send them


class WholeBodies:
    """Hands the application up to AHEAD bytes in one piece, and passes on the rest as it comes."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        try:
            async with asyncio.timeout(PATIENCE):
                first = await ahead(receive)
        except TimeoutError:
            return await too_slow(send)
        if first is not None:
            await self.app(scope, replaying(first, receive), send)


async def ahead(receive: Receive) -> Message | None:
    """One message with the body so far, or None if the client is gone."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if not more or len(body) >= AHEAD:
            return {"type": "http.request", "body": bytes(body), "more_body": more}


def replaying(first: Message, receive: Receive) -> Receive:
    waiting = [first]

    async def next_message() -> Message:
        return waiting.pop() if waiting else await receive()

    return next_message


async def too_slow(send: Send) -> None:
    headers = [(b"content-length", b"0"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 408, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
