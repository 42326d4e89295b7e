"""Right answers with one thing in them gone wrong."""

import base64
import json
from collections.abc import Iterator
from typing import Any

from tests.fakes.base import Scene
from tests.fakes.behaviours import Behaviour
from tests.fakes.messages import Answer
from tests.fakes.pictures import draw

JUNK: tuple[Any, ...] = (None, [], {}, "", "x", "\0\ud800", [None], {"a": 1}, -1, 2**70, True)
SMALL = base64.b64encode(draw("small", "picture", (8, 8), "PNG").data).decode()


class Recorder:
    """Behaves well and keeps what was answered."""

    def __init__(self) -> None:
        self.answer = Answer()

    def behaviour(self) -> Behaviour:
        return Behaviour("recorded", self.keep)

    def keep(self, scene: Scene) -> Answer:
        self.answer = scene.usual()
        return self.answer


def mutants(answer: Answer) -> Iterator[Behaviour]:
    """One behaviour for each place of a JSON answer and each sort of junk in it."""
    try:
        right = small(json.loads(answer.body))
    except ValueError:
        return
    for path in places(right):
        for junk in JUNK:
            body = json.dumps(replaced(right, path, junk)).encode()
            wrong = Answer(200, body, answer.headers)
            yield Behaviour(f"{path} is {junk!r}", lambda scene, wrong=wrong: wrong)  # type: ignore[misc]


def small(value: Any) -> Any:
    """The same with a tiny picture, because there will be hundreds."""
    if isinstance(value, dict):
        return {name: small(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [small(inner) for inner in value]
    return SMALL if isinstance(value, str) and len(value) > 500 else value


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths to everything within a value."""
    inside: dict[Any, Any] = dict(enumerate(value)) if isinstance(value, list) else {}
    for step, inner in (value if isinstance(value, dict) else inside).items():
        yield (*path, step)
        yield from places(inner, (*path, step))


def replaced(value: Any, path: tuple[str | int, ...], junk: Any) -> Any:
    """A copy of the value with something else at this path."""
    if not path:
        return junk
    step, *rest = path
    copy = value.copy()
    copy[step] = replaced(value[step], tuple(rest), junk)
    return copy
