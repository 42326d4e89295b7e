"""Lighthouse on accessibility and good practice. `make lighthouse` measures speed, too."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lighthouse import EXACT, ready, scores
from tests.served import Served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not ready(), reason="needs Chromium, Node 20 and `npm ci` in tests/lighthouse"
    ),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served")) as running:
        running.finished(running.generate("a lighthouse in a storm"))
        yield running


@pytest.mark.parametrize("page", ["/", "/gallery/", "job", "/leaderboard/", "/docs/"])
def test_lighthouse_finds_nothing_to_mend(served: Served, page: str) -> None:
    if page == "job":
        page = f"/jobs/{served.get('/gallery/list').json()['galleries'][0]['id']}"
    assert scores(served.root + page, *EXACT) == dict.fromkeys(EXACT, 100)


def test_the_command_that_measures_speed_starts() -> None:
    command = [sys.executable, "-m", "tests.lighthouse", "--help"]
    root = Path(__file__).parent.parent
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "--runs" in done.stdout
