"""`make package`: what Lambda gets, made without AWS.

The libraries, our code, collected static files and Zappa's handler. The two zips of an
environment, for `api` and `worker`, differ only in the `zappa_settings.py` that Zappa generates.
"""

import json
import shutil
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from zipfile import ZipFile

from zappa.cli import ZappaCLI

from infra import stack
from infra.libraries import Python, add, compile_all, entry, find_python, libraries, run
from infra.stack import DIST, ENVIRONMENTS, ROOT

LIMITS = {"zip": 35_000_000, "unpacked": 120_000_000}  # bytes
STAGES = ("api", "worker")
# Nothing of the operator's own settings has a part in a package.
BARE = {
    "DJANGO_SETTINGS_MODULE": "pixelprompt.settings",
    "PIXELPROMPT_ENV_FILE": "",
    "DATABASE_URL": "",
    "SECRETS_ARN": "",
    "SECRETS_PARAMETER_PATH": "",
}
OURS = ("pixelprompt", "generation", "providers", "templates", "locale", "manage.py")


def main() -> None:
    parser = ArgumentParser(prog="make package")
    parser.add_argument("environment", choices=ENVIRONMENTS)
    parser.add_argument("--python", default="", help="a Python 3.12 or 3.13")
    asked = parser.parse_args()
    python = find_python(asked.python)
    if python is None:
        sys.exit(
            "A package for Lambda is made under Python 3.12 or 3.13, and none was found: "
            "name one with make package LAMBDA_PYTHON=/path/to/python3.13."
        )
    try:
        stack.outputs(asked.environment)
    except ValueError as problem:
        sys.exit(str(problem))
    for archive in make(asked.environment, python):
        zipped, unpacked = sizes(archive)
        print(f"{archive}: {zipped / 1e6:.1f} MB, unpacked {unpacked / 1e6:.1f} MB")
    if not stack.outputs_file(asked.environment).is_file():
        print("Made to try, not to deploy: dist/ holds no outputs of a stack.")


def make(
    environment: str, python: Python, into: Path = DIST, stages: Iterable[str] = STAGES
) -> list[Path]:
    """Make an environment's packages; returns their paths."""
    settings = stack.zappa_settings(stack.outputs(environment), f"python{python.version}")
    into.mkdir(parents=True, exist_ok=True)
    filled = into / f"zappa_{environment}.json"
    filled.write_text(json.dumps(settings, indent=4), encoding="utf-8")
    archives = [into / f"pixelprompt-{stage}-{environment}.zip" for stage in stages]
    with tempfile.TemporaryDirectory() as work:
        base, tree = Path(work) / "base.zip", Path(work) / "tree"
        shutil.copy(libraries(python, settings["base"]["exclude_glob"]), base)
        add_ours(tree)
        compile_all(tree, python)
        add(base, tree)
        for archive, stage in zip(archives, stages, strict=True):
            shutil.copy(base, archive)
            with ZipFile(archive, "a") as package:
                generated = generated_settings(filled, f"{stage}_{environment}")
                package.writestr(entry("zappa_settings.py"), generated)
    for archive in archives:
        check_size(archive)
    return archives


def add_ours(tree: Path) -> None:
    tree.mkdir()
    for name in OURS:
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif path.is_file():
            shutil.copy(path, tree / name)
    with tempfile.TemporaryDirectory() as data:
        words = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
        run([*words, "--ignore=rest_framework"], **BARE, PIXELPROMPT_DATA_DIR=data)
        shutil.copytree(Path(data) / "static", tree / "packed")
    keep_hashed(tree / "packed")


def keep_hashed(packed: Path) -> None:
    """Pages name static files by their hashes, and API Gateway compresses what it sends."""
    manifest = json.loads((packed / "staticfiles.json").read_text(encoding="utf-8"))
    for name in manifest["paths"]:
        (packed / name).unlink()
    for path in packed.rglob("*.gz"):
        path.unlink()


def generated_settings(file: Path, stage: str) -> str:
    """The `zappa_settings.py` that Zappa itself generates for a stage."""
    cli = ZappaCLI()
    cli.load_credentials = False
    cli.api_stage = stage
    cli.load_settings(str(file))
    return str(cli.get_zappa_settings_string())


def sizes(archive: Path) -> tuple[int, int]:
    """Bytes of a package as it is uploaded, and unpacked."""
    with ZipFile(archive) as package:
        return archive.stat().st_size, sum(item.file_size for item in package.infolist())


def check_size(archive: Path) -> None:
    for (name, limit), size in zip(LIMITS.items(), sizes(archive), strict=True):
        if size > limit:
            sys.exit(f"{archive.name} is too large: {size / 1e6:.1f} MB {name}.")


if __name__ == "__main__":
    main()
