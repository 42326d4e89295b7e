"""Lambda's side of the bargain, in a clean interpreter: `python -I driver.py DIRECTORY`.

Imports the handler from an unpacked package and starts it, as a cold start does, then answers one
event a line: `{"result": …}` or `{"raised": "…"}`. What the handler prints goes to stderr.
"""

import json
import os
import sys
import time
from typing import Any

out = sys.stdout
sys.stdout = sys.stderr


def answer(handler: Any, event: Any) -> dict[str, Any]:
    try:
        return {"result": handler.lambda_handler(event, None)}
    except Exception as problem:  # noqa: BLE001 - Lambda catches whatever a handler raises
        return {"raised": f"{type(problem).__name__}: {problem}"}


def main(package: str) -> None:
    os.chdir(package)
    sys.path.insert(0, package)
    started = time.perf_counter()
    import handler  # type: ignore[import-not-found]

    told = answer(handler, {}) | {"seconds": time.perf_counter() - started}
    print(json.dumps(told), file=out, flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(handler, json.loads(line))), file=out, flush=True)


main(sys.argv[1])
