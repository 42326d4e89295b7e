"""What compose.yaml arranges. No engine runs it here: docs/containers.md says what that leaves."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.containers import composed
from tests.containers.composed import EXAMPLE, SECRETS
from tests.served import ROOT

OURS = ("prepare", "web", "worker")
FILE = (ROOT / "compose.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return composed.services(tmp_path_factory.mktemp("compose"))


@pytest.mark.parametrize("missing", [*SECRETS, "ALLOWED_HOSTS"])
def test_a_required_value_that_is_missing_is_named(tmp_path: Path, missing: str) -> None:
    env = re.sub(rf"^{missing}=.*$", f"{missing}=", composed.filled(**SECRETS), flags=re.MULTILINE)
    code, said = composed.understood(tmp_path, env)
    assert code != 0
    assert f"required variable {missing} is missing a value" in said


def test_the_example_holds_what_is_asked_for_and_no_secret() -> None:
    asked = set(re.findall(r"\$\{(\w+)", FILE))
    offered = dict(re.findall(r"^#?([A-Z]\w+)=(.*)$", EXAMPLE, re.MULTILINE))
    assert asked <= set(offered)
    assert {offered[name] for name in SECRETS} == {""}


def test_no_secret_has_a_default() -> None:
    used = re.findall(r"\$\{(\w+)([^}]*)\}", FILE)
    assert {how for name, how in used if name in {*SECRETS, "ALLOWED_HOSTS"}} == {":?"}
    assert {how for name, how in used if name.startswith("AWS_")} == {":-"}


@pytest.mark.parametrize("name", OURS)
def test_ours_may_write_to_the_volume_and_to_tmp_only(services: Any, name: str) -> None:
    ours = services[name]
    assert ours["read_only"]
    assert [volume["target"] for volume in ours["volumes"]] == [
        ours["environment"]["PIXELPROMPT_DATA_DIR"]
    ]
    assert ours["tmpfs"] == ["/tmp"]  # noqa: S108
    assert ours["cap_drop"] == ["ALL"]
    assert "user" not in ours  # the image's own, who is not root
    assert "privileged" not in ours


@pytest.mark.parametrize("name", ["web", "worker"])
def test_running_calls_may_end_before_a_container_is_killed(services: Any, name: str) -> None:
    seconds = int(services[name]["stop_grace_period"].removesuffix("s"))
    assert seconds >= settings.STOP_GRACE + 15
    assert services[name]["init"]
    assert services[name]["restart"] == "unless-stopped"


def test_one_service_prepares_and_the_others_wait_for_it(services: Any) -> None:
    assert [name for name in OURS if "prepare" in services[name]["command"]] == ["prepare"]
    assert services["prepare"]["depends_on"]["database"]["condition"] == "service_healthy"
    for name in ("web", "worker"):
        waits = {other: told["condition"] for other, told in services[name]["depends_on"].items()}
        assert waits == {
            "prepare": "service_completed_successfully",
            "redis": "service_healthy",
        }


def test_whatever_is_waited_for_can_be_healthy(services: Any) -> None:
    awaited = {
        other
        for name in OURS
        for other, told in services[name]["depends_on"].items()
        if told["condition"] == "service_healthy"
    }
    assert awaited == {name for name in awaited if "test" in services[name]["healthcheck"]}


def test_only_this_machine_reaches_a_port_and_only_ours_the_database(services: Any) -> None:
    published = {name: told.get("ports", []) for name, told in services.items() if name}
    hosts = {port["host_ip"] for ports in published.values() for port in ports}
    assert {name for name, ports in published.items() if ports} == {"web", "store"}
    assert hosts == {"127.0.0.1"}
    assert services[""]["inside"]["internal"]
    for name in ("database", "redis"):
        assert set(services[name]["networks"]) == {"inside"}


def test_the_database_has_a_connection_for_each_that_ours_may_hold(services: Any) -> None:
    (most,) = (word for word in services["database"]["command"] if "max_connections" in word)
    processes = len(OURS) - 1 + services["worker"]["scale"]
    assert processes * settings.DATABASE_CONNECTIONS < int(most.split("=")[1])


def test_the_proxy_of_the_example_is_the_machine_as_containers_see_it(services: Any) -> None:
    (network,) = services[""]["outside"]["ipam"]["config"]
    assert services["web"]["environment"]["TRUSTED_PROXIES"] == network["gateway"]


def test_the_image_listens_where_compose_looks_for_it(services: Any) -> None:
    (port,) = services["web"]["ports"]
    assert str(port["target"]) == services["web"]["environment"]["PORT"]
    assert services["web"]["environment"]["HOST"] == "0.0.0.0"  # noqa: S104
