"""docs/deploy-lambda.md, walked: its commands that need no account, run as they are written."""

import base64
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from infra.stack import ROOT

WORDS = (ROOT / "docs" / "deploy-lambda.md").read_text(encoding="utf-8")


def blocks() -> list[str]:
    found = re.findall(r"^( *)```\n(.*?)^ *```$", WORDS, re.DOTALL | re.MULTILINE)
    return [
        "\n".join(line.removeprefix(space) for line in text.splitlines()) for space, text in found
    ]


def block_with(words: str) -> str:
    (found,) = (block for block in blocks() if words in block)
    return found


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A directory like a clone: our files, an interpreter at `.venv/bin`, nothing of the user's."""
    for name in (
        "infra",
        "events",
        "pixelprompt",
        "generation",
        "providers",
        "templates",
        "static",
    ):
        (tmp_path / name).symlink_to(ROOT / name)
    for name in ("manage.py", "zappa_settings.json"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / ".venv").symlink_to(Path(sys.prefix))
    return tmp_path


def run(script: str, place: Path, **env: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["sh", "-c", script],
        cwd=place,
        env={"PATH": os.environ["PATH"], "HOME": str(place), "LANG": "C.UTF-8"} | env,
        capture_output=True,
        text=True,
    )


def test_the_secret_is_one_that_a_start_accepts(clone: Path) -> None:
    make, _, told = block_with("> secret.json").partition("\nEND\n")
    assert told.startswith("aws secretsmanager create-secret")
    done = run(f"{make}\nEND\n", clone)
    assert done.returncode == 0, done.stderr
    secret = json.loads((clone / "secret.json").read_text())
    assert set(secret) == {"DATABASE_URL", "SECRET_KEY", "FIELD_ENCRYPTION_KEYS"}
    assert len(base64.b64decode(secret["FIELD_ENCRYPTION_KEYS"])) == 32
    assert secret["FIELD_ENCRYPTION_KEYS"] != secret["SECRET_KEY"]
    started = run(".venv/bin/python -c 'import pixelprompt.settings'", clone, **secret)
    assert started.returncode == 0, started.stderr


def test_the_events_are_answered_as_the_words_say(clone: Path) -> None:
    own = {"PIXELPROMPT_ENV_FILE": "", "PIXELPROMPT_DATA_DIR": str(clone / "data")}
    prepare, generate, bells = block_with("events/prepare.json").strip().splitlines()
    prepared = run(prepare, clone, **own)
    assert prepared.returncode == 0, prepared.stderr
    answer = run(generate, clone, **own)
    assert '"statusCode": 200' in answer.stdout, answer.stderr
    failed = run(bells, clone, **own)
    assert "BatchFailed" in failed.stderr
    read = run(bells, clone, **own, PARTIAL_BATCHES="true")
    assert '"itemIdentifier": "poison"' in read.stdout, read.stderr


def test_the_commands_name_what_is_there() -> None:
    for path in re.findall(r"(?:infra|events|tests)/[\w./-]+\.(?:py|yaml|json)", WORDS):
        assert (ROOT / path).is_file(), path
    settings = json.loads((ROOT / "zappa_settings.json").read_text())
    for stage in re.findall(r"zappa \w+ ((?:api|worker)_\w+)", WORDS):
        assert stage in settings
