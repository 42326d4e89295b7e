"""Keeps the answer of `/events/{jobId}` open, and sends each new snapshot when it exists.

Django answers first, as for any other request: with an error, or with the snapshot as it is. Only a
stream of events that may go on (it has an ETag) stays open, and takes no thread meanwhile.
"""

import asyncio
from uuid import UUID

from generation.live import Stream, Watcher
from pixelprompt.whole_bodies import App, Message, Receive, Send

PREFIX = "/events/"


class Push:
    """ASGI: an application whose streams of events go on."""

    def __init__(self, app: App, watcher: Watcher, base_url: str) -> None:
        self.app = app
        self.watcher = watcher
        self.base_url = base_url

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if not is_asked_for(scope):
            return await self.app(scope, receive, send)
        first = FirstAnswer(send)
        await self.app(scope, receive, first)
        if first.version is None:
            return
        origin = self.base_url or origin_of(scope)
        job_id = UUID(scope["path"].removeprefix(PREFIX))
        stream = Stream(job_id, origin, first.version)
        if self.watcher.add(stream):
            try:
                await push(stream, receive, send)
            finally:
                self.watcher.remove(stream)
        await send({"type": "http.response.body", "body": b""})


class FirstAnswer:
    """Passes Django's answer on, and leaves it open where more may come: `version` is known then.

    Open answers have no length, so the one that Django counted goes.
    """

    def __init__(self, send: Send) -> None:
        self.send = send
        self.version: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = dict(message["headers"])
            etag = headers.get(b"etag", b"")
            if headers.get(b"content-type", b"").startswith(b"text/event-stream") and etag:
                self.version = int(etag.strip(b'"'))
                kept = [item for item in message["headers"] if item[0] != b"content-length"]
                message = {**message, "headers": kept}
        elif self.version is not None:
            message = {**message, "more_body": True}
        await self.send(message)


def is_asked_for(scope: Message) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    path: str = scope["path"]
    return path.startswith(PREFIX)


def origin_of(scope: Message) -> str:
    """As Django builds it, who has checked the host already."""
    host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    return f"{scope['scheme']}://{host}"


async def push(stream: Stream, receive: Receive, send: Send) -> None:
    """Send what is new until the stream ends or the client is gone."""
    gone = asyncio.create_task(disconnected(receive))
    gone.add_done_callback(lambda _: stream.end())
    try:
        async for event in stream.events():
            await send({"type": "http.response.body", "body": event, "more_body": True})
    finally:
        gone.cancel()


async def disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
