"""Right answers that do not arrive, or not whole, or not in time."""

from tests.fakes import wire
from tests.fakes.behaviour import Behaviour, always, never, usual


def hang(*, charged: bool = True, after_head: bool = False) -> Behaviour:
    """No answer until the caller leaves; with `after_head` the headers come, the body never."""
    deliver = wire.only_head if after_head else wire.never
    return Behaviour("hang", usual, deliver, always if charged else never)


def drip(part: str = "body", pause: float = 0.2) -> Behaviour:
    """The right answer, a byte per `pause` seconds: its "body", or from its "headers" on."""
    deliver = wire.dripping_body(pause) if part == "body" else wire.dripping_head(pause)
    return Behaviour(f"drip {part}", usual, deliver)


def reset_before_answer(*, charged: bool = True) -> Behaviour:
    return Behaviour("reset_before_answer", usual, wire.reset, always if charged else never)


def reset_in_body() -> Behaviour:
    return Behaviour("reset_in_body", usual, wire.reset_in_body)


def close_before_answer(*, charged: bool = True) -> Behaviour:
    """The connection ends cleanly, without a byte."""
    return Behaviour("close_before_answer", usual, wire.hang_up, always if charged else never)


def half_body() -> Behaviour:
    return Behaviour("half_body", usual, wire.half)
