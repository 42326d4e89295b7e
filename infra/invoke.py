"""`python -m infra.invoke events/home.json`: what Lambda would answer to an event, from here.

Zappa's own handler runs with our code, on the database and the settings that `make run` uses.
"""

import importlib
import json
import os
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from infra import stack
from infra.package import generated_settings


def main() -> None:
    parser = ArgumentParser(prog="python -m infra.invoke")
    parser.add_argument("event", type=Path, help="a file of events/, or one of your own")
    parser.add_argument("--function", choices=("api", "worker"), default="")
    asked = parser.parse_args()
    event = json.loads(asked.event.read_text(encoding="utf-8"))
    stage = asked.function or ("worker" if "Records" in event or "detail-type" in event else "api")
    print(json.dumps(invoke(event, f"{stage}_dev"), indent=2))


def invoke(event: dict[str, Any], stage: str) -> Any:
    """The handler's answer, as the function of a stage gives it."""
    settings = stack.zappa_settings(stack.stand_ins("dev"), "python3.13")
    os.environ.setdefault("ALLOWED_HOSTS", "*")
    with tempfile.TemporaryDirectory() as work:
        filled = Path(work) / "zappa.json"
        filled.write_text(json.dumps(settings), encoding="utf-8")
        generated = generated_settings(filled, stage)
        (Path(work) / "zappa_settings.py").write_text(generated, encoding="utf-8")
        sys.path.insert(0, work)
        return importlib.import_module("zappa.handler").lambda_handler(event, None)


if __name__ == "__main__":
    main()
