"""The package for Lambda: made, unpacked, and run by a clean Python of the version it is for."""

import base64
import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast
from zipfile import ZipFile

import boto3
import pytest

from generation import bells
from infra import package
from infra.libraries import Python, find_python
from infra.stack import ROOT
from tests.serverless.aws import REGION
from tests.serverless.test_batches import bell

DRIVER = Path(__file__).with_name("driver.py")
HOST = "https://abc123.execute-api.us-east-1.amazonaws.com"


class Function:
    """A function as Lambda runs it. Everything of this machine's environment is left behind."""

    def __init__(self, python: Python, directory: Path, **env: str) -> None:
        self.log = directory.parent / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [python.path, "-IB", str(DRIVER), str(directory)],
                env={"LANG": "C.UTF-8"} | env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.cold = self._next()
        self.start = self.took

    def send(self, event: dict[str, Any]) -> dict[str, Any]:
        """`result` is what the handler returned, `raised` what it raised."""
        into = cast(IO[str], self.process.stdin)
        into.write(json.dumps(event) + "\n")
        into.flush()
        return self._next()

    def _next(self) -> dict[str, Any]:
        line = cast(IO[str], self.process.stdout).readline()
        assert line, self.log.read_text()
        told: dict[str, Any] = json.loads(line)
        self.took: list[float] = told.pop("took")  # seconds, the processor's and the clock's
        return told

    def get(self, path: str) -> tuple[int, bytes]:
        """A GET by way of an HTTP API whose stage is Prod: status and body."""
        answer = self.send(with_path(shape("status-http-api"), f"/Prod{path}"))["result"]
        body = (answer["body"] or "").encode()
        return answer["statusCode"], base64.b64decode(body) if answer["isBase64Encoded"] else body

    def close(self) -> None:
        self.process.communicate()


def shape(name: str) -> dict[str, Any]:
    """An event of `events/`."""
    event: dict[str, Any] = json.loads((ROOT / "events" / f"{name}.json").read_text())
    return event


def with_path(event: dict[str, Any], path: str) -> dict[str, Any]:
    event["rawPath"] = event["requestContext"]["http"]["path"] = path
    event["headers"]["accept"] = "text/html,*/*"
    return event


@pytest.fixture(scope="module")
def python() -> Python:
    """LAMBDA_PYTHON names another one, as it does for `make package`."""
    found = find_python(os.environ.get("LAMBDA_PYTHON", ""))
    if found is None:
        pytest.skip("neither Python 3.12 nor 3.13 is installed")
    return found


@pytest.fixture(scope="module")
def unpacked(python: Python, tmp_path_factory: pytest.TempPathFactory) -> Path:
    work = tmp_path_factory.mktemp("package")
    (archive,) = package.make("dev", python, work, stages=["worker"])
    with ZipFile(archive) as opened:
        opened.extractall(work / "task")
    return work / "task"


@pytest.fixture(scope="module")
def function(python: Python, unpacked: Path, s3_url: str) -> Iterator[Function]:
    sqs = boto3.Session("test", "test", region_name=REGION).client("sqs", endpoint_url=s3_url)
    for queue in (bells.DRAW_QUEUE, bells.COPY_QUEUE):
        sqs.create_queue(QueueName=f"pixelprompt-package_{queue}")
    started = Function(
        python,
        unpacked,
        PIXELPROMPT_ENV_FILE="",
        PIXELPROMPT_DATA_DIR=str(unpacked.parent / "data"),
        ALLOWED_HOSTS=".amazonaws.com",
        BROKER_URL=f"sqs://pixelprompt-package?region={REGION}&endpoint_url={s3_url}",
        PARTIAL_BATCHES="true",
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",
    )
    try:
        assert started.send(shape("prepare")) == {"result": {}}, started.log.read_text()
        yield started
    finally:
        started.close()


@pytest.fixture
def job(function: Function) -> dict[str, Any]:
    """A job that was ordered by way of a REST API."""
    answer = function.send(shape("generate"))["result"]
    assert answer["statusCode"] == 200, answer
    told: dict[str, Any] = json.loads(answer["body"])
    return told


def status(function: Function, job: dict[str, Any]) -> dict[str, Any]:
    code, body = function.get(f"/status/{job['jobId']}")
    assert code == 200
    told: dict[str, Any] = json.loads(body)
    return told


