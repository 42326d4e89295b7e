"""What wakes us on Lambda besides web requests: batches of bells from SQS, and the scheduled sweep.

`zappa_settings.json` names these functions, and Zappa's handler calls them once Django has
started. It tries a function that raises TypeError again with fewer arguments, so none is optional.
"""

import logging
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import dramatiq
from django.conf import settings
from django.db import connections

from generation import sweeper

log = logging.getLogger(__name__)
Record = Mapping[str, Any]


class BatchFailed(Exception):
    """Some records failed, and SQS is not known to read which: it sends the whole batch again."""


def bells(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Answer a batch of bells, all at once; returns `{"batchItemFailures": [...]}`.

    A failed record comes back after the queue's visibility timeout and ends, in time, in the
    dead-letter queue. Lambda reads the answer only where the queue's mapping says so. Until
    `manage.py connect_queues` has confirmed that it does, a failure is raised.
    """
    failed = answer_all(event["Records"])
    if failed and not settings.PARTIAL_BATCHES:
        raise BatchFailed(f"{len(failed)} of {len(event['Records'])} records failed.")
    return {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}


def answer_all(records: Sequence[Record]) -> list[str]:
    """Answer each record on a thread of its own; returns the ids of those that failed."""
    with swept(), ThreadPoolExecutor(len(records)) as pool:
        answers = [(str(record["messageId"]), pool.submit(answer, record)) for record in records]
    problems = {name: problem for name, future in answers if (problem := future.exception())}
    for name, problem in problems.items():
        log.error("Record %s failed.", name, exc_info=problem)
    return list(problems)


def answer(record: Record) -> None:
    """Call the actor that a record's message names. dramatiq-sqs sends messages in base64."""
    try:
        message = dramatiq.Message.decode(b64decode(record["body"], validate=True))
        dramatiq.get_broker().get_actor(message.actor_name)(*message.args)
    finally:
        connections.close_all()


@contextmanager
def swept() -> Iterator[None]:
    """Renews the leases of this batch's claims while it runs, and sweeps, as any worker does."""
    keeper = sweeper.Sweeper()
    keeper.start()
    try:
        yield
    finally:
        keeper.stop()


def sweep(event: Mapping[str, Any], context: object) -> None:
    """One round of the sweeper, on a schedule."""
    try:
        sweeper.sweep()
    finally:
        connections.close_all()
