"""Bells over SQS: `sqs://NAMESPACE?region=REGION`, queues `NAMESPACE_draw` and `NAMESPACE_copies`.

The infrastructure makes the queues, with their dead-letter queue and visibility; we never do.
"""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from dramatiq import Message, Middleware
from dramatiq.errors import ConnectionFailed
from dramatiq_sqs import SQSBroker

from generation.bells import DRAW_QUEUE

LONGEST_DELAY = 900_000  # milliseconds; a later bell is the sweeper's
VISIBILITY = 360  # seconds: a job's deadline and a minute


class SqsBells(SQSBroker):
    worker_poll = 5_000  # milliseconds of long polling; each poll is billed

    def _get_or_create_sqs_queue(self, sqs_queue_name: str, **_attributes: Any) -> Any:
        try:
            return self.sqs.get_queue_by_name(QueueName=sqs_queue_name)
        except self.sqs.meta.client.exceptions.QueueDoesNotExist as problem:
            raise ConnectionFailed(f"SQS has no queue {sqs_queue_name}.") from problem

    def enqueue(self, message: Message, *, delay: int | None = None) -> Message:
        try:
            sent: Message = super().enqueue(message, delay=min(delay or 0, LONGEST_DELAY))
        except (BotoCoreError, ClientError) as problem:
            raise ConnectionFailed(f"SQS: {type(problem).__name__}") from problem
        return sent

    def ping(self) -> None:
        name = f"{self.namespace}_{DRAW_QUEUE}" if self.namespace else DRAW_QUEUE
        try:
            self._get_or_create_sqs_queue(name)
        except (BotoCoreError, ClientError) as problem:
            raise ConnectionFailed(f"SQS does not answer ({type(problem).__name__}).") from problem

    def heard(self) -> bool:
        """SQS does not tell who listens."""
        return True


def make(url: str, threads: int, middleware: list[Middleware]) -> SqsBells:
    parts = urlsplit(url)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return SqsBells(
        namespace=parts.netloc or None,
        middleware=middleware,
        visibility_timeout=VISIBILITY,
        region_name=asked.get("region"),
        endpoint_url=asked.get("endpoint_url"),
        config=Config(connect_timeout=5, read_timeout=30, max_pool_connections=threads + 8),
    )
