"""The roles of the two functions, beside what the code does with the bucket under them."""

import re
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient
from django.test import Client

from generation import health, watching
from generation.deletion import delete_jobs
from generation.readiness import CHECKS
from generation.watching import Watch
from infra import stack
from pixelprompt.diagnosis.services import forgetful_storage
from providers.models import ImageModel
from tests.api.drawing import copied, drawn
from tests.serverless.test_template import resources, template

__all__ = ["resources", "template"]
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# What S3 demands of a role for a call on objects.
DEMANDS = {
    "PutObject": "s3:PutObject",
    "GetObject": "s3:GetObject",
    "HeadObject": "s3:GetObject",
    "DeleteObject": "s3:DeleteObject",
    "DeleteObjects": "s3:DeleteObject",
}
Calls = set[tuple[str, str]]


@pytest.fixture
def calls(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> Calls:
    """Each action that is needed on the picture bucket, with the keys as IAM would tell them."""
    noted: Calls = set()
    call = BaseClient._make_api_call  # type: ignore[attr-defined]

    def noting(self: Any, operation: str, asked: dict[str, Any]) -> Any:
        several = asked.get("Delete", {}).get("Objects", [asked])
        if operation in DEMANDS:
            noted.update((DEMANDS[operation], as_pattern(item["Key"])) for item in several)
        return call(self, operation, asked)

    monkeypatch.setattr(BaseClient, "_make_api_call", noting)
    monkeypatch.setattr(health, "watch", Watch(CHECKS))  # nothing is known from before
    monkeypatch.setattr(watching, "PATIENCE", 30.0)
    return noted


def as_pattern(key: str) -> str:
    """A key with its first part told as IAM would: `?` for each character of an id."""
    first, _, _ = key.partition("/")
    return (re.sub(r"[0-9a-f]", "?", first) if re.fullmatch(UUID, first) else first) + "/*"


def granted(resources: dict[str, Any], role: str) -> Calls:
    """What a function may do with the objects of the picture bucket."""
    (policy,) = resources[role]["Properties"]["Policies"]
    return {
        (action, statement["Resource"]["Fn::Sub"].removeprefix("${PictureBucket.Arn}/"))
        for statement in policy["PolicyDocument"]["Statement"]
        for action in statement["Action"]
        if action in DEMANDS.values()
    }


@pytest.mark.django_db(transaction=True)
def test_the_worker_may_do_exactly_what_it_does_with_pictures(
    resources: dict[str, Any], calls: Calls, aurora: ImageModel
) -> None:
    copied(job := drawn())
    assert list(forgetful_storage()) == []  # `zappa manage worker_dev doctor`
    delete_jobs([job.pk])  # as the sweep does with what is too old
    assert calls == granted(resources, "WorkerRole")


@pytest.mark.django_db(transaction=True)
def test_the_api_may_do_exactly_what_it_does_with_pictures(
    resources: dict[str, Any], calls: Calls, client: Client, aurora: ImageModel
) -> None:
    job = drawn()
    calls.clear()
    client.get("/readyz")
    assert b"".join(client.get(f"/jobs/{job.pk}/pictures.zip"))
    assert list(forgetful_storage()) == []  # `zappa manage api_dev doctor`
    delete_jobs([job.pk])
    assert calls == granted(resources, "ApiRole")


def test_nothing_else_in_the_code_writes_to_the_storage() -> None:
    writers = {
        path.stem
        for room in ("generation", "pixelprompt", "providers")
        for path in Path(stack.ROOT / room).rglob("*.py")
        if re.search(r"(default_)?storage\.save\(", path.read_text(encoding="utf-8"))
    }
    assert writers == {"pictures", "readiness", "services"}


def test_no_role_may_do_everything_or_reach_everything(resources: dict[str, Any]) -> None:
    for role in ("ApiRole", "WorkerRole"):
        (policy,) = resources[role]["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]:
            actions = statement["Action"]
            assert "*" not in str(actions)
            assert statement["Resource"] != "*"
