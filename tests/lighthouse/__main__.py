"""`make lighthouse`: the medians of each page's scores, on a server like that of `make run`.

Performance is a matter of the machine: look at it on one that does nothing else.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from statistics import median

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests.lighthouse import EXACT, ready, scores  # noqa: E402 - needs the set-up above
from tests.served import Served  # noqa: E402

CATEGORIES = ("performance", *EXACT)
BARS = {"/": (95, 100, 100), "/gallery/": (95, 100, 100), "/jobs/{job}": (0, 100, 100)}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.lighthouse", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs: int = parser.parse_args().runs
    if not ready():
        parser.exit(1, "Install Chromium, and Lighthouse with `npm ci` in tests/lighthouse.\n")
    with tempfile.TemporaryDirectory() as data, Served(Path(data)) as served:
        job = served.generate("a lighthouse in a storm")
        served.finished(job)
        low = [path for path in BARS if not held(served, path.format(job=job), BARS[path], runs)]
    sys.exit(1 if low else 0)


def held(served: Served, path: str, bars: tuple[int, ...], runs: int) -> bool:
    """Whether the page keeps its bars; they are told beside the medians."""
    taken = [scores(served.root + path, *CATEGORIES) for _ in range(runs)]
    found = [median(each[name] for each in taken) for name in CATEGORIES]
    told = (
        f"{name} {score:g}" + (f" (at least {bar})" if bar else "")
        for name, score, bar in zip(CATEGORIES, found, bars, strict=True)
    )
    print(f"{path.partition('-')[0]:20}", *told, sep="  ", flush=True)
    return all(score >= bar for score, bar in zip(found, bars, strict=True))


if __name__ == "__main__":
    main()
