"""Orders by HTTP, for fakes that run in another process.

GET /_fake/ledger, POST /_fake/reset, /_fake/hold, /_fake/release, and
POST /_fake/plan {"behaviour": "status", "arguments": [503], "kind": "openai", "times": 1}.
"""

import json
from collections.abc import Callable
from typing import Any, Protocol

from tests.fakes import behaviours
from tests.fakes.ledger import Call
from tests.fakes.messages import Answer, Request, json_answer

PREFIX = "/_fake/"


class Orders(Protocol):
    """The part of FakeProviders that can be ordered from afar."""

    @property
    def ledger(self) -> list[Call]: ...
    @property
    def traffic(self) -> list[Call]: ...
    @property
    def plan(self) -> Callable[..., None]: ...
    def hold(self) -> None: ...
    def release(self) -> None: ...
    def reset(self) -> None: ...


def obey(fakes: Orders, request: Request) -> Answer:
    orders: dict[str, Callable[[], Any]] = {
        "GET ledger": lambda: [as_json(call) for call in fakes.ledger],
        "GET traffic": lambda: [as_json(call) for call in fakes.traffic],
        "POST plan": lambda: plan(fakes, request.json()),
        "POST hold": fakes.hold,
        "POST release": fakes.release,
        "POST reset": fakes.reset,
    }
    order = orders.get(f"{request.method} {request.path.removeprefix(PREFIX)}")
    if order is None:
        return json_answer({"orders": list(orders)}, 404)
    try:
        return json_answer(order())
    except (LookupError, TypeError, ValueError) as problem:
        return json_answer({"problem": str(problem)}, 400)


def plan(fakes: Orders, wish: dict[str, Any]) -> None:
    where = dict(wish)
    name = where.pop("behaviour")
    if name not in behaviours.__all__:
        raise LookupError(f"no behaviour {name!r}; there are {', '.join(behaviours.__all__)}")
    given = where.pop("arguments", [])
    factory = getattr(behaviours, name)
    made = factory(**given) if isinstance(given, dict) else factory(*given)
    fakes.plan(made, **where)


def as_json(call: Call) -> dict[str, Any]:
    facts = {name: getattr(call, name) for name in call.__slots__}
    facts["headers"] = dict(call.headers)
    return {name: value for name, value in facts.items() if _fits_json(value)}


def _fits_json(value: object) -> bool:
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return False
    return True
