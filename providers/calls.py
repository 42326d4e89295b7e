"""One call to a provider, as the connection that carries it sees it: its deadline, its limits."""

import queue
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from providers.addresses import PrivateHosts
from providers.deadlines import Watch, watchdog
from providers.errors import NotAllowed

AddressInfo = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]

# A timeout of 0 means something else to a socket: it would not wait at all.
SHORTEST_SECONDS = 0.001


class OversizeError(Exception):
    """An answer is larger than it may be."""


class Call:
    """One request and its answer.

    `deadline` is a time of `time.monotonic`. `sent` turns true before the first byte of the request
    leaves. `late` is true once the time is up, in whichever part of the call that was.
    """

    def __init__(self, deadline: float, private_hosts: PrivateHosts, max_bytes: int) -> None:
        self.deadline = deadline
        self.private_hosts = private_hosts
        self.max_bytes = max_bytes
        self.sent = False
        self._gave_up_connecting = False
        self._watch: Watch | None = None

    @property
    def remaining(self) -> float:
        """Seconds, 0 or more."""
        return max(0.0, self.deadline - time.monotonic())

    @property
    def cut(self) -> bool:
        """True once the deadline has cut the connection."""
        return self._watch is not None and self._watch.struck

    @property
    def late(self) -> bool:
        return self._gave_up_connecting or self.cut or not self.remaining

    def open(self, host: str, port: int, *, encrypted: bool) -> socket.socket:
        """A connection to the first address of this host that is allowed and answers."""
        infos = self._allowed(host, resolved(host, port, self.remaining), encrypted)
        problem = OSError("no address")
        for left in range(len(infos), 0, -1):
            try:
                sock = connected(infos[-left], self.remaining / left)
            except OSError as error:
                problem = error
            else:
                return self._taken(sock, host, encrypted)
        self._gave_up_connecting = isinstance(problem, TimeoutError)
        raise problem

    def take(self, sock: socket.socket, host: str, *, encrypted: bool) -> None:
        """Use this connection. Raises `NotAllowed` where its peer is not a place to call."""
        objection = self.private_hosts.objection(host, sock.getpeername()[0], encrypted=encrypted)
        if objection:
            raise NotAllowed(detail=objection)
        sock.settimeout(max(self.remaining, SHORTEST_SECONDS))
        self._watch = watchdog().watch(sock, self.deadline)

    def finish(self) -> None:
        """Nothing cuts the connection any more; it may serve another call."""
        if self._watch is not None:
            self._watch.release()

    def _allowed(
        self, host: str, infos: Sequence[AddressInfo], encrypted: bool
    ) -> list[AddressInfo]:
        objections = [
            self.private_hosts.objection(host, info[4][0], encrypted=encrypted) for info in infos
        ]
        if objections and all(objections):
            raise NotAllowed(detail=objections[0])
        return [info for info, objection in zip(infos, objections, strict=True) if not objection]

    def _taken(self, sock: socket.socket, host: str, encrypted: bool) -> socket.socket:
        try:
            self.take(sock, host, encrypted=encrypted)
        except (OSError, NotAllowed):
            sock.close()
            raise
        return sock


def resolved(host: str, port: int, seconds: float) -> Sequence[AddressInfo]:
    """Every address of a host. Asked on a thread, because name servers keep no deadline."""
    answers: queue.SimpleQueue[Sequence[AddressInfo] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as problem:
            answers.put(problem)
        except UnicodeError:
            answers.put(OSError("no name at all"))

    threading.Thread(target=ask, name="resolver", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError("no answer from the name servers") from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def connected(info: AddressInfo, seconds: float) -> socket.socket:
    """A TCP connection to one address."""
    family, kind, protocol, _, address = info
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(max(seconds, SHORTEST_SECONDS))
        sock.connect(address)
    except OSError:
        sock.close()
        raise
    return sock


_current: ContextVar[Call | None] = ContextVar("call", default=None)


@contextmanager
def serving(call: Call) -> Iterator[None]:
    """Within, the connections that this thread uses work for this call."""
    token = _current.set(call)
    try:
        yield
    finally:
        _current.reset(token)
        call.finish()


def current() -> Call:
    """The call that this thread is serving."""
    call = _current.get()
    if call is None:
        raise RuntimeError("a connection is used outside of a call")
    return call
