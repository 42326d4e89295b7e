"""Django's WSGI application under ASGI, with one hop between thread and event loop per answer.

a2wsgi waits for the loop after each message, the head of an answer included: three waits for an
answer of a millisecond. Here the thread hands over head and first piece together and waits only
where more pieces follow, so that a client that reads slowly still holds a long answer back.
"""

from typing import Any

from a2wsgi import WSGIMiddleware
from a2wsgi.wsgi import WSGIResponder


class Responder(WSGIResponder):
    """One answer."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._held: list[Any] = []
        self._pieces = 0

    def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self._held.append(message)
            return
        self._pieces += 1
        ends = not message.get("more_body")
        if self._pieces == 1 or (self._pieces == 2 and ends):
            self.loop.call_soon_threadsafe(self._hand_over, [*self._held, message])
            self._held = []
        else:
            super().send(message)

    def _hand_over(self, messages: list[Any]) -> None:
        for message in messages:
            self.send_queue.put_nowait(message)


class Bridge(WSGIMiddleware):
    """a2wsgi's middleware with our responder."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return await super().__call__(scope, receive, send)
        await Responder(self.app, self.executor, self.send_queue_size)(scope, receive, send)
