"""The Dockerfile's steps, executed: what comes of them works as a container should.

No engine is here. A room stands for a container (`rooms.py`), and this machine's Python and
libraries for the base image's.
"""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from providers.version import VERSION
from tests.containers import composed, rooms
from tests.containers.contained import Contained, volume
from tests.containers.image import Image
from tests.faults import servers
from tests.served import ROOT

pytestmark = pytest.mark.skipif(bool(rooms.why_not()), reason=rooms.why_not())


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    folder = tmp_path_factory.mktemp("image")
    try:
        yield Image(folder)
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def data(image: Image, tmp_path: Path) -> Path:
    return volume(image, tmp_path / "data")


def libraries(image: Image) -> Path:
    (found,) = image.inside("/opt/pixelprompt").glob("lib/python*/site-packages")
    return found


def test_it_serves_and_draws_as_nobody_special_from_a_root_that_cannot_be_written(
    image: Image, data: Path
) -> None:
    with Contained(image, data, image.stage.command) as served:
        assert served.owner() == "10001:10001"
        assert served.probed() == 0
        linked = re.findall(r'(?:href|src)="(/static/[^"]+)"', served.get("/").text)
        assert linked
        assert {served.get(path).status_code for path in linked} == {200}
        told = served.finished(served.generate("a fox", models=["demo-ink"]))
        assert told["status"] == "completed"
        assert served.terminate() == 0
        assert served.probed() != 0
    assert {path.name for path in data.iterdir()} >= {"pixelprompt.sqlite3", "media"}
    assert not (data / "static").exists()  # collected when the image was made


def test_a_team_in_containers_draws_by_the_words_of_its_compose_file(
    image: Image, data: Path, tmp_path: Path
) -> None:
    services = composed.services(tmp_path)
    with servers.private_postgres() as database, servers.private_redis() as redis:
        places = {"DATABASE_URL": database.url, "BROKER_URL": redis.url, "CACHE_URL": redis.url}
        env = (
            services["web"]["environment"]
            | places
            | {"ALLOWED_HOSTS": "localhost,pictures.example.org"}
        )
        del env["PORT"]
        assert "user admin, password" in ran(image, data, services["prepare"]["command"], env)
        with (
            running(image, data, services["worker"]["command"], env) as worker,
            Contained(image, data, services["web"]["command"], **env) as web,
        ):
            told = web.finished(web.generate("a fox", models=["demo-ink"]))
            assert told["status"] == "completed"
            assert "in order" in ran(image, data, ["pixelprompt", "doctor"], env)
            worker.terminate()
            assert (web.terminate(), worker.wait(45)) == (0, 0)


@contextmanager
def running(
    image: Image, data: Path, words: list[str], env: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(image.started(words, data, **env), start_new_session=True) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def ran(image: Image, data: Path, words: list[str], env: dict[str, str]) -> str:
    """What a command in a container says that must succeed."""
    command = image.started(words, data, **env)
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_who_runs_in_it_owns_none_of_it(image: Image) -> None:
    words = ["find", "/", "-xdev", "-user", image.stage.user.split(":")[0]]
    assert image.stage.room.run(words, image.stage.env).split() == ["/data"]
    find = ["find", "/opt", "-writable", "-not", "-type", "l"]
    assert image.stage.room.run(find, image.stage.env, user=image.stage.user) == ""


def test_it_holds_no_secret_and_no_data(image: Image) -> None:
    assert list(image.inside("/data").iterdir()) == []
    held = {path.name for path in image.inside("/opt").rglob("*")}
    assert not held & {".env", "secret_key", "encryption_key", "pixelprompt.sqlite3", ".git"}


def test_it_holds_what_is_locked_and_nothing_else(image: Image) -> None:
    locked = set(re.findall(r"^(\S+)==(\S+)", (ROOT / "requirements.txt").read_text(), re.M))
    found = {
        tuple(path.name.removesuffix(".dist-info").rsplit("-", 1))
        for path in libraries(image).glob("*.dist-info")
    }
    held = {(name.lower().replace("_", "-").replace(".", "-"), version) for name, version in found}
    assert held - locked == {("pixelprompt", VERSION)}
    assert len(held) > 30


def test_nothing_is_compiled_when_it_starts(image: Image) -> None:
    for path in (*libraries(image).glob("django/*.py"), *libraries(image).glob("generation/*.py")):
        (compiled,) = path.parent.glob(f"__pycache__/{path.stem}.cpython-*.pyc")
        assert compiled.read_bytes()[4] == 1  # by hash and unchecked: file times mean nothing here
