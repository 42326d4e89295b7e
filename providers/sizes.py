"""Aspect ratios and pixels."""

from collections.abc import Iterable
from math import log, sqrt


def value_of(ratio: str) -> float:
    """The width of "W:H" over its height."""
    width, height = ratio.split(":")
    return float(width) / float(height)


def nearest_ratio(wanted: str, offered: Iterable[str]) -> str:
    """The offered ratio that is closest in shape; an equal one wins."""
    return min(offered, key=lambda ratio: abs(log(value_of(ratio) / value_of(wanted))))


def pixels(ratio: str, *, area: int = 1024 * 1024, step: int = 16) -> tuple[int, int]:
    """Width and height of about `area` pixels in this shape, each a multiple of `step`."""
    shape = value_of(ratio)
    width, height = sqrt(area * shape), sqrt(area / shape)
    return max(step, round(width / step) * step), max(step, round(height / step) * step)


def fit(wanted: str, sizes: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """The size of a fixed list that is closest in shape."""
    return min(sizes, key=lambda size: abs(log(size[0] / size[1] / value_of(wanted))))
