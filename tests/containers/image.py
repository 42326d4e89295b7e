"""Executes a Dockerfile's instructions, one stage after another, each in a room of its own."""

import os
import shutil
import subprocess
from pathlib import Path
from string import Template

from infra.libraries import find_python
from tests.containers import dockerfile
from tests.containers.dockerfile import Instruction
from tests.containers.rooms import Mount, Room
from tests.served import ROOT

BASE = {"PATH": "/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin", "HOME": "/root"}


def base_python() -> Path:
    """The prefix of the installed Python that is nearest to the base image's."""
    found = find_python()
    python = found.path if found else "python3"
    words = [python, "-c", "import sys; print(sys.base_prefix)"]
    return Path(subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip())


class Stage:
    """A room, and what the instructions so far have said about it."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.env = dict(BASE)
        self.place = "/"
        self.user = "0:0"
        self.command: list[str] = []
        self.probe: list[str] = []
        self.volumes: list[str] = []
        self.ports: list[str] = []


class Image:
    """What a Dockerfile makes: its last stage."""

    def __init__(self, folder: Path, file: Path = ROOT / "Dockerfile") -> None:
        self.folder = folder
        self.python = base_python()
        self.stages: dict[str, Stage] = {}
        for said in dockerfile.read(file):
            getattr(self, f"do_{said.name.lower()}")(said)

    @property
    def stage(self) -> Stage:
        return list(self.stages.values())[-1]

    def do_from(self, said: Instruction) -> None:
        name = said.words[2] if said.words[1:2] == ["AS"] else "last"
        self.stages[name] = Stage(Room(self.folder / name, self.python))

    def do_env(self, said: Instruction) -> None:
        before = dict(self.stage.env)
        for pair in said.words:
            name, _, value = pair.partition("=")
            self.stage.env[name] = Template(value).substitute(before)

    def do_workdir(self, said: Instruction) -> None:
        self.stage.place = said.rest
        self.inside(said.rest).mkdir(parents=True, exist_ok=True)

    def do_copy(self, said: Instruction) -> None:
        *sources, target = said.words
        into = self.inside(os.path.join(self.stage.place, target))
        if origin := said.flag("from"):
            (source,) = sources
            shutil.copytree(self.inside(source, origin), into, symlinks=True)
            return
        for file in dockerfile.context(ROOT):
            if sources == ["."] or str(file) in sources:
                (into / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / file, into / file)

    def do_run(self, said: Instruction) -> None:
        self.stage.room.run(
            said.command,
            self.stage.env,
            user=self.stage.user,
            place=self.stage.place,
            mounts=[cache(options) for name, options in said.flags if name == "mount"],
        )

    def do_user(self, said: Instruction) -> None:
        self.stage.user = said.rest

    def do_volume(self, said: Instruction) -> None:
        self.stage.volumes += said.words

    def do_expose(self, said: Instruction) -> None:
        self.stage.ports += said.words

    def do_healthcheck(self, said: Instruction) -> None:
        self.stage.probe = dockerfile.instruction(said.rest).command

    def do_cmd(self, said: Instruction) -> None:
        self.stage.command = said.command

    def inside(self, path: str, stage: str = "") -> Path:
        """The place on this machine of a path in a stage."""
        room = self.stages[stage].room if stage else self.stage.room
        return room.path / path.lstrip("/")

    def started(self, words: list[str], data: Path, **env: str) -> list[str]:
        """The command that runs one in a container of this image: nothing can be written but /tmp
        and the volume."""
        stage = self.stage
        (volume,) = stage.volumes
        mounts = [Mount(data, volume)]
        return stage.room.entered(
            words, stage.env | env, user=stage.user, place=stage.place, mounts=mounts,
            read_only=True,
        )  # fmt: skip


def cache(options: str) -> Mount:
    """A cache that outlives the build, as this user's own pip has one."""
    told = dict(pair.split("=") for pair in options.split(","))
    assert told == {"type": "cache", "target": "/root/.cache/pip"}
    kept = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "pip"
    kept.mkdir(parents=True, exist_ok=True)
    return Mount(kept, told["target"])
