"""A Dockerfile and what it may copy, as far as ours goes: anything else is refused."""

import json
import re
import shlex
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import NamedTuple

FLAG = re.compile(r"--([a-z-]+)=(\S+)\s+")


class Instruction(NamedTuple):
    """`flags` are those before the first word, as in `COPY --from=build`."""

    name: str
    flags: tuple[tuple[str, str], ...]
    rest: str

    @property
    def words(self) -> list[str]:
        """Of the form in brackets, or as a shell would cut them."""
        return list(json.loads(self.rest)) if self.rest.startswith("[") else shlex.split(self.rest)

    @property
    def command(self) -> list[str]:
        """What is executed: the form without brackets is for a shell."""
        return self.words if self.rest.startswith("[") else ["/bin/sh", "-c", self.rest]

    def flag(self, name: str) -> str:
        return dict(self.flags).get(name, "")


def read(file: Path) -> list[Instruction]:
    text = "\n".join(
        line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    )
    lines = re.sub(r"\\\n", "", text).splitlines()
    return [instruction(line) for line in lines if line.strip()]


def instruction(line: str) -> Instruction:
    name, rest = line.split(maxsplit=1)
    flags = []
    while found := FLAG.match(rest):
        flags.append((found[1], found[2]))
        rest = rest[found.end() :]
    return Instruction(name, tuple(flags), rest.strip())


def context(root: Path) -> Iterator[Path]:
    """The files below a directory that its `.dockerignore` leaves, relative to it."""
    rules = (root / ".dockerignore").read_text(encoding="utf-8").split("\n")
    patterns = [rule for rule in rules if rule and not rule.startswith("#")]
    for top in sorted(root.iterdir()):
        if not ignored(PurePosixPath(top.name), patterns):
            inside = top.rglob("*") if top.is_dir() else [top]
            for path in inside:
                named = path.relative_to(root)
                if path.is_file() and not ignored(PurePosixPath(named), patterns):
                    yield named


def ignored(path: PurePosixPath, patterns: list[str]) -> bool:
    """The last pattern that fits the path or a folder above it decides."""
    places = [str(place) for place in (path, *path.parents)][:-1]
    answer = False
    for pattern in patterns:
        bare = pattern.removeprefix("!")
        names = [PurePosixPath(p).name for p in places] if bare.startswith("**/") else places
        if any(fnmatch(name, bare.removeprefix("**/")) for name in names):
            answer = not pattern.startswith("!")
    return answer
