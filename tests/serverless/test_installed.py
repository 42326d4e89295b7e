"""The two functions of a stack, as its outputs configure them, on moto's AWS: an order, drawn."""

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from moto.secretsmanager.models import SecretsManagerBackend

from infra import package, stack
from infra.libraries import Python
from tests.serverless.aws import REGION, client
from tests.serverless.test_package import Function, python, shape, status
from tests.serverless.test_template import deploy, template

__all__ = ["python", "template"]
LAMBDA_S_OWN = {"AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@pytest.fixture
def outputs(aws: None, template: dict[str, Any], tmp_path: Path) -> Iterator[dict[str, str]]:
    values = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/of-both.sqlite3",
        "SECRET_KEY": "not a real one",
        "FIELD_ENCRYPTION_KEYS": b64encode(bytes(32)).decode(),
    }
    made = client("secretsmanager").create_secret(
        Name="pixelprompt/installed", SecretString=json.dumps(values)
    )
    yield deploy(template, "installed", SecretArn=made["ARN"])
    client("cloudformation").delete_stack(StackName="installed")


@pytest.fixture
def secrets_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    read: list[str] = []
    get = SecretsManagerBackend.get_secret_value

    def noted(self: Any, secret_id: str, **rest: Any) -> Any:
        read.append(secret_id)
        return get(self, secret_id, **rest)

    monkeypatch.setattr(SecretsManagerBackend, "get_secret_value", noted)
    return read


@pytest.fixture
def functions(
    outputs: dict[str, str],
    secrets_read: list[str],
    python: Python,
    tmp_path: Path,
    s3_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[dict[str, Function]]:
    """`api` and `worker`, each with the variables that Zappa would give it."""
    monkeypatch.setattr(stack, "outputs", lambda environment: outputs)
    settings = stack.zappa_settings(outputs, python.version)
    env = settings["base"]["aws_environment_variables"] | LAMBDA_S_OWN
    env |= {"AWS_ENDPOINT_URL": s3_url, "PIXELPROMPT_DATA_DIR": str(tmp_path / "data")}
    started = {}
    for stage, archive in zip(package.STAGES, package.make("dev", python, tmp_path), strict=True):
        with ZipFile(archive) as opened:
            opened.extractall(tmp_path / stage / "task")
        started[stage] = Function(python, tmp_path / stage / "task", **env)
    yield started
    for function in started.values():
        function.close()


def handed_over(queue: str) -> dict[str, Any]:
    """What Lambda makes of the messages of a queue."""
    url = client("sqs").get_queue_url(QueueName=queue.rpartition(":")[2])["QueueUrl"]
    told = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    records = [
        {
            "messageId": message["MessageId"],
            "body": message["Body"],
            "eventSource": "aws:sqs",
            "eventSourceARN": queue,
        }
        for message in told
    ]
    return {"Records": records}


def test_an_order_at_the_api_is_drawn_by_the_worker_and_shown_by_the_cdn(
    functions: dict[str, Function], outputs: dict[str, str], secrets_read: list[str]
) -> None:
    api, worker = functions["api"], functions["worker"]
    assert worker.send(shape("prepare")) == {"result": {}}, worker.log.read_text()
    job = json.loads(api.send(shape("generate"))["result"]["body"])
    for queue in ("DrawQueueArn", "CopyQueueArn"):
        answer = worker.send(handed_over(outputs[queue]))
        assert answer == {"result": {"batchItemFailures": []}}, worker.log.read_text()

    told = status(api, job)
    assert told["status"] == "completed"
    stored = client("s3").list_objects_v2(Bucket=outputs["PictureBucket"])["Contents"]
    addresses = {f"https://{outputs['PictureDomain']}/{found['Key']}" for found in stored}
    assert {told["results"][0][name] for name in ("imageUrl", "thumbnailUrl")} < addresses
    assert secrets_read == [outputs["SecretArn"]] * 2  # once for each function
