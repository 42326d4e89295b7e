"""AWS as moto's server plays it, for tests of what runs on Lambda or sets it up."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import boto3

REGION = "us-east-1"


def client(service: str) -> Any:
    return boto3.client(service, region_name=REGION)


def make_function(name: str, **settings: Any) -> str:
    """A function of Lambda's that does nothing; returns its ARN."""
    trust = '{"Version": "2012-10-17", "Statement": []}'
    role = client("iam").create_role(RoleName=f"{name}-role", AssumeRolePolicyDocument=trust)
    made = client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=role["Role"]["Arn"],
        Handler="handler.lambda_handler",
        Code={"ZipFile": empty_package()},
        **settings,
    )
    return str(made["FunctionArn"])


def empty_package() -> bytes:
    """A package that does nothing."""
    package = BytesIO()
    with ZipFile(package, "w") as archive:
        archive.writestr("handler.py", "def lambda_handler(event, context): ...")
    return package.getvalue()
