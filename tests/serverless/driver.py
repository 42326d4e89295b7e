"""Lambda's side of the bargain, in a clean interpreter: `python -I driver.py DIRECTORY`.

Imports the handler from an unpacked package and starts it, as a cold start does, then answers one
event a line: `{"result": …}` or `{"raised": "…"}`, with the seconds that it took, the processor's
and the clock's. What the handler prints goes to stderr.
"""

import json
import os
import sys
import time
from typing import Any

out = sys.stdout
sys.stdout = sys.stderr


def now() -> tuple[float, float]:
    return time.process_time(), time.perf_counter()


def since(began: tuple[float, float]) -> list[float]:
    return [after - before for before, after in zip(began, now(), strict=True)]


def answer(handler: Any, event: Any) -> dict[str, Any]:
    began = now()
    try:
        told = {"result": handler.lambda_handler(event, None)}
    except Exception as problem:  # noqa: BLE001 - Lambda catches whatever a handler raises
        told = {"raised": f"{type(problem).__name__}: {problem}"}
    return told | {"took": since(began)}


def main(package: str) -> None:
    os.chdir(package)
    sys.path.insert(0, package)
    began = now()
    import handler  # type: ignore[import-not-found]

    imported = since(began)
    told = answer(handler, {}) | {"imported": imported, "took": since(began)}
    print(json.dumps(told), file=out, flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(handler, json.loads(line))), file=out, flush=True)


main(sys.argv[1])
