"""Connections that look before they speak.

urllib3 opens and keeps the connections; these subclasses add what it has no setting for. The
address that a connection really has is judged before a byte leaves, TLS included, so neither a
redirect nor a name that changes its address gets around it. The deadline watches every connection.
A connection that has idled for long is not trusted with a request that costs money.
"""

import http.client
import io
import logging
import os
import socket
import ssl
import time
from collections.abc import Iterable
from functools import cache
from typing import Any, ClassVar

import certifi
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

from providers import calls
from providers.calls import OversizeError
from providers.errors import NotAllowed

IDLE_SECONDS = 15
FRAMING_BYTES = 2**20
HOSTS_KEPT = 32
CONNECTIONS_KEPT = 256

# urllib3 writes whole addresses into its debug lines and warnings; those of pictures are signed.
logging.getLogger("urllib3").setLevel(logging.ERROR)


class _Metered(io.RawIOBase):
    """What a peer sends, up to a limit.

    http.client holds no line of chunked framing against a limit, and reads to the end of the stream
    for a chunk of a negative length.
    """

    def __init__(self, raw: io.RawIOBase, limit: int) -> None:
        self._raw = raw
        self._left = limit
        self.ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        count = self._raw.readinto(buffer)
        self.ended = count == 0
        self._left -= count or 0
        if self._left < 0:
            raise OversizeError
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _MeteredResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        # Chunks of a single byte cost six.
        limit = 2 * calls.current().max_bytes + FRAMING_BYTES
        self._meter = _Metered(self.fp.detach(), limit)
        self.fp = io.BufferedReader(self._meter)

    def begin(self) -> None:
        super().begin()
        if self._meter.ended:
            # http.client takes the end of the stream for the end of the headers.
            raise http.client.IncompleteRead(b"")


class GuardedConnection(HTTPConnection):
    """Connects where the current call may go, and tells it when bytes begin to leave."""

    encrypted: ClassVar[bool] = False
    response_class = _MeteredResponse
    _rested_at = (0.0, 0.0)

    def _new_conn(self) -> socket.socket:
        try:
            return calls.current().open(self.host, self.port, encrypted=self.encrypted)
        except OSError as problem:
            # urllib3 passes over a bare ECONNRESET, which it takes for one while sending.
            raise NewConnectionError(self, type(problem).__name__) from problem

    def send(self, data: Any) -> None:
        if self.sock is None:
            # http.client connects no earlier than here; this alone sends nothing.
            self.connect()
        calls.current().sent = True
        super().send(data)

    def rest(self) -> None:
        """Wait for another call, which the deadline of this one must not cut."""
        self._rested_at = (time.monotonic(), time.time())
        call = calls.current()
        call.finish()
        if call.cut:
            self.close()

    def resume(self) -> None:
        """Serve another call; on a fresh connection if this one cannot be relied on."""
        # The monotonic clock stands still while Lambda freezes a process; the other one may jump.
        seconds = max(time.monotonic() - self._rested_at[0], time.time() - self._rested_at[1])
        if self.sock is None:
            return
        if seconds >= IDLE_SECONDS:
            self.close()
            return
        try:
            calls.current().take(self.sock, self.host, encrypted=self.encrypted)
        except (OSError, NotAllowed):
            self.close()


class GuardedTLSConnection(GuardedConnection, HTTPSConnection):
    """The same, encrypted: the guard comes before the handshake."""

    encrypted: ClassVar[bool] = True


class _Pool(HTTPConnectionPool):
    ConnectionCls = GuardedConnection

    def _get_conn(self, timeout: float | None = None) -> Any:
        connection = super()._get_conn(timeout)
        if isinstance(connection, GuardedConnection):
            connection.resume()
        return connection

    def _put_conn(self, conn: Any) -> None:
        if isinstance(conn, GuardedConnection):
            conn.rest()
        super()._put_conn(conn)


class _TLSPool(_Pool, HTTPSConnectionPool):
    ConnectionCls = GuardedTLSConnection


class _Trust(ssl.SSLContext):
    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
        """Not again: urllib3 calls it for each connection while OpenSSL may be reading the list."""


def _trust() -> ssl.SSLContext:
    context = _Trust(ssl.PROTOCOL_TLS_CLIENT)
    ssl.SSLContext.set_alpn_protocols(context, ["http/1.1"])
    context.load_verify_locations(certifi.where())
    return context


# Loading the certificates takes 30 ms, so all connections share them.
TRUST = _trust()


class Wire(HTTPAdapter):
    """requests' way to the network, with guarded connections. It retries and redirects nothing."""

    def __init__(self) -> None:
        super().__init__(pool_connections=HOSTS_KEPT, pool_maxsize=CONNECTIONS_KEPT)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, ssl_context=TRUST, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Nothing: the shared context verifies, and must not be loaded anew each time."""


@cache
def wire() -> Wire:
    """This process's own: two processes must not speak on one connection."""
    return Wire()


os.register_at_fork(after_in_child=wire.cache_clear)
