"""What every deployment keeps, wherever it runs. One picture is drawn, by the cheapest model.

`API_ENDPOINT=https://… pytest tests/integration` asks any deployment.
"""

import re
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

import pytest
import requests
from PIL import Image

from tests.integration.conftest import Deployment

Job = dict[str, Any]


@pytest.fixture(scope="module")
def job(deployment: Deployment) -> Job:
    """A job of one picture that has ended, and its token."""
    models = deployment.ask("GET", "/models").json()["models"]
    usable = [model for model in models if model["available"]]
    assert usable, "no model can draw"
    cheapest = min(usable, key=lambda model: model["priceMicros"] or 0)
    order = {"prompt": "a lighthouse at sunset", "models": [cheapest["slug"]], "listed": False}
    answer = deployment.ask("POST", "/generate", json=order)
    assert answer.status_code == 200, answer.text
    told: Job = answer.json()
    return told | {"ended": deployment.ended(told["jobId"])}


def test_it_lives_and_can_draw(deployment: Deployment) -> None:
    assert deployment.ask("GET", "/healthz").json() == {"status": "ok"}
    ready = deployment.ask("GET", "/readyz")
    assert ready.status_code == 200, ready.text


@pytest.mark.parametrize("path", ["/", "/gallery/", "/admin/login/"])
def test_a_page_comes_with_all_its_files(deployment: Deployment, path: str) -> None:
    page = deployment.ask("GET", path, headers={"Accept": "text/html"})
    assert page.status_code == 200
    files = {
        urljoin(page.url, address)
        for address in re.findall(r'(?:src|href)="([^"#]*/static/[^"#]+)', page.text)
    }
    assert files
    for file in files:
        assert requests.get(file, timeout=35).status_code == 200, file


def test_a_job_is_drawn_and_its_pictures_can_be_fetched(deployment: Deployment, job: Job) -> None:
    assert job["ended"]["status"] == "completed", job["ended"]
    (result,) = job["ended"]["results"]
    for name in ("imageUrl", "thumbnailUrl"):
        fetched = requests.get(result[name], timeout=35)
        assert fetched.status_code == 200
        assert Image.open(BytesIO(fetched.content)).width > 0


def test_an_unchanged_status_is_a_304(deployment: Deployment, job: Job) -> None:
    path = f"/status/{job['jobId']}"
    answers: list[tuple[int, str]] = []
    while (304, "") not in answers and len(answers) < 5:  # a display copy may come in between
        etag = deployment.ask("GET", path).headers["ETag"]
        again = deployment.ask("GET", path, headers={"If-None-Match": etag})
        answers.append((again.status_code, again.text))
    assert answers[-1] == (304, "")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "INVALID_JSON"),
        ("{}", 400, "PROMPT_REQUIRED"),
        ('{"prompt": "a fox", "models": ["no-such-model"]}', 400, "VALIDATION_ERROR"),
    ],
)
def test_a_refusal_says_why(deployment: Deployment, body: str, status: int, code: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = deployment.ask("POST", "/generate", data=body, headers=headers)
    told = answer.json()
    assert (answer.status_code, told["code"]) == (status, code)
    assert told["message"]
    assert told["correlationId"] == answer.headers["X-Correlation-ID"]


def test_a_job_that_never_was_is_not_found(deployment: Deployment) -> None:
    answer = deployment.ask("GET", "/status/00000000-0000-4000-8000-000000000000")
    assert (answer.status_code, answer.json()["code"]) == (404, "JOB_NOT_FOUND")


def test_only_its_maker_deletes_a_job(deployment: Deployment, job: Job) -> None:
    path = f"/jobs/{job['jobId']}"
    assert deployment.ask("DELETE", path).status_code == 401
    deleted = deployment.ask("DELETE", path, headers={"X-Job-Token": job["jobToken"]})
    assert deleted.status_code in (200, 204)
    assert deployment.ask("GET", f"/status/{job['jobId']}").status_code == 404
