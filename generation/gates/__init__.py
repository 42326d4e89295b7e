"""The gates every order passes before it costs anything: filter, limits, queue bound, budget."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from generation.gates import budget, limits
from generation.gates.addresses import Client
from generation.gates.budget import Funds
from generation.gates.queue import check_room
from generation.gates.screening import check
from providers.models import ImageModel

if TYPE_CHECKING:
    from generation.submission import Order


def admit(order: "Order", models: Sequence[ImageModel], client: Client | None) -> dict[UUID, Funds]:
    """Let the order pass, or raise what refuses it. Runs inside the passage in which the job is
    made, so that a refusal takes back whatever an earlier gate counted.

    `client` is None for the installation itself. Returns what each model's result may spend.
    """
    check(order.prompt)
    limits.count(client, limits.ADDRESS, limits.GLOBAL)
    check_room(len(models))
    return budget.reserve(models)
