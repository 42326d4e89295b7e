"""`manage.py serve` as a newcomer meets it: real processes, killed and started again."""

import asyncio
import re
import socket
from pathlib import Path

import pytest

from pixelprompt.management.commands.serve import listening
from tests.fakes import FakeProviders
from tests.served import COLLECTED, Served
from tests.support import until


def test_a_job_survives_a_restart(tmp_path: Path) -> None:
    with Served(tmp_path, **COLLECTED) as first:
        assert first.get("/readyz").status_code == 200
        assert first.output.count("password") == 1
        job_id = first.generate("a fox in the snow")
        told = first.finished(job_id)
        assert told["status"] == "completed"
        assert len(told["results"]) >= 5
        for result in told["results"]:
            picture = first.get(result["imageUrl"].removeprefix(first.root))
            assert picture.headers["Content-Type"] == "image/png"
            assert len(picture.content) == result["bytes"]
        assert first.terminate() == 0
    with Served(tmp_path, **COLLECTED) as second:
        assert "password" not in second.output
        kept = second.status(job_id)
        assert kept["status"] == "completed"
        keys = [result["imageKey"] for result in told["results"]]
        assert [result["imageKey"] for result in kept["results"]] == keys
        shown = second.get("/gallery/list").json()["galleries"]
        assert job_id in [entry["id"] for entry in shown]
        assert second.get(f"/jobs/{job_id}").status_code == 200


def test_a_checkout_serves_its_static_files_from_the_data_directory(tmp_path: Path) -> None:
    with Served(tmp_path, **COLLECTED) as served:
        linked = re.findall(r'(?:href|src)="/(static/[^"#]+)', served.get("/").text)
        assert len(linked) > 5
        for name in linked:
            assert re.search(r"\.[0-9a-f]{12}\.\w+$", name)
            assert served.get(f"/{name}").content == (tmp_path / name).read_bytes()


def test_a_job_finishes_after_kill_9_and_a_restart(tmp_path: Path) -> None:
    with Served(tmp_path) as first:
        job_id = first.generate("killed in the middle")
        until(lambda: first.status(job_id), lambda told: told["status"] == "in_progress", 10)
        first.kill()
    with Served(tmp_path) as second:
        told = second.finished(job_id)
        assert told["status"] == "completed", second.output
        assert len({result["id"] for result in told["results"]}) == told["totalModels"]


def test_a_paid_call_that_was_under_way_at_kill_9_is_not_made_again(
    tmp_path: Path, fakes: FakeProviders
) -> None:
    env = model_variables(fakes, "one", "two")
    fakes.delay(30, model="one")
    with Served(tmp_path, **env) as first:
        job_id = first.generate("pay once")
        until(lambda: first.status(job_id)["completedModels"], lambda count: count == 1, 10)
        first.kill()
    with Served(tmp_path, **env) as second:
        told = second.finished(job_id)
    assert [result["status"] for result in told["results"]] == ["error", "completed"]
    assert told["results"][0]["errorCode"] == "OUTCOME_UNKNOWN"
    assert len(fakes.charged) == 2


def test_sigterm_lets_a_running_call_finish(tmp_path: Path, fakes: FakeProviders) -> None:
    env = model_variables(fakes, "one")
    with Served(tmp_path, **env) as first:
        fakes.hold()
        job_id = first.generate("let me finish")
        fakes.wait_until_in_flight(1)
        first.process.terminate()
        until(lambda: first.output, lambda seen: "Finished server process" in seen, 20)
        fakes.release()
        assert first.process.wait(30) == 0
    with Served(tmp_path, **env) as second:
        assert second.status(job_id)["status"] == "completed"
    assert len(fakes.charged) == 1


def test_models_of_the_environment_replace_the_demo_models(
    tmp_path: Path, fakes: FakeProviders
) -> None:
    with Served(tmp_path, **model_variables(fakes, "one", "two")) as served:
        names = [model["name"] for model in served.get("/models").json()["models"]]
        assert names == ["Model one", "Model two"]
        assert served.finished(served.generate("real ones"))["status"] == "completed"
        assert fakes.key("openai-compatible") not in served.output
    assert fakes.complaints == []


def test_a_second_instance_on_the_same_data_directory_is_refused(tmp_path: Path) -> None:
    with Served(tmp_path):
        code, output = Served(tmp_path).ended()
    assert code == 1
    assert output.startswith("CommandError: Another Pixel Prompt already uses")
    assert "PIXELPROMPT_DATA_DIR" in output
    assert "Traceback" not in output


def test_a_taken_port_is_one_clear_sentence(tmp_path: Path) -> None:
    with Served(tmp_path / "one") as served:
        port = served.root.rsplit(":", 1)[1]
        code, output = Served(tmp_path / "two", PORT=port).ended()
    assert code == 1
    assert f"Cannot listen on 127.0.0.1 port {port}" in output
    assert "Traceback" not in output


def test_every_problem_of_the_environment_is_told_at_once(tmp_path: Path) -> None:
    wrong = {
        "PORT": "eighty",
        "MODEL_COUNT": "3",
        "MODEL_1_NAME": "My own model",
        "MODEL_2_NAME": "gpt-6-luna",
        "FIELD_ENCRYPTION_KEYS": "too-short",
        "BROKER_URL": "kafka://localhost",
    }
    code, output = Served(tmp_path, **wrong).ended()
    assert code == 1
    assert "Traceback" not in output
    for name in ("PORT", "MODEL_1_", "MODEL_2_NAME", "MODEL_3_NAME", "FIELD_ENC", "BROKER_URL"):
        assert f"  {name}" in output


@pytest.mark.parametrize("count", ["many", "21", "-1", "1.5"])
def test_a_wrong_model_count_is_refused(tmp_path: Path, count: str) -> None:
    code, output = Served(tmp_path, MODEL_COUNT=count).ended()
    assert code == 1
    assert "MODEL_COUNT: Must be a whole number from 0 to 20." in output


def model_variables(fakes: FakeProviders, *ids: str) -> dict[str, str]:
    """The environment for models of the fake OpenAI-compatible server."""
    env = {"MODEL_COUNT": str(len(ids)), "ALLOWED_PRIVATE_HOSTS": "127.0.0.1"}
    for number, model_id in enumerate(ids, start=1):
        env |= {
            f"MODEL_{number}_NAME": f"Model {model_id}",
            f"MODEL_{number}_ID": model_id,
            f"MODEL_{number}_PROVIDER": "openai-compatible",
            f"MODEL_{number}_KEY": fakes.key("openai-compatible"),
            f"MODEL_{number}_BASE_URL": fakes.base_url("openai-compatible"),
        }
    return env


def test_slow_bodies_hold_no_thread(tmp_path: Path) -> None:
    head = b"POST /generate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with Served(tmp_path, WEB_THREADS="2") as served:
        port = int(served.root.rsplit(":", 1)[1])
        slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(8)]
        for connection in slow:
            connection.sendall(head + b'Content-Length: 100\r\n\r\n{"prompt"')
        assert served.get("/healthz").status_code == 200
        for connection in slow:
            connection.close()
        assert served.get("/healthz").status_code == 200


def test_no_answer_waits_for_an_acknowledgement() -> None:
    """Nagle's algorithm and delayed acknowledgements together hold answers back for 40 ms."""

    async def told() -> int:
        found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def look(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            wire = writer.get_extra_info("socket")
            found.set_result(wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        with listening("127.0.0.1", 0) as listener:
            async with await asyncio.start_server(look, sock=listener):
                _, writer = await asyncio.open_connection(*listener.getsockname())
                writer.close()
                return await found

    assert asyncio.run(told())
