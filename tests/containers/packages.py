"""A wheel of this project, and a bare environment to install it into."""

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

from tests.served import ROOT

PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
SHIPPED = ("locale", "static", "templates")


def ran(*words: str, **options: object) -> str:
    """What a command says that must succeed."""
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, **options)  # type: ignore[call-overload]
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}{done.stderr}"
    return str(done.stdout)


def build(into: Path) -> Path:
    """The wheel that `pip install .` makes and installs."""
    ran(*PIP, "wheel", "--no-deps", "--no-build-isolation", "-w", str(into), str(ROOT))
    (wheel,) = into.glob("*.whl")
    return wheel


def install(wheel: Path, into: Path) -> Path:
    """An environment with nothing but the wheel of its own; returns its bin directory.

    The libraries are those of this test run, since they are what pip would fetch.
    """
    venv.create(into, symlinks=True)
    ran(*PIP, "--python", str(into), "install", "--no-deps", "--no-index", str(wheel))
    (packages,) = into.glob("lib/python*/site-packages")
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return into / "bin"


def shipped() -> set[str]:
    """Where each file of ours must be in the wheel."""
    packages = [path for path in ROOT.glob("*/__init__.py") if path.parent.name in OURS]
    inside = {str(path.relative_to(ROOT)) for package in packages for path in files(package.parent)}
    beside = {path for name in SHIPPED for path in files(ROOT / name)}
    return inside | {f"pixelprompt/shipped/{path.relative_to(ROOT)}" for path in beside}


OURS = ("generation", "pixelprompt", "providers")


def files(folder: Path) -> set[Path]:
    return {p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts}
