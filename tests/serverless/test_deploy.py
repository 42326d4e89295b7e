"""`zappa deploy` with our settings, as far as moto's AWS goes, and what follows it."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from infra import stack
from tests.serverless.aws import client, empty_package
from tests.serverless.test_template import deployed, template

__all__ = ["deployed", "template"]


@pytest.fixture
def settings_file(deployed: dict[str, str], tmp_path: Path) -> Path:
    file = tmp_path / "zappa_dev.json"
    file.write_text(json.dumps(stack.zappa_settings(deployed, "python3.13")))
    return file


def zappa(settings_file: Path, *words: str) -> None:
    """Run one of Zappa's commands; an assertion tells what it said where it failed."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("zappa")), *words, "-s", str(settings_file)],
        cwd=settings_file.parent,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def zappa_deploy(settings_file: Path, stage: str) -> None:
    settings_file.with_name("package.zip").write_bytes(empty_package())
    zappa(settings_file, "deploy", stage, "--zip", "package.zip")


def test_zappa_connects_the_worker_and_the_command_completes_it(
    settings_file: Path, deployed: dict[str, str]
) -> None:
    zappa_deploy(settings_file, "worker_dev")
    function = client("lambda").get_function_configuration(FunctionName="pixelprompt-worker-dev")
    assert function["Role"] == deployed["WorkerRoleArn"]
    assert function["Timeout"] == 360
    assert function["Environment"]["Variables"]["SECRETS_ARN"] == deployed["SecretArn"]
    (rule,) = client("events").list_rules()["Rules"]
    assert rule["Name"].endswith("-pixelprompt.lambda_events.sweep")

    out = StringIO()
    call_command("connect_queues", "pixelprompt-worker-dev", stdout=out)
    for queue in ("DrawQueueArn", "CopyQueueArn"):
        assert f"{deployed[queue]}: partial batches" in out.getvalue()

    zappa(settings_file, "undeploy", "worker_dev", "--yes")
    kept = client("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert not [m for m in kept if m["FunctionArn"].endswith(":pixelprompt-worker-dev")]
    assert client("events").list_rules()["Rules"] == []


def test_zappa_s_api_bears_the_name_that_the_alarm_watches(
    settings_file: Path, template: dict[str, Any]
) -> None:
    zappa_deploy(settings_file, "api_dev")
    (api,) = client("apigateway").get_rest_apis()["items"]
    (dimension,) = template["Resources"]["Answers5xx"]["Properties"]["Dimensions"]
    assert dimension["Value"]["Fn::Sub"].replace("${Environment}", "dev") == api["name"]
    stages = client("apigateway").get_stages(restApiId=api["id"])["item"]
    assert [stage["stageName"] for stage in stages] == ["api_dev"]

    zappa(settings_file, "undeploy", "api_dev", "--yes")
    stacks = client("cloudformation").describe_stacks()["Stacks"]  # moto keeps the API itself
    assert "pixelprompt-api-dev" not in [stack["StackName"] for stack in stacks]
    bucket = json.loads(settings_file.read_text())["base"]["s3_bucket"]
    assert "Contents" not in client("s3").list_objects_v2(Bucket=bucket)
