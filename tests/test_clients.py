"""Clients as docs/api.md tells to write them, and one that a generator makes, really work."""

import os
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fakes import FakeProviders
from tests.served import ROOT, Served
from tests.support import until
from tests.test_serve import model_variables

NAME = "generated_client"
BLOCKS = re.findall(r"```(sh|python)\n(.*?)```", (ROOT / "docs" / "api.md").read_text(), re.S)
SHELL = {"sh": ["sh", "-ec"], "python": [sys.executable, "-c"]}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Any:
    data = tmp_path_factory.mktemp("data")
    with FakeProviders() as fakes, Served(data, **model_variables(fakes, "free")) as running:
        yield running


@pytest.fixture
def package(served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The generated package. Its generator formats it with ruff, which it looks for on the path."""
    told = subprocess.run(
        [
            *(sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"),
            *("--url", f"{served.root}/schema", "--output-path", str(tmp_path / NAME)),
        ],
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, told.stderr) == (0, "")
    assert "WARNING" not in told.stdout
    monkeypatch.syspath_prepend(tmp_path)
    return import_module(NAME)


@pytest.fixture
def at(served: Served, package: Any) -> Any:
    with package.Client(base_url=served.root) as opened:
        yield opened


def call(name: str, **arguments: Any) -> Any:
    """The parsed answer of a call, by its place in the generated package."""
    return import_module(f"{NAME}.api.{name}").sync(**arguments)


def test_it_orders_polls_looks_and_reads_errors(at: Any) -> None:
    models = import_module(f"{NAME}.models")
    made = call("jobs.generate", client=at, body=models.OrderBody(prompt="a fox in the snow"))
    told = until(
        lambda: call("jobs.status", client=at, job_id=made.job_id),
        lambda told: told.status == models.JobStatus.COMPLETED,
    )
    (result,) = told.results
    assert isinstance(result, models.CompletedResult)
    assert httpx.get(result.image_url).headers["Content-Type"] == result.content_type
    page = call("gallery.galleries", client=at, q="fox")
    assert [entry.id for entry in page.galleries] == [made.job_id]
    shown = call("gallery.gallery", client=at, gallery_id=str(made.job_id))
    assert [image.url for image in shown.images] == [result.image_url]
    refused = call("jobs.generate", client=at, body=models.OrderBody(prompt="x" * 1001))
    assert isinstance(refused, models.PromptTooLong)
    assert refused.max_length == 1000
    token = {"x_job_token": made.job_token}
    assert call("jobs.delete_job", client=at, job_id=made.job_id, **token).job_id == made.job_id
    gone = call("jobs.status", client=at, job_id=made.job_id)
    assert (gone.code, gone.job_id) == ("JOB_NOT_FOUND", str(made.job_id))


@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")
@pytest.mark.parametrize(("language", "text"), BLOCKS)
def test_an_example_of_the_documentation_runs(
    served: Served, tmp_path: Path, language: str, text: str
) -> None:
    there = text.replace("http://127.0.0.1:8000", served.root).replace("sleep 8", "sleep 2")
    told = subprocess.run(
        [*SHELL[language], there], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout
    assert '"error"' not in told.stdout
