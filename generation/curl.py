"""A job's request as a command line."""

import json
import shlex
from typing import Any

from django.urls import reverse

from generation.snapshots import Addresses, Snapshot, parameters


def as_curl(snapshot: Snapshot, addresses: Addresses) -> str:
    """What asks for the same pictures from a shell. All ASCII, so that pasting it does no harm."""
    address = addresses.of(reverse("api:generate"))
    body = json.dumps(request_body(snapshot))
    return shlex.join(["curl", address, "-H", "Content-Type: application/json", "-d", body])


def request_body(snapshot: Snapshot) -> dict[str, Any]:
    """The body of POST /generate that a job came from, with what it left to the defaults."""
    job = snapshot.job
    asked = {"prompt": job.prompt} | parameters(job)
    models = [result.slug for result in snapshot.results]
    return asked | {"models": models} | ({} if job.listed else {"listed": False})
