"""Cold starts of the packages, measured: `python -m tests.serverless.cold`; LAMBDA_PYTHON as ever.

Each start is a clean interpreter that imports Zappa's handler and starts Django; the first event
comes on top. Once with nothing configured, once with a secret, a bucket and queues on moto's AWS
and a database on PostgreSQL. Prints medians and ranges of seconds: the processor's, the clock's.
"""

import json
import os
import statistics
import sys
import tempfile
from base64 import b64encode
from collections import defaultdict
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import boto3
from moto.server import ThreadedMotoServer

from generation import bells
from infra import package
from infra.libraries import Python, find_python
from tests.faults.databases import fresh_postgres
from tests.serverless.aws import REGION
from tests.serverless.test_batches import bell
from tests.serverless.test_package import Function, rung, shape, status
from tests.services import POSTGRES

RUNS = 9
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


def main() -> None:
    python = find_python(os.environ.get("LAMBDA_PYTHON", ""))
    if python is None:
        sys.exit("Neither Python 3.12 nor 3.13 is installed.")
    moto = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    with tempfile.TemporaryDirectory() as work, fresh_postgres(POSTGRES) as database:
        unpack(python, Path(work))
        bare = {"PIXELPROMPT_DATA_DIR": f"{work}/data", "ALLOWED_HOSTS": "*"}
        measure(python, Path(work), "nothing configured", bare)
        cloud = on_aws(f"http://{host}:{port}", database)
        measure(python, Path(work), "secret, bucket, queues", bare | cloud)
    moto.stop()


def unpack(python: Python, work: Path) -> None:
    for stage, archive in zip(package.STAGES, package.make("dev", python, work), strict=True):
        with ZipFile(archive) as opened:
            opened.extractall(work / stage)


def on_aws(url: str, database: str) -> dict[str, str]:
    """The environment of a function, after making what it names."""
    asked: dict[str, Any] = {"region_name": REGION, "endpoint_url": url}
    session = boto3.Session("test", "test")
    session.client("s3", **asked).create_bucket(Bucket="cold")
    for queue in (bells.DRAW_QUEUE, bells.COPY_QUEUE):
        session.client("sqs", **asked).create_queue(QueueName=f"cold_{queue}")
    random = [b64encode(os.urandom(32)).decode() for _ in range(2)]
    names = ("DATABASE_URL", "SECRET_KEY", "FIELD_ENCRYPTION_KEYS")
    secret = json.dumps(dict(zip(names, (database, *random), strict=True)))
    made = session.client("secretsmanager", **asked).create_secret(Name="cold", SecretString=secret)
    return KEYS | {
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": REGION,
        "SECRETS_ARN": made["ARN"],
        "BROKER_URL": f"sqs://cold?region={REGION}",
        "S3_BUCKET": "cold",
        "S3_ENDPOINT_URL": url,
    }


def measure(python: Python, work: Path, told: str, env: dict[str, str]) -> None:
    found: dict[str, list[list[float]]] = defaultdict(list)
    ready = Function(python, work / "api", **env)
    assert ready.send(shape("prepare")) == {"result": {}}, ready.log.read_text()
    for _ in range(RUNS + 1):
        result = ordered(ready)
        for stage, event in (("api", "home"), ("api", "generate"), ("worker", "bell")):
            function = Function(python, work / stage, **env)
            found[f"{stage}: handler imported"].append(function.cold["imported"])
            found[f"{stage}: and Django started"].append(function.start)
            if event == "bell":
                assert rung(function, bell(result)) == []
            else:
                assert function.send(shape(event))["result"]["statusCode"] == 200
            found[f"{stage}: first {event}, on top"].append(function.took)
            function.close()
    ready.close()
    print(f"\nPython {python.version}, {told}")
    for name, runs in found.items():
        kept = runs[len(runs) // (RUNS + 1) :]  # not the first, which reads from the disk
        print(f"{name:30}", *map(shown, zip(*kept, strict=True)), f"n={len(kept)}", sep="  ")


def ordered(function: Function) -> str:
    """The id of a result that waits to be drawn."""
    job = json.loads(function.send(shape("generate"))["result"]["body"])["jobId"]
    return str(status(function, {"jobId": job})["results"][0]["id"])


def shown(values: tuple[float, ...]) -> str:
    return f"{statistics.median(values):.2f} s ({min(values):.2f} to {max(values):.2f})"


if __name__ == "__main__":
    main()
