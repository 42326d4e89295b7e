"""What a start does not import. Times are in docs/deploy-lambda.md; this keeps their cause."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.stack import ROOT

ENTRY = "pixelprompt.wsgi"
# Each was imported at every start once, for what few requests need.
LATER = {
    "PIL",
    "boto3",
    "botocore",
    "django.contrib.auth.admin",
    "django.test",
    "drf_spectacular.openapi",
    "generation.admin",
    "generation.desk",
    "generation.execution",
    "pika",
    "prometheus_client",
    "providers.transport",
    "redis",
    "requests",
    "rest_framework.views",
    "s3transfer",
    "storages",
    "urllib3",
}
# DRF looks whether requests is there, by importing it.
FOR_A_PAGE = {"requests", "rest_framework.views", "urllib3", "PIL"}


def imported(statement: str, data: Path) -> set[str]:
    """The modules of an interpreter that ran this, and nothing else."""
    done = subprocess.run(
        [sys.executable, "-c", f"import json, sys; {statement}; print(json.dumps([*sys.modules]))"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "PIXELPROMPT_ENV_FILE": "",
            "PIXELPROMPT_DATA_DIR": str(data),
            "PYTHONWARNINGS": "ignore",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def test_a_start_imports_nothing_that_it_may_not_need(tmp_path: Path) -> None:
    assert imported(f"import {ENTRY}", tmp_path) & LATER == set()


@pytest.mark.parametrize("name", sorted(LATER))
def test_what_must_come_later_is_there(name: str) -> None:
    """A name that is misspelled would never be found too early."""
    __import__(name)


def test_a_page_that_names_addresses_imports_neither_desk_nor_schema(
    tmp_path: Path,
) -> None:
    asked = f"import {ENTRY}; from django.urls import reverse; reverse('studio'); reverse('desk')"
    assert imported(asked, tmp_path) & LATER <= FOR_A_PAGE
