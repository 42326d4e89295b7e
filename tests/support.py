"""Small words that many tests use."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar
from uuid import UUID

from django.db import connections
from django.test import Client

from generation.models import Job, Result
from providers.clock import from_now
from providers.models import ImageModel, Provider

T = TypeVar("T")


class Api:
    """The HTTP API as a client script calls it."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.client.post(path, body, content_type="application/json", headers=headers)

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers=headers)

    def generate(self, prompt: str = "a red fox", **fields: Any) -> str:
        """Send a job that must be accepted; returns its id."""
        answer = self.post("/generate", {"prompt": prompt} | fields)
        assert answer.status_code == 200, answer.content
        job_id: str = answer.json()["jobId"]
        return job_id

    def status(self, job_id: str) -> dict[str, Any]:
        answer = self.get(f"/status/{job_id}")
        assert answer.status_code == 200, answer.content
        told: dict[str, Any] = answer.json()
        return told

    def finished(self, job_id: str, seconds: float = 20) -> dict[str, Any]:
        """The status once the job has ended."""
        return until(
            lambda: self.status(job_id),
            lambda told: told["status"] in ("completed", "partial", "failed"),
            seconds,
        )


def until(look: Callable[[], T], good: Callable[[T], object], seconds: float = 20) -> T:
    """Look again and again until what is seen is good."""
    deadline = time.monotonic() + seconds
    while not good(seen := look()):
        assert time.monotonic() < deadline, f"not so within {seconds} s; last seen: {seen}"
        time.sleep(0.03)
    return seen


def at_once(work: Callable[[int], object], count: int) -> list[object]:
    """What so many threads return that begin together, each with a connection of its own."""
    start = Barrier(count)

    def run(number: int) -> object:
        try:
            start.wait(timeout=30)
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def make_model(provider: Provider, model_id: str = "model-1", **fields: Any) -> ImageModel:
    return ImageModel.objects.create(
        name=fields.pop("name", model_id), provider=provider, model_id=model_id, **fields
    )


def make_job(*models: ImageModel, prompt: str = "a red fox", deadline: float = 300) -> Job:
    """A job whose results wait, without any bell."""
    job = Job.objects.create(prompt=prompt, total=len(models))
    for index, model in enumerate(models, start=1):
        Result.objects.create(
            job=job,
            index=index,
            model=model,
            name=model.name,
            slug=model.slug,
            kind=model.provider.kind,
            provider_model=model.model_id,
            price_micros=model.price_micros,
            seed=1,
            deadline_at=from_now(deadline),
        )
    return job


def only_result(job: Job) -> Result:
    return Result.objects.get(job=job)


def claimed(job: Job, owner: str = "somebody") -> Any:
    claim = Result.objects.claim(only_result(job).pk, owner)
    assert claim is not None
    return claim


NOBODY = UUID("00000000-0000-4000-8000-000000000000")
