"""`zappa deploy` with our settings, as far as moto's AWS goes, and what follows it."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

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


def test_zappa_connects_the_worker_and_the_command_completes_it(
    settings_file: Path, deployed: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "package.zip").write_bytes(empty_package())
    words = ["deploy", "worker_dev", "-s", str(settings_file), "--zip", "package.zip"]
    done = subprocess.run(
        [str(Path(sys.executable).with_name("zappa")), *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert "Deployment complete" in done.stdout, done.stdout + done.stderr

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
