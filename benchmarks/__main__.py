"""`python -m benchmarks [row ...]`: measure, print the table, write it as JSON."""

import argparse
import json
import sys
import time
from pathlib import Path

from benchmarks import machine
from benchmarks.figures import HEAD, Figure
from benchmarks.installation import provider
from benchmarks.rows import cold, fanout, idle, push, reads, throughput

ROWS = {
    "fanout": fanout.measure,
    "idle": idle.measure,
    "throughput": throughput.measure,
    "reads": reads.measure,
    "push": push.measure,
    "cold": cold.measure,
}
BUSY = 1.1


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", choices=[*ROWS, []], help="all, if none is named")
    parser.add_argument("--json", type=Path, default=Path("benchmarks/results.json"))
    wanted = parser.parse_args()
    about = machine.description()
    print("\n".join(f"{name}: {value}" for name, value in about.items()))
    before, started = machine.contention(), time.monotonic()
    print(f"\n{HEAD}", flush=True)
    figures: list[Figure] = []
    with provider() as url:
        for row in wanted.rows or ROWS:
            for figure in ROWS[row](url):
                print(figure.as_line(), flush=True)
                figures.append(figure)
    after = machine.contention()
    disturbed = max(before, after) > BUSY
    print(
        f"\n{time.monotonic() - started:.0f} s; contention {before:.2f} before, {after:.2f} after"
    )
    if disturbed:
        print("Somebody else used this machine meanwhile: these figures are DISTURBED.")
    told = {
        "machine": about, "contention": [before, after], "disturbed": disturbed,
        "figures": [figure.as_json() for figure in figures],
    }  # fmt: skip
    wanted.json.write_text(json.dumps(told, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
