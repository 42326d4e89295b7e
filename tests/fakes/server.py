"""The HTTP server: one socket for every provider, and what a test can ask and order."""

import contextlib
import socket
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.fakes.messages import Headers, Request
from tests.fakes.wire import Wire


class Listener(ThreadingHTTPServer):
    """A thread per connection, and a backlog that hundreds of callers fit in."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024

    def __init__(
        self, address: tuple[str, int], handle: Callable[[Request, socket.socket], Wire]
    ) -> None:
        self.handle_call = handle
        self.connections: set[socket.socket] = set()
        self.accepted = 0
        self.idle = threading.Condition()
        super().__init__(address, Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self.idle:
            self.connections.add(request)
            self.accepted += 1
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self.idle:
            self.connections.discard(request)
            self.idle.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Callers that vanish are part of the game; anything else is a fault of the fake."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def hang_up(self, timeout: float = 5) -> None:
        """Cut every connection and wait until its thread has let go of it."""
        with self.idle:
            for connection in self.connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self.idle.wait_for(lambda: not self.connections, timeout)


class Handler(BaseHTTPRequestHandler):
    """Reads one request at a time and hands it over."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Listener

    def respond(self) -> None:
        parts = urlsplit(self.path)
        request = Request(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers=Headers(self.headers.items()),
            content=self.content(),
        )
        wire = self.server.handle_call(request, self.connection)
        self.close_connection = self.close_connection or not wire.keep_alive

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = respond

    def content(self) -> bytes:
        """The body, whole: a caller that is killed while it sends has asked for nothing."""
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return b"".join(iter(self.chunk, b""))
        length = self.headers.get("Content-Length", "0")
        return self.exactly(int(length) if length.isdigit() else 0)

    def exactly(self, size: int) -> bytes:
        data = self.rfile.read(size)
        if len(data) < size:
            raise ConnectionAbortedError("the caller left before it had sent all")
        return data

    def chunk(self) -> bytes:
        size = int(self.rfile.readline().partition(b";")[0], 16)
        data = self.exactly(size)
        self.rfile.readline()
        return data

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the ledger holds it all."""
