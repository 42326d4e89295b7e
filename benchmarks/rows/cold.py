"""How long a fresh interpreter takes to import what Lambda calls."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

from benchmarks.figures import Figure
from benchmarks.installation import ROOT

RUNS = 7
ENTRY = "import pixelprompt.wsgi"
BARE = "import django, rest_framework.views, psycopg, boto3; django.setup()"


def measure(provider_url: str) -> Iterator[Figure]:
    importing(ENTRY)  # writes the compiled files
    ours = [importing(ENTRY) for _ in range(RUNS)]
    limit = [importing(BARE) for _ in range(RUNS)]
    yield Figure("cold import of the WSGI entry", "s", ours, "<= 0.8", limit)


def importing(statement: str) -> float:
    with tempfile.TemporaryDirectory() as place:
        env = {
            "PATH": os.environ["PATH"],
            "PIXELPROMPT_ENV_FILE": "",
            "PIXELPROMPT_DATA_DIR": place,
            "DJANGO_SETTINGS_MODULE": "benchmarks.nothing" if statement == BARE else "",
            "PYTHONWARNINGS": "ignore",
        }
        env = {name: value for name, value in env.items() if value or name.startswith("PIXEL")}
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", statement], cwd=ROOT, env=env, check=True)
        return time.perf_counter() - started