def rung(function: Function, *records: dict[str, Any]) -> list[str]:
    """Hand over a batch; returns the records that failed."""
    for record in records:
        record["eventSourceARN"] = shape("bells")["Records"][0]["eventSourceARN"]
    answer = function.send({"Records": list(records)})["result"]
    return [item["itemIdentifier"] for item in answer["batchItemFailures"]]


def test_it_starts_and_is_small_enough(function: Function, unpacked: Path) -> None:
    archive = unpacked.parent / "pixelprompt-worker-dev.zip"
    zipped, whole = package.sizes(archive)
    print(f"{zipped / 1e6:.1f} MB, {whole / 1e6:.1f} MB, cold in {function.start[1]:.2f} s")
    assert zipped <= 35_000_000
    assert whole <= 120_000_000
    assert function.cold["result"] is None


def test_it_holds_no_secret_and_debugs_nothing(unpacked: Path) -> None:
    settings = (unpacked / "zappa_settings.py").read_text()
    assert "DEBUG=False" in settings
    for word in ("SECRET", "PASSWORD", "KEY", "DATABASE_URL"):
        assert word not in settings
    assert not list(unpacked.glob("**/.env"))
    assert not (unpacked / "tests").exists()


def test_what_lambda_never_imports_is_left_out(unpacked: Path) -> None:
    for name in ("uvicorn", "uvloop", "httptools", "h11", "a2wsgi", "pika"):
        assert importlib.util.find_spec(name), name  # it is a library of ours
        assert not (unpacked / name).exists(), name


def test_its_bytecode_is_used_without_a_look_at_the_source(unpacked: Path) -> None:
    compiled = list(unpacked.rglob("*.pyc"))
    assert len(compiled) > 1500
    flags = {path.read_bytes()[4:8] for path in compiled}
    assert flags == {b"\x01\x00\x00\x00"}  # PEP 552: by hash, and unchecked


def test_a_page_and_its_static_files_are_served_under_the_stage(function: Function) -> None:
    code, page = function.get("/")
    assert code == 200
    found = re.findall(r'(?:href|src)="(/[^"#]+)', page.decode())
    assert len(found) > 5
    assert all(address.startswith("/Prod/") for address in found)
    static = [a.removeprefix("/Prod") for a in found if a.startswith("/Prod/static/")]
    assert [address for address in static if function.get(address)[0] != 200] == []
    _, script = function.get(next(address for address in static if address.endswith(".js")))
    imported = re.findall(rb'from "\./([\w.]+)"', script)
    assert imported
    assert all(re.search(rb"\.[0-9a-f]{12}\.js$", name) for name in imported)


def test_a_rest_api_s_stage_is_in_its_addresses(function: Function) -> None:
    answer = function.send(shape("home"))["result"]
    assert answer["statusCode"] == 200
    assert 'href="/worker_dev/static/' in answer["body"]


def test_a_batch_names_what_failed_and_draws_the_rest_once(
    function: Function, job: dict[str, Any]
) -> None:
    result = status(function, job)["results"][0]["id"]
    poison = shape("bells")["Records"][1]
    failing = bell("no result's id", "failing")
    batch = [poison, bell(result), bell(result), failing]
    assert rung(function, *batch) == ["poison", "failing"]
    assert rung(function, bell(result, actor=bells.COPY_QUEUE)) == []
    told = status(function, job)
    assert (told["status"], told["completedModels"]) == ("completed", 1)
    for name in ("imageUrl", "thumbnailUrl"):
        address = told["results"][0][name]
        assert address.startswith(f"{HOST}/Prod/media/")
        code, picture = function.get(address.removeprefix(f"{HOST}/Prod"))
        assert code == 200
        assert picture[:4] in (b"\x89PNG", b"RIFF")


def test_the_scheduled_sweep_runs(function: Function, job: dict[str, Any]) -> None:
    assert function.send(shape("sweep")) == {"result": None}
    assert function.send(shape("keep-warm")) == {"result": None}


def test_without_a_suitable_python_it_refuses_in_one_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "infra.package", "dev", "--python", "/bin/false"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "is made under Python 3.12 or 3.13" in done.stderr
