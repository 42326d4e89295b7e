"""`python -m infra.invoke`: Zappa's handler, asked from a clone."""

import os
import subprocess
import sys
from pathlib import Path

from infra.stack import ROOT


def test_an_event_is_answered_here(tmp_path: Path) -> None:
    own = {
        "DJANGO_SETTINGS_MODULE": "pixelprompt.settings",
        "PIXELPROMPT_DATA_DIR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-m", "infra.invoke", "events/keep-warm.json"],
        cwd=ROOT,
        env=os.environ | own,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["Instancing..", "null"]
