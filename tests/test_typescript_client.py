"""A TypeScript client typed by the schema: generated, compiled, and run against a server."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import requests

from tests.fakes import FakeProviders
from tests.served import ROOT, Served
from tests.test_serve import model_variables

EXAMPLE = ROOT / "examples" / "typescript"
INSTALLED = EXAMPLE / "node_modules"


@pytest.fixture
def client(tmp_path: Path) -> Path:
    """The example, where it can be built without a trace."""
    if shutil.which("node") is None or not INSTALLED.is_dir():
        pytest.skip("needs Node 20 and `npm ci` in examples/typescript")
    work = tmp_path / "client"
    shutil.copytree(EXAMPLE, work, ignore=shutil.ignore_patterns("node_modules", "built"))
    (work / "node_modules").symlink_to(INSTALLED)
    return work


def npm(client: Path, script: str, **env: str) -> None:
    done = subprocess.run(
        ["npm", "run", script], cwd=client, env=os.environ | env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_typed_client_compiles_and_draws(
    client: Path, tmp_path: Path, fakes: FakeProviders
) -> None:
    with Served(tmp_path / "data", **model_variables(fakes, "one", "two")) as served:
        npm(client, "types", PIXELPROMPT_URL=served.root)
        npm(client, "build")
        words = ["node", "built/main.js", served.root, "a fox in the snow"]
        done = subprocess.run(words, cwd=client, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        pictures = done.stdout.split()
        assert len(pictures) == 2
        for address in pictures:
            assert requests.get(address, timeout=10).headers["Content-Type"].startswith("image/")
    source = (client / "client.ts").read_text()
    (client / "client.ts").write_text(source.replace("result.imageUrl", "result.imageAddress"))
    with pytest.raises(AssertionError, match="Property 'imageAddress' does not exist"):
        npm(client, "build")
