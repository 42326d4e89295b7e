"""One thread that cuts connections when their time is up.

A socket's own timeout starts anew with every byte, so a peer that drips never meets it. Shutting
the socket down from outside ends any read or write on it, encrypted or not, at once.
"""

import contextlib
import heapq
import itertools
import os
import socket
import threading
import time
from functools import cache


class Watch:
    """One connection that is cut when its deadline strikes, unless it is released before."""

    def __init__(self, sock: socket.socket) -> None:
        # A descriptor of our own: TLS takes the first one over, and once a connection is closed
        # the kernel gives its number to another one.
        self._sock: socket.socket | None = socket.socket(
            sock.family, sock.type, sock.proto, fileno=socket.dup(sock.fileno())
        )
        self._lock = threading.Lock()
        self.struck = False

    def strike(self) -> None:
        """Cut the connection."""
        with self._lock:
            if self._sock is not None:
                self.struck = True
                with contextlib.suppress(OSError):
                    self._sock.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        """Let the connection live on. Nothing cuts it any more when this has returned."""
        with self._lock:
            if self._sock is not None:
                self._sock.close()
                self._sock = None


class Watchdog:
    """Strikes each watch at its deadline, which is a time of `time.monotonic`."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._queue: list[tuple[float, int, Watch]] = []
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None

    def watch(self, sock: socket.socket, deadline: float) -> Watch:
        """Watch this connection until it is released."""
        watch = Watch(sock)
        with self._changed:
            heapq.heappush(self._queue, (deadline, next(self._numbers), watch))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="deadlines", daemon=True)
                self._thread.start()
            elif self._queue[0][2] is watch:
                self._changed.notify()
        return watch

    def _run(self) -> None:
        while True:
            self._next_due().strike()

    def _next_due(self) -> Watch:
        with self._changed:
            while True:
                if not self._queue:
                    self._changed.wait()
                elif (seconds := self._queue[0][0] - time.monotonic()) > 0:
                    self._changed.wait(seconds)
                else:
                    return heapq.heappop(self._queue)[2]


@cache
def watchdog() -> Watchdog:
    """This process's own: a thread does not survive a fork."""
    return Watchdog()


os.register_at_fork(after_in_child=watchdog.cache_clear)
