"""Servers that misbehave, each in a few lines: a script says what happens on a connection."""

import contextlib
import os
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from types import TracebackType

from providers.transport import PrivateHosts, Transport

HERE = PrivateHosts.parse(["127.0.0.1"])


class Peer:
    """The server's side of one connection."""

    def __init__(self, sock: socket.socket, over: threading.Event) -> None:
        self.sock = sock
        self.over = over

    def hear(self) -> bytes:
        """One whole request, or b"" when the caller has left."""
        data = b""
        while b"\r\n\r\n" not in data:
            piece = self.sock.recv(65536)
            if not piece:
                return b""
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        length = next((int(line[15:]) for line in head.split(b"\r\n") if length_line(line)), 0)
        while len(body) < length:
            body += self.sock.recv(65536)
        return head + b"\r\n\r\n" + body

    def say(self, data: bytes) -> None:
        self.sock.sendall(data)

    def drip(self, data: bytes, pause: float = 0.02) -> None:
        """A byte at a time, over and over, until the caller leaves."""
        while True:
            for byte in data:
                self.say(bytes([byte]))
                if self.over.wait(pause):
                    return

    def hold(self) -> None:
        """Say nothing until the caller leaves."""
        while self.sock.recv(65536):
            pass

    def reset(self) -> None:
        """Close with RST, which takes a linger time of zero."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.sock.detach())


def length_line(line: bytes) -> bool:
    return line.lower().startswith(b"content-length:")


Script = Callable[[Peer, bytes], None]


class Server:
    """Runs the script for each request it hears, and remembers them all."""

    def __init__(self, script: Script, tls: ssl.SSLContext | None = None) -> None:
        self.script = script
        self.tls = tls
        self.requests: list[bytes] = []
        self.connections = 0
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http{'s' if self.tls else ''}://{host}:{self.port}{path}"

    def __enter__(self) -> "Server":
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._sockets:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                self.connections += 1
                self._sockets.append(sock)
                self._start(self._serve, sock)

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError), sock:
            if self.tls is None:
                self.converse(Peer(sock, self._over))
            else:
                with self.tls.wrap_socket(sock, server_side=True) as encrypted:
                    self._sockets.append(encrypted)
                    self.converse(Peer(encrypted, self._over))

    def converse(self, peer: Peer) -> None:
        """Everything that is said on one connection."""
        while peer.sock.fileno() >= 0 and (request := peer.hear()):
            self.requests.append(request)
            self.script(peer, request)


@contextlib.contextmanager
def silent() -> Iterator[socket.socket]:
    """A listener whose connections are accepted by the kernel and by nobody else."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield listener


@contextlib.contextmanager
def full() -> Iterator[int]:
    """A port where connections hang, because nobody accepts the ones before them."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            sock = stack.enter_context(socket.socket())
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def message(body: bytes = b"{}", *headers: str, status: str = "200 OK") -> bytes:
    """A complete HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def says(data: bytes, *, then_close: bool = False) -> Script:
    """A script that answers each request with these bytes."""

    def script(peer: Peer, request: bytes) -> None:
        peer.say(data)
        if then_close:
            peer.sock.shutdown(socket.SHUT_WR)

    return script


def here(timeout: float = 20) -> Transport:
    """A transport that may call this machine."""
    return Transport(timeout=timeout, private_hosts=HERE)
