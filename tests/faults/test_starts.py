"""Several servers that start at the same moment on a database that nobody has used."""

from contextlib import ExitStack
from pathlib import Path

from tests.fakes import FakeProviders
from tests.faults import servers
from tests.gates.test_exactness import KEY
from tests.served import Served
from tests.test_serve import model_variables


def test_servers_that_start_at_once_on_a_new_database_prepare_it_once(
    tmp_path: Path, fakes: FakeProviders
) -> None:
    with servers.postgres() as database, ExitStack() as stack:
        env = model_variables(fakes, "one", "two") | {"DATABASE_URL": database}
        secrets = {"SECRET_KEY": KEY, "FIELD_ENCRYPTION_KEYS": KEY}
        started = [Served(tmp_path / name, **env, **secrets) for name in ("a", "b")]
        running = [stack.enter_context(served) for served in started]
        assert sum(served.output.count("password") for served in running) == 1
        names = [model["name"] for model in running[0].get("/models").json()["models"]]
        assert names == ["Model one", "Model two"]
        assert running[0].finished(running[1].generate("a fox"))["status"] == "completed"
