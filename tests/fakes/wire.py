"""Ways to put an answer on a socket: in one piece, byte by byte, half, or not at all."""

import contextlib
import http.client
import os
import socket
import struct
import threading
from collections.abc import Callable
from email.utils import formatdate

from tests.fakes.messages import Answer

CHUNK = 64 * 1024


class Wire:
    """The caller's socket. `over` is set when the fakes are closed or reset."""

    def __init__(self, connection: socket.socket, over: threading.Event) -> None:
        self.connection = connection
        self.over = over
        self.keep_alive = True

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def drip(self, data: bytes, pause: float) -> None:
        """Send a byte per `pause` seconds until the caller leaves or the fakes are closed."""
        for position in range(len(data)):
            if self.over.wait(pause):
                self.keep_alive = False
                return
            self.send(data[position : position + 1])

    def reset(self) -> None:
        """Close with a linger time of zero: that sends RST. A shutdown before it would send FIN."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())
        self.keep_alive = False

    def wait_for_hang_up(self) -> None:
        """Block until the caller closes its side, or the fakes close theirs."""
        self.keep_alive = False
        with contextlib.suppress(OSError):
            while not self.over.is_set() and self.connection.recv(4096):
                pass


Delivery = Callable[[Wire, Answer], None]


def head(answer: Answer, length: int | None) -> bytes:
    """Status line and headers. `length` None means chunked."""
    phrase = http.client.responses.get(answer.status, "Unknown")
    framing = ("Transfer-Encoding", "chunked") if length is None else ("Content-Length", length)
    lines = [f"HTTP/1.1 {answer.status} {phrase}", f"Date: {formatdate(usegmt=True)}"]
    lines += [f"{name}: {value}" for name, value in [*answer.headers.items(), framing]]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def in_one_piece(wire: Wire, answer: Answer) -> None:
    if answer.filler:
        with_filler(wire, answer)
    else:
        wire.send(head(answer, len(answer.body)) + answer.body)


def with_filler(wire: Wire, answer: Answer) -> None:
    """The body with `filler` bytes in the middle, never held in memory as a whole."""
    start, needle, rest = answer.body.partition(answer.needle)
    length = None if answer.chunked else len(answer.body) + answer.filler
    frame = framed if answer.chunked else bytes
    wire.send(head(answer, length) + frame(start + needle))
    block = b"A" * CHUNK
    for position in range(0, answer.filler, CHUNK):
        wire.send(frame(block[: min(CHUNK, answer.filler - position)]))
    wire.send(frame(rest) + (b"0\r\n\r\n" if answer.chunked else b""))


def framed(data: bytes) -> bytes:
    """One chunk of a chunked body; an empty one would end it."""
    return b"%x\r\n%b\r\n" % (len(data), data) if data else b""


def dripping_body(pause: float) -> Delivery:
    def deliver(wire: Wire, answer: Answer) -> None:
        wire.send(head(answer, len(answer.body)))
        wire.drip(answer.body, pause)

    return deliver


def dripping_head(pause: float) -> Delivery:
    def deliver(wire: Wire, answer: Answer) -> None:
        wire.drip(head(answer, len(answer.body)) + answer.body, pause)

    return deliver


def reset(wire: Wire, answer: Answer) -> None:
    wire.reset()


def reset_in_body(wire: Wire, answer: Answer) -> None:
    wire.send(head(answer, len(answer.body)) + answer.body[: len(answer.body) // 2])
    wire.reset()


def half(wire: Wire, answer: Answer) -> None:
    """All headers, half of the promised body, then a clean end of the connection."""
    wire.send(head(answer, len(answer.body)) + answer.body[: len(answer.body) // 2])
    wire.keep_alive = False


def hang_up(wire: Wire, answer: Answer) -> None:
    """A clean end of the connection without a single byte."""
    wire.keep_alive = False


def never(wire: Wire, answer: Answer) -> None:
    wire.wait_for_hang_up()


def only_head(wire: Wire, answer: Answer) -> None:
    """Headers at once, the body never."""
    wire.send(head(answer, len(answer.body)))
    wire.wait_for_hang_up()
