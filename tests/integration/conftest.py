"""A deployment to ask: the one at API_ENDPOINT, or else a server of our own."""

import os
from collections.abc import Iterator

import pytest
import requests

from tests.served import Served
from tests.support import until


class Deployment:
    """A Pixel Prompt somewhere, asked as its visitors ask."""

    def __init__(self, root: str) -> None:
        self.root = root.rstrip("/")

    def ask(self, method: str, path: str, **options: object) -> requests.Response:
        return requests.request(method, self.root + path, timeout=35, **options)  # type: ignore[arg-type]

    def ended(self, job_id: str) -> dict[str, object]:
        """The status of a job that has ended; a real model may take its 300 seconds."""
        return until(
            lambda: self.ask("GET", f"/status/{job_id}").json(),
            lambda told: told["status"] in ("completed", "partial", "failed"),
            310,
        )


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    if endpoint := os.environ.get("API_ENDPOINT"):
        yield Deployment(endpoint)
        return
    with Served(tmp_path_factory.mktemp("deployment") / "data") as served:
        yield Deployment(served.root)
