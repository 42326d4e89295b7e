"""Schemathesis, with every check it has, finds nothing in the running server."""

import os
import subprocess
import sys
from pathlib import Path

from tests.fakes import FakeProviders
from tests.served import ROOT, Served
from tests.test_serve import model_variables

EXAMPLES = os.environ.get("PIXELPROMPT_FUZZ", "2")  # per call; `make fuzz` asks for more
SEED = os.environ.get("PIXELPROMPT_SEED", "1")


def test_nothing_is_found_by_fuzzing(tmp_path: Path, fakes: FakeProviders) -> None:
    unlimited = {"IP_INCLUDE": "127.0.0.1", "QUEUE_BOUND": "1000000", "LOG_LEVEL": "ERROR"}
    with Served(tmp_path, **unlimited, **model_variables(fakes, "free")) as served:
        told = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "run", f"{served.root}/schema"),
                *("--max-examples", EXAMPLES, "--seed", SEED, "--no-color"),
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 0, told.stdout + told.stderr
        assert "No issues found" in told.stdout
        assert "Traceback" not in served.output
