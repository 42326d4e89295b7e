"""What a start does not pay for."""

import os
import subprocess
import sys
from pathlib import Path

from tests.served import ROOT

PROGRAM = """
import sys
import pixelprompt.wsgi
print(*(name for name in ("redis", "pika") if name in sys.modules))
"""


def test_clients_of_services_that_are_not_used_are_not_imported(tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()
    env = {
        "PATH": os.environ["PATH"],
        "PIXELPROMPT_ENV_FILE": "",
        "PIXELPROMPT_DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "pixelprompt.settings",
    }
    command = [sys.executable, "-c", PROGRAM]
    ran = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []
