"""What is said in the Dockerfile, and what it may copy."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.containers import dockerfile
from tests.served import ROOT


def test_only_what_the_image_needs_may_be_copied(tmp_path: Path) -> None:
    kept = {"pyproject.toml", "providers/kinds.py", "templates/admin/index.html"}
    left = {".env", "data/secret_key", ".git/config", "tests/x.py", "generation/__pycache__/x.pyc"}
    for name in kept | left:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    shutil.copy(ROOT / ".dockerignore", tmp_path)
    assert {str(path) for path in dockerfile.context(tmp_path)} == kept


def test_hadolint_finds_nothing() -> None:
    hadolint = Path(sys.executable).parent / "hadolint"
    done = subprocess.run([hadolint, ROOT / "Dockerfile"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
