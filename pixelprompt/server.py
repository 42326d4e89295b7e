"""How `serve` runs uvicorn."""

from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from generation.live import watcher

LONGEST_HEAD = 64 * 1024  # bytes of a request that are not its body


class BoundedHeads(HttpToolsProtocol):
    """llhttp collects a head, or the trailers of a body in chunks, however long they are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._room = LONGEST_HEAD

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._room = LONGEST_HEAD

    def on_body(self, body: bytes) -> None:
        super().on_body(body)
        self._room += len(body)

    def data_received(self, data: bytes) -> None:
        self._room -= len(data)
        super().data_received(data)
        if self._room < 0 and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")


class Server(uvicorn.Server):
    """Ends the streams of events when it stops: no other answer takes long."""

    async def shutdown(self, sockets: Any = None) -> None:
        watcher.end_all()
        await super().shutdown(sockets)


def server(application: Any) -> Server:
    """A server for this application, or for the one that has this name."""
    return Server(
        uvicorn.Config(
            application,
            http=BoundedHeads,
            ws="none",
            log_config=None,
            access_log=False,
            lifespan="on",
            timeout_graceful_shutdown=5,
            server_header=False,
            proxy_headers=False,
        )
    )
