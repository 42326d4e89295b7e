"""A way to behave: what is answered, how it is put on the wire, whether it is charged."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.fakes import wire
from tests.fakes.base import FakeProvider, Scene
from tests.fakes.messages import Answer


def always(provider: FakeProvider | None, stage: str) -> bool:
    return True


def never(provider: FakeProvider | None, stage: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What is answered, how it is put on the wire, and whether it is charged."""

    name: str
    answer: Callable[[Scene], Answer]
    deliver: wire.Delivery = wire.in_one_piece
    charges: Callable[[FakeProvider | None, str], bool] = always


def usual(scene: Scene) -> Answer:
    return scene.usual()


def ok() -> Behaviour:
    return Behaviour("ok", usual)
