"""Answers of `/status/{jobId}` that were given before, given again while they are true.

An answer depends on the job's version and on some headers of the request; as long as both are the
same it is the answer, a 304 included. What version the job has is looked up each time. Where the
job is another one, or has moved on, and Django has answered such a request before, only the
snapshot is made anew. All else is Django's: errors, overdue work, a database that is away.
"""

import time
from collections import OrderedDict
from typing import Any
from uuid import UUID

from generation import correlation, etags, snapshots
from generation.api import access
from generation.api.views import UUID_TEXT
from generation.asking import Together
from pixelprompt import manners
from pixelprompt.manners import Answer, Told
from pixelprompt.push import origin_of
from pixelprompt.whole_bodies import App, Message, Receive, Send

PREFIX = "/status/"
DEPENDS = (
    b"host", b"if-none-match", b"accept", b"accept-encoding", b"accept-language", b"cookie",
    b"origin",
)  # fmt: skip
VARIES = {name.decode() for name in DEPENDS}
CORRELATION = b"x-correlation-id"
MOST_BYTES = 16 * 1024 * 1024  # of all kept answers together
MOST_OF_ONE = 256 * 1024
KNOWN = b"if-none-match"
Key = tuple[str, str, tuple[tuple[bytes, bytes], ...]]


class Kept:
    """Answers by what was asked; those that were used least lately go first."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self.most = most
        self.size = 0
        self._answers: OrderedDict[Key, Answer] = OrderedDict()

    def get(self, key: Key) -> Answer | None:
        answer = self._answers.get(key)
        if answer is not None:
            self._answers.move_to_end(key)
        return answer

    def put(self, key: Key, answer: Answer) -> None:
        self.drop(key)
        self._answers[key] = answer
        self.size += answer.size
        while self.size > self.most:
            self.size -= self._answers.popitem(last=False)[1].size

    def drop(self, key: Key) -> None:
        if (before := self._answers.pop(key, None)) is not None:
            self.size -= before.size


class Repeats:
    """ASGI: an application whose snapshots are repeated while they are true."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.kept = Kept()
        self.manners = Kept(MOST_BYTES // 8)  # an answer for each way in which Django was asked
        self.versions = Together(snapshots.settled_versions)
        self.told = Together(manners.tell)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if not is_asked_for(scope):
            return await self.app(scope, receive, send)
        started = time.monotonic()
        key = key_of(scope)
        answer = await self.answer(key, scope)
        if answer is None:
            self.kept.drop(key)
            recorder = Recorder(send)
            await self.app(scope, receive, recorder)
            if (made := recorder.answer(key)) is not None:
                self.kept.put(key, made)
                bare = made.of_another(Told(made.version, b""))
                self.manners.put(manner_of(key, made.status), bare)
        else:
            await repeat(answer, scope, send)
            tell(scope, answer.status, time.monotonic() - started)

    async def answer(self, key: Key, scope: Message) -> Answer | None:
        """The one that Django would give, or None where only Django can tell."""
        kept = self.kept.get(key)
        if kept is None and not any(self.manner(key, status) for status in (200, 304)):
            return None
        version = await self.versions.of(job_of(scope))
        if version is None:
            return None
        if kept is not None and kept.version == version:
            return kept
        made = await self.made(key, scope, version)
        if made is not None:
            self.kept.put(key, made)
        return made

    async def made(self, key: Key, scope: Message, version: int) -> Answer | None:
        """A new one, as Django has answered such a request before."""
        if is_known(key, version):
            manner = self.manner(key, 304)
            return manner and manner.of_another(Told(version, b""))
        if (manner := self.manner(key, 200)) is None:
            return None
        told = await self.told.of(manner.wanted(job_of(scope), origin_of(scope)))
        return told and manner.of_another(told)

    def manner(self, key: Key, status: int) -> Answer | None:
        return self.manners.get(manner_of(key, status))


class Recorder:
    """Passes Django's answer on, and remembers it."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.start: Message = {}
        self.body = b""
        self.whole = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        elif len(self.body) <= MOST_OF_ONE:
            self.body += message.get("body", b"")
            self.whole = not message.get("more_body", False)
        await self.send(message)

    def answer(self, key: Key) -> Answer | None:
        """What was answered, if it may be given again."""
        if not self.whole or self.start["status"] not in (200, 304):
            return None
        headers = dict(self.start["headers"])
        if not varies(headers) <= VARIES or b"set-cookie" in headers:
            return None
        kept = [header for header in self.start["headers"] if header[0] != CORRELATION]
        version = int(headers[b"etag"].removeprefix(b"W/").strip(b'"'))
        size = len(self.body) + sum(len(name) + len(value) for name, value in (*kept, *key[2]))
        return (
            None
            if size > MOST_OF_ONE
            else Answer(version, self.start["status"], kept, self.body, size)
        )


def varies(headers: dict[bytes, bytes]) -> set[str]:
    named = headers.get(b"vary", b"").decode("latin-1").lower().split(",")
    return {name.strip() for name in named} - {""}


def is_asked_for(scope: Message) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET" or scope["query_string"]:
        return False
    path: str = scope["path"]
    return path.startswith(PREFIX) and UUID_TEXT.fullmatch(path, len(PREFIX)) is not None


def job_of(scope: Message) -> UUID:
    return UUID(scope["path"][len(PREFIX) :])


def key_of(scope: Message) -> Key:
    headers = tuple(header for header in scope["headers"] if header[0] in DEPENDS)
    return scope["scheme"], scope["path"], headers


def manner_of(key: Key, status: int) -> Key:
    """What an answer depends on, whatever the job and whichever version the reader has."""
    scheme, _, headers = key
    return scheme, f"{status}", tuple(header for header in headers if header[0] != KNOWN)


def is_known(key: Key, version: int) -> bool:
    """Whether the reader has this version."""
    given = b",".join(value for name, value in key[2] if name == KNOWN)
    return etags.matches(given.decode("latin-1"), f'"{version}"')


async def repeat(answer: Answer, scope: Message, send: Send) -> None:
    given = b",".join(value for name, value in scope["headers"] if name == CORRELATION)
    correlation_id = correlation.sane_or_new(given.decode("latin-1"))
    correlation.current.set(correlation_id)
    headers = [*answer.headers, (CORRELATION, correlation_id.encode())]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def tell(scope: Message, status: int, seconds: float) -> None:
    peer = (scope.get("client") or ("",))[0]
    environ: dict[str, Any] = {"REMOTE_ADDR": peer, "asgi.scope": scope}
    access.tell("GET", scope["path"], status, seconds, environ)
