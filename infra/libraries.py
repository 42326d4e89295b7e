"""The libraries of a package: wheels for Lambda's Linux, compiled, as one zip that is kept."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import zappa

from infra.stack import ROOT

VERSIONS = ("3.13", "3.12")
# What Zappa's handler imports, besides what we need ourselves. The rest of Zappa deploys only.
HANDLER = {"zappa", "werkzeug", "markupsafe", "durationpy"}
PLATFORMS = ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")


class Python(NamedTuple):
    path: str
    version: str


def find_python(wanted: str = "") -> Python | None:
    """The Python to package for: the wanted one, else this one, else one that is installed."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    installed = [str(p) for v in VERSIONS for p in sorted(pyenv.glob(f"{v}*/bin/python{v}"))]
    named = [wanted] if wanted else [sys.executable, "python3.13", *installed, "python3.12"]
    found = (Python(path, version_of(path)) for path in named)
    return next((python for python in found if python.version in VERSIONS), None)


def version_of(python: str) -> str:
    words = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):  # pyenv's shims fail where none is chosen
        return ""


def libraries(python: Python, excluded: list[str]) -> Path:
    """A zip of the libraries and Zappa's handler. For the same locks it is made only once."""
    locks = "\n".join([(ROOT / "requirements.txt").read_text(encoding="utf-8"), *handler_locks()])
    wanted = "\n".join([locks, python.version, *excluded, zappa.__version__])
    kept = Path(sys.prefix) / "lambda" / f"{hashlib.sha256(wanted.encode()).hexdigest()[:16]}.zip"
    if not kept.is_file():
        kept.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as work:
            tree = Path(work) / "tree"
            install(locks, tree, python)
            remove(tree, excluded)
            add_handler(tree)
            compile_all(tree, python)
            add(made := Path(work) / "made.zip", tree)
            made.rename(kept)
    return kept


def handler_locks() -> Iterator[str]:
    """The locked lines, with hashes, of what only Zappa's handler needs."""
    locked = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")
    for block in re.split(r"\n(?=\S)", locked):
        if block.partition("==")[0] in HANDLER:
            yield block


def install(locks: str, tree: Path, python: Python) -> None:
    """Wheels for Lambda's Linux, whatever this machine is, checked against their hashes."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write(locks)
        file.flush()
        platforms = [word for name in PLATFORMS for word in ("--platform", name)]
        pip = [sys.executable, "-m", "pip", "--python", python.path, "install", "--quiet"]
        quietly = ["--disable-pip-version-check", "--root-user-action=ignore", "--no-compile"]
        exactly = ["--require-hashes", "--no-deps", "--only-binary=:all:", *platforms]
        run([*pip, *quietly, *exactly, "--target", str(tree), "-r", file.name])


def run(words: list[str], **env: str) -> None:
    done = subprocess.run(words, cwd=ROOT, env=os.environ | env, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(words[:4])} … failed:\n{done.stderr}")


def remove(tree: Path, excluded: Iterable[str]) -> None:
    """What `exclude_glob` names, with Zappa's meaning of it."""
    for pattern in excluded:
        for path in list(tree.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def add_handler(tree: Path) -> None:
    """Zappa's handler and its way to start Django, at the root, where Lambda looks for them."""
    source = Path(zappa.__file__).parent
    shutil.copy(source / "handler.py", tree / "handler.py")
    shutil.copy(source / "ext" / "django_zappa.py", tree / "django_zappa_app.py")


def compile_all(tree: Path, python: Python) -> None:
    """Bytecode that is not compared with its source: the file times in a zip mean nothing."""
    words = ["-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash"]
    run([python.path, *words, "-s", str(tree), str(tree)])


def add(archive: Path, tree: Path) -> None:
    """Add every file below a directory to a zip."""
    with ZipFile(archive, "a", ZIP_DEFLATED, compresslevel=9) as package:
        for path in sorted(tree.rglob("*")):
            if path.is_file():
                package.writestr(entry(str(path.relative_to(tree))), path.read_bytes())


def entry(name: str) -> ZipInfo:
    """Readable by everybody, as Lambda demands, and of the same time in every package."""
    made = ZipInfo(name)
    made.external_attr = 0o644 << 16
    made.compress_type = ZIP_DEFLATED
    return made
