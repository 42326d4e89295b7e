"""A bare root directory in which commands run as they would in a container's.

It lends the machine's own programs and libraries, read-only, in place of a base image; its network
is the machine's. Everything else is the directory's own. Needs root and `unshare`.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

# pip's way to its index is this machine's.
PASSED_ON = ("PIP_", "SSL_CERT", "REQUESTS_CA", "http_proxy", "https_proxy", "HTTPS_PROXY")
ENTER = """
root=$1; mode=$2; user=$3; place=$4; shift 4
mount --bind "$root" "$root"
while [ "$1" != -- ]; do mount --bind -o "$3" "$1" "$root$2"; shift 3; done; shift
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
if [ "$mode" = read-only ]; then
  mount -o remount,bind,ro "$root"
  mount -t tmpfs -o mode=1777 none "$root/tmp"
fi
exec chroot --userspec="$user" --groups= "$root" env --chdir="$place" -i "$@"
"""


class Mount(NamedTuple):
    source: Path
    target: str
    mode: str = "rw"


class Room:
    """`python` is the prefix of the Python that stands for the base image's, at /usr/local."""

    def __init__(self, path: Path, python: Path) -> None:
        self.path = path
        self.base = [
            Mount(Path("/usr"), "/usr", "ro"),
            Mount(python, "/usr/local", "ro"),
            Mount(python, str(python), "ro"),  # where its own programs look for it
        ]
        for folder in ("dev", "proc", "tmp", *(mount.target[1:] for mount in self.base)):
            (path / folder).mkdir(parents=True, exist_ok=True)
        for name in ("bin", "lib", "lib64", "sbin"):
            (path / name).symlink_to(f"usr/{name}")
        shutil.copytree("/etc", path / "etc", symlinks=True)
        (path / "tmp").chmod(0o1777)

    def entered(
        self, words: Iterable[str], env: Mapping[str, str], *, user: str = "0:0", place: str = "/",
        mounts: Iterable[Mount] = (), read_only: bool = False,
    ) -> list[str]:  # fmt: skip
        """The command that runs another one in here."""
        for mount in mounts:
            (self.path / mount.target[1:]).mkdir(parents=True, exist_ok=True)
        mounted = [str(word) for mount in (*self.base, *mounts) for word in mount]
        mode = "read-only" if read_only else "writable"
        variables = [f"{name}={value}" for name, value in env.items()]
        enter = ["unshare", "--mount", "--propagation=private", "sh", "-ec", ENTER, "sh"]
        return [*enter, str(self.path), mode, user, place, *mounted, "--", *variables, *words]

    def run(self, words: Iterable[str], env: Mapping[str, str], **how: object) -> str:
        passed = {name: value for name, value in os.environ.items() if name.startswith(PASSED_ON)}
        command = self.entered(words, passed | dict(env), **how)  # type: ignore[arg-type]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
        return done.stdout


def why_not() -> str:
    """What this machine lacks, or nothing."""
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("unshare"):
        return "only root on Linux can enter a root directory of its own"
    allowed = subprocess.run(["unshare", "--mount", "true"], capture_output=True)
    return "" if allowed.returncode == 0 else "this machine lets nobody mount anything"
