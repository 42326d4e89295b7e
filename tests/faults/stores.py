"""A store for pictures behind a door that refuses, or cuts the line, as a test orders."""

import threading
from collections import Counter
from collections.abc import Sequence
from socket import socket
from typing import Any, Self

import boto3
import requests

from tests.fakes.messages import Answer, Request
from tests.fakes.server import Listener
from tests.fakes.wire import Wire, head
from tests.faults.storage import is_copy

HOP = ("host", "connection", "content-length", "transfer-encoding", "expect")
BUSY = Answer(503, b"<Error><Code>SlowDown</Code></Error>", {"Content-Type": "application/xml"})
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


class FaultyStore:
    """An S3 server (moto's, at `behind`) with a bucket of one's own.

    While it is `closed`, every request is answered with 503. `troubles` befall the first writes of
    each object: "503" refuses, "reset" cuts the line before it is done, "reset after" when it is.
    """

    def __init__(self, behind: str, bucket: str) -> None:
        self.behind = behind
        self.closed = False
        self.troubles: Sequence[str] = ()
        self.writes: Counter[str] = Counter()
        self._listener = Listener(("127.0.0.1", 0), self._pass_on)
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.05,))
        self.env = CREDENTIALS | {
            "S3_BUCKET": bucket,
            "S3_ENDPOINT_URL": f"http://127.0.0.1:{self._listener.server_address[1]}",
        }
        there = boto3.resource(
            "s3", endpoint_url=behind, region_name="us-east-1",
            aws_access_key_id="test", aws_secret_access_key="test",
        )  # fmt: skip
        self.bucket: Any = there.Bucket(bucket)

    def __enter__(self) -> Self:
        self.bucket.create()
        self._thread.start()
        return self

    def __exit__(self, *details: object) -> None:
        self._listener.shutdown()
        self._listener.server_close()
        self._listener.hang_up()
        self._thread.join()

    def contents(self) -> dict[str, bytes]:
        """Every original, by key."""
        there = (found for found in self.bucket.objects.all() if not is_copy(found.key))
        return {found.key: found.get()["Body"].read() for found in there}

    def _pass_on(self, request: Request, connection: socket) -> Wire:
        wire = Wire(connection, threading.Event())
        trouble = "503" if self.closed else self._trouble(request)
        if trouble == "503":
            wire.send(head(BUSY, len(BUSY.body)) + BUSY.body)
            return wire
        answer = None if trouble == "reset" else self._ask(request)
        if trouble:
            wire.reset()
        elif answer is not None:
            length = len(answer.content) or int(answer.headers.get("Content-Length", 0))
            kept = {n: v for n, v in answer.headers.items() if n.lower() not in (*HOP, "date")}
            wire.send(head(Answer(answer.status_code, headers=kept), length) + answer.content)
        return wire

    def _trouble(self, request: Request) -> str:
        if request.method != "PUT":
            return ""
        self.writes[request.path] += 1
        return dict(enumerate(self.troubles, start=1)).get(self.writes[request.path], "")

    def _ask(self, request: Request) -> requests.Response:
        return requests.request(
            request.method,
            self.behind + request.path,
            params=request.query,
            headers={name: value for name, value in request.headers.items() if name not in HOP},
            data=request.content,
            timeout=30,
        )
