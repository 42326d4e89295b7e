"""The README's section for a team, as data: what it says is what is run."""

import re
import shlex
import sys
from pathlib import Path

from tests.faults.processes import ROOT

SECTION = re.compile(r"^## A team's own servers\n(.*?)^## ", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def section() -> str:
    found = SECTION.search((ROOT / "README.md").read_text(encoding="utf-8"))
    assert found
    return found[1]


def lines() -> list[str]:
    """Every line of its blocks."""
    return [line for block in BLOCK.findall(section()) for line in block.splitlines()]


def settings() -> dict[str, str]:
    """The variables of its `.env`, with their values as they are written."""
    return dict(line.split("=", 1) for line in lines() if re.match(r"[A-Z]\w*=", line))


def command(about: str) -> list[str]:
    """The one command in which these words are, with the interpreter that runs this."""
    (line,) = (line for line in lines() if about in line)
    tool, *words = shlex.split(line)
    return [str(Path(sys.prefix, "bin", Path(tool).name)), *words]
