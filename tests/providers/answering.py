"""Answers that a test makes up, told in a fake's place."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.fakes.base import Scene
from tests.fakes.behaviour import Behaviour, never
from tests.fakes.messages import Answer, json_answer


def answers(body: Any) -> Behaviour:
    """A 200 with this as its JSON."""
    return Behaviour("answers", lambda scene: json_answer(body))


def changed(change: Callable[[dict[str, Any]], object]) -> Behaviour:
    """The usual answer after this change of its JSON."""

    def answer(scene: Scene) -> Answer:
        usual = scene.usual()
        told = json.loads(usual.body)
        change(told)
        return replace(usual, body=json.dumps(told).encode())

    return Behaviour("changed", answer)


def refuses(answer: Answer) -> Behaviour:
    """This answer, for which nothing is charged."""
    return Behaviour("refuses", lambda scene: answer, charges=never)
