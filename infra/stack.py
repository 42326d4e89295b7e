"""Zappa's settings for one environment: `zappa_settings.json` with a stack's outputs filled in.

The outputs lie in `dist/ENVIRONMENT.outputs.json`, as `aws cloudformation describe-stacks` gives
them. Without them a package can be made to try, but not to deploy.
"""

import json
from pathlib import Path
from string import Template
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
ENVIRONMENTS = ("dev", "staging", "production")
Settings = dict[str, dict[str, Any]]


def outputs_file(environment: str) -> Path:
    return DIST / f"{environment}.outputs.json"


def outputs(environment: str) -> dict[str, str]:
    """The stack's outputs by name, or stand-ins where there is no stack.

    ValueError, in one sentence, where the file is not what AWS answers for our stack.
    """
    file, expected = outputs_file(environment), stand_ins(environment)
    if not file.is_file():
        return expected
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        found = {str(output["OutputKey"]): str(output["OutputValue"]) for output in told}
    except (ValueError, TypeError, KeyError):  # an empty file, where the AWS CLI failed
        raise ValueError(f"{file} holds no outputs of a stack.") from None
    if missing := sorted(set(expected) - set(found)):
        raise ValueError(f"{file} lacks {', '.join(missing)}: is the stack this version's?")
    return found


def stand_ins(environment: str) -> dict[str, str]:
    """Outputs of the right shape, of an account that does not exist."""
    name, account = f"pixelprompt-{environment}", "000000000000"
    queue = f"arn:aws:sqs:us-east-1:{account}:{name}"
    return {
        "Region": "us-east-1",
        "Namespace": name,
        "ApiRoleArn": f"arn:aws:iam::{account}:role/{name}-api",
        "WorkerRoleArn": f"arn:aws:iam::{account}:role/{name}-worker",
        "PictureBucket": f"{name}-pictures",
        "PictureDomain": "d111111abcdef8.cloudfront.net",
        "PackageBucket": f"{name}-packages",
        "DrawQueueArn": f"{queue}_draw",
        "CopyQueueArn": f"{queue}_copies",
        "SecretArn": f"arn:aws:secretsmanager:us-east-1:{account}:secret:{name}",
    }


def zappa_settings(values: dict[str, str], runtime: str) -> Settings:
    """Zappa's settings with these outputs; KeyError where one is missing."""
    text = (ROOT / "zappa_settings.json").read_text(encoding="utf-8")
    settings: Settings = json.loads(Template(text).substitute(values))
    settings["base"]["runtime"] = runtime
    if "SubnetIds" in values:
        settings["base"]["vpc_config"] = {
            "SubnetIds": values["SubnetIds"].split(","),
            "SecurityGroupIds": [values["SecurityGroupId"]],
        }
    return settings
