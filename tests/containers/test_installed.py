"""`pip install .` gives the command `pixelprompt`, which needs no checkout."""

import os
import re
from pathlib import Path
from zipfile import ZipFile

import pytest

from providers.version import VERSION
from tests.containers import packages
from tests.served import Served


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packages.build(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packages.install(wheel, tmp_path_factory.mktemp("environment"))


def around(programs: Path, home: Path) -> dict[str, str]:
    return {"PATH": f"{programs}{os.pathsep}{os.defpath}", "HOME": str(home)}


class Installed(Served):
    """The command, started in a directory of its own."""

    programs: Path

    def command(self) -> tuple[list[str], Path, dict[str, str]]:
        words = [str(self.programs / "pixelprompt"), "serve"]
        return words, self.data, around(self.programs, self.data) | {"PYTHONUNBUFFERED": "1"}


def test_the_wheel_holds_every_file_that_is_needed_and_no_other(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == packages.shipped()
    assert {"providers/catalogue.toml", "pixelprompt/shipped/templates/base.html"} <= held


def test_the_command_tells_the_projects_version(
    wheel: Path, programs: Path, tmp_path: Path
) -> None:
    said = packages.ran(str(programs / "pixelprompt"), "--version", env=around(programs, tmp_path))
    assert said == f"Pixel Prompt {VERSION}\n"
    assert wheel.name.startswith(f"pixelprompt-{VERSION}-")


def test_it_serves_from_the_directory_it_is_started_in(programs: Path, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=0\nALLOWED_HOSTS=127.0.0.1\n")
    Installed.programs = programs
    with Installed(tmp_path) as served:
        assert not served.root.endswith(":8000")  # the file was read
        page = served.get("/")
        assert page.status_code == 200
        linked = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
        assert linked
        assert {served.get(path).status_code for path in linked} == {200}
        told = served.finished(served.generate("a fox", models=["demo-ink"]))
        assert told["status"] == "completed"
        assert served.get(told["results"][0]["imageUrl"].removeprefix(served.root)).ok
    assert (tmp_path / "data" / "pixelprompt.sqlite3").is_file()
    assert packages.ran(
        str(programs / "pixelprompt"), "doctor", cwd=tmp_path, env=around(programs, tmp_path)
    )
