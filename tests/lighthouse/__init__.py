"""Google's Lighthouse, as a phone would see our pages. `npm ci` in this folder installs it."""

import json
import os
import subprocess
from pathlib import Path

from tests.chromium import ARGUMENTS, CHROMIUM

COMMAND = Path(__file__).parent / "node_modules" / ".bin" / "lighthouse"
EXACT = ("accessibility", "best-practices")  # the same on every machine, however busy it is


def scores(url: str, *categories: str) -> dict[str, int]:
    """From 0 to 100, by category."""
    flags = " ".join(["--headless=new", *ARGUMENTS])
    words = [str(COMMAND), url, "--quiet", "--output=json", f"--chrome-flags={flags}"]
    words.append(f"--only-categories={','.join(categories)}")
    env = os.environ | {"CHROME_PATH": CHROMIUM or ""}
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["categories"]
    return {name: round(100 * found[name]["score"]) for name in categories}


def ready() -> bool:
    return CHROMIUM is not None and COMMAND.exists()
