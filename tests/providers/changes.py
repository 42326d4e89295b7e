"""The usual answers of a fake, with something in them changed."""

import json
from dataclasses import replace
from typing import Any

from tests.fakes.base import Scene
from tests.fakes.behaviours import Behaviour
from tests.fakes.messages import Answer, json_answer


def changed(part: str = "", **changes: Any) -> Behaviour:
    """The usual answer with other values, in it or in one part of it; None takes one away."""

    def answer(scene: Scene) -> Answer:
        usual = scene.usual()
        told: dict[str, Any] = json.loads(usual.body)
        held = told[part] if part else told
        if held is None:  # not there yet
            return usual
        held |= changes
        for name in [name for name, value in changes.items() if value is None]:
            del held[name]
        return replace(usual, body=json.dumps(told).encode())

    return Behaviour("changed", answer)


def answered(body: object, status: int = 200) -> Behaviour:
    """This JSON, and nothing is charged where the status is an error."""
    charges = status < 400
    return Behaviour(
        f"answered {status}",
        lambda scene: json_answer(body, status),
        charges=lambda provider, stage: charges,
    )
