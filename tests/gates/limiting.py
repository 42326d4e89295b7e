"""Words of the tests of limits."""

from typing import Any

from django.test import Client

from generation.gates.addresses import resolve
from generation.models import Job, Limit

HOUR = Limit.Period.HOUR
CLIENT = "198.51.100.7"
PROXY = "10.0.0.9"


def allow(name: str, allowed: int | None, period: int = HOUR) -> None:
    """What an operator sets in the admin."""
    Limit.objects.update_or_create(name=name, defaults={"allowed": allowed, "period": period})


def order(client: Client, address: str = CLIENT, **headers: str) -> Any:
    return send(client, "/generate", {"prompt": "a red fox"}, address, **headers)


def send(client: Client, path: str, body: Any, address: str = CLIENT, **headers: str) -> Any:
    return client.post(
        path, body, content_type="application/json", headers=headers, REMOTE_ADDR=address
    )


def left(client: Client, name: str = "address", address: str = CLIENT) -> Any:
    """What GET /limits says is left."""
    answer = client.get("/limits", REMOTE_ADDR=address)
    assert answer.status_code == 200, answer.content
    return {each["name"]: each["left"] for each in answer.json()["limits"]}[name]


def resolved(**environ: Any) -> str:
    return str(resolve(environ))


def jobs() -> int:
    return Job.objects.count()
