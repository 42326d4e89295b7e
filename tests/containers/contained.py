"""Processes in a container of the image, as far as a machine without an engine can have one."""

import os
import subprocess
from pathlib import Path

from tests.containers.image import Image
from tests.faults.arrangement import free_port
from tests.served import Served


def volume(image: Image, folder: Path) -> Path:
    """A new volume belongs to whom the image's own directory belongs to."""
    (place,) = image.stage.volumes
    found = image.inside(place).stat()
    folder.mkdir()
    folder.chmod(found.st_mode & 0o777)
    os.chown(folder, found.st_uid, found.st_gid)
    return folder


class Contained(Served):
    """A command that serves, the image's own unless another is named."""

    def __init__(self, image: Image, data: Path, words: list[str], **env: str) -> None:
        self.image = image
        self.words = words
        self.env = {"PORT": str(free_port())} | env
        super().__init__(data)

    def command(self) -> tuple[list[str], Path, dict[str, str]]:
        words = self.image.started(self.words, self.data, **self.env)
        return words, Path("/"), {"PATH": os.environ["PATH"]}

    def probed(self) -> int:
        """How the image's health check ends."""
        words = self.image.started(self.image.stage.probe, self.data, **self.env)
        return subprocess.run(words, capture_output=True, timeout=60).returncode

    def owner(self) -> str:
        """Whose process it is: user and group."""
        status = Path("/proc", str(self.process.pid), "status").read_text(encoding="ascii")
        told = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        return f"{told['Uid'].split()[0]}:{told['Gid'].split()[0]}"
