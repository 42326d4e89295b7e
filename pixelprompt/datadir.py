"""The data directory: one process at a time may serve from it."""

import fcntl
from pathlib import Path
from typing import IO


class Unusable(Exception):
    """Another process holds the data directory, or it cannot be written to."""


class InUse(Unusable):
    """Another process holds it."""


def lock(directory: Path) -> IO[bytes]:
    """Hold the directory for as long as the returned file is open. Our death releases it."""
    held = opened(directory)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as problem:
        held.close()
        raise InUse(
            f"Another Pixel Prompt already uses {directory}. Stop it, or set "
            "PIXELPROMPT_DATA_DIR to another directory."
        ) from problem
    return held


def opened(directory: Path) -> IO[bytes]:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        return (directory / "lock").open("ab")
    except OSError as problem:
        raise Unusable(
            f"The data directory {directory} cannot be written to: {problem.strerror}."
        ) from problem
