"""Load and faults against a team's installation for some minutes, and what was held."""

import argparse
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from benchmarks import machine
from tests.faults.checker import violations
from tests.faults.scale import SEED
from tests.faults.soak import table
from tests.faults.soak.run import Soak


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="of load; default: 10")
    parser.add_argument("--visitors", type=int, default=12, help="who order at once; default: 12")
    wanted = parser.parse_args()
    print("\n".join(f"{name}: {value}" for name, value in machine.description().items()))
    print(f"PIXELPROMPT_SEED={SEED}\ncontention before: {machine.contention():.2f}", flush=True)
    with tempfile.TemporaryDirectory(prefix="pixelprompt-soak-") as place, ExitStack() as stack:
        broken = tell(Soak(stack, Path(place), SEED), 60 * wanted.minutes, wanted.visitors)
    print(f"\ncontention after: {machine.contention():.2f}")
    return 1 if broken else 0


def tell(soak: Soak, seconds: float, visitors: int) -> int:
    """Run it and print its tables; returns how many promises were broken."""
    gauges, lasted = soak.run(seconds, visitors)
    evidence = soak.team.evidence()
    broken = violations(evidence)
    drawn = sum(row.state == "completed" for row in evidence.rows.results)
    faults = {"faults": told(soak.faults), "troubles planned for calls": told(soak.troubles)}
    held = table.outcome(evidence) | {"broken promises": str(len(broken))}
    table.show(faults | held | table.pace(gauges, soak.clients, lasted, drawn))
    print("\n" + "\n".join([table.LIFE_HEAD, *table.lives(gauges)]))
    print("\n" + "\n".join([table.ROW_HEAD, *table.sizes(soak.team.database)]))
    for violation in broken:
        print(violation)
    return len(broken)


def told(counted: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in counted.most_common()) or "none"


if __name__ == "__main__":
    sys.exit(main())
