"""Jobs with pictures, made without workers, and what every refusal looks like."""

from io import BytesIO
from typing import Any
from uuid import UUID

from django.test import Client
from PIL import Image

from generation import copies, pictures
from generation.models import Job, Result
from generation.submission import Order, submit

ERROR_NAMES = {"error", "code", "message", "correlationId"}


def png(colour: str = "red") -> bytes:
    out = BytesIO()
    Image.new("RGB", (4, 3), colour).save(out, "PNG")
    return out.getvalue()


def drawn(prompt: str = "a red fox", **order: Any) -> Job:
    """A job of which every model has drawn its picture."""
    job = submit(Order(prompt, **order), client=None)
    for result in job.results.order_by("index"):
        draw(result)
    job.refresh_from_db()
    return job


def draw(result: Result) -> None:
    """Let a waiting result have its picture, as a worker would."""
    claim = Result.objects.claim(result.pk, "a worker")
    assert claim is not None
    picture = pictures.check(png())
    place = pictures.place(picture, result.job_id, result.pk, claim.result.epoch)
    assert claim.received(place, {})
    pictures.store(place.key, picture.content)
    assert claim.complete()


def fail(result: Result, code: str = "MODERATED") -> None:
    claim = Result.objects.claim(result.pk, "a worker")
    assert claim is not None
    assert claim.fail(code, "The provider refused this prompt.", retryable=False, facts={})


def copied(job: Job) -> None:
    """Make the display copies."""
    for result in job.results.all():
        copies.make(result.pk)


def fetched(client: Client, address: str) -> bytes:
    """The content of a picture that must be there."""
    answer = client.get(address)
    assert answer.status_code == 200
    content = b"".join(answer)
    answer.close()
    return content


def refusal(answer: Any, status: int, code: str, *extras: str) -> dict[str, Any]:
    """The body of a refusal, which must have the contract's shape and exactly these extras."""
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/json"
    told: dict[str, Any] = answer.json()
    assert set(told) == ERROR_NAMES | set(extras)
    assert told["error"] == told["code"] == code
    assert told["message"].strip()
    assert told["correlationId"] == answer.headers["X-Correlation-ID"]
    return told


def invalid(answer: Any, field: str) -> dict[str, Any]:
    """The body of a VALIDATION_ERROR, which must name this field."""
    told = refusal(answer, 400, "VALIDATION_ERROR", "field", "constraint")
    assert told["field"] == field
    assert told["constraint"]
    return told


def is_uuid4(text: str) -> bool:
    return str(UUID(text)) == text and UUID(text).version == 4


class Failing:
    """Makes every query fail, as a database that went away does."""

    def __init__(self, problem: Exception) -> None:
        self.problem = problem

    def __call__(self, *query: Any) -> Any:
        raise self.problem
