"""Trees, roofs, grass and weather as outlines and masks, for whoever paints a landscape."""

import math
from collections.abc import Sequence
from random import Random

from PIL import Image

from providers.painters.brief import Size
from providers.painters.canvas import Draw, Point, drawn


def height_at(line: Sequence[Point], x: float) -> float:
    """How high a ridge (points at even steps) is at `x`."""
    step = line[1][0] - line[0][0]
    return line[min(len(line) - 1, max(0, round((x - line[0][0]) / step)))][1]


def conifer(chance: Random, foot: Point, height: float) -> list[Point]:
    """A spruce: branches in steps, a little ragged, a trunk below."""
    x, y = foot
    steps = 7
    left: list[Point] = []
    right: list[Point] = []
    for index in range(1, steps + 1):
        down = y - height + height * 0.92 * index / steps
        reach = height * 0.19 * (index / steps) ** 0.8
        for side, points in ((-1, left), (1, right)):
            tip = reach * chance.uniform(0.8, 1.15)
            points.append((x + side * tip, down + height * 0.02))
            points.append((x + side * tip * 0.45, down - height * 0.015))
    trunk = height * 0.02
    foot_points = [
        (x + trunk, y - height * 0.1),
        (x + trunk, y),
        (x - trunk, y),
        (x - trunk, y - height * 0.1),
    ]
    return [(x, y - height), *right, *foot_points, *reversed(left)]


def wood(
    chance: Random, line: Sequence[Point], places: Sequence[float], height: float
) -> list[list[Point]]:
    """Spruces at these places on a ridge, no two of one height."""
    return [
        conifer(chance, (x, height_at(line, x) + height * 0.06), height * chance.uniform(0.5, 1.15))
        for x in places
    ]


def skyline(chance: Random, width: float, foot: float, height: float) -> list[list[Point]]:
    """Towers shoulder to shoulder from the left edge to the right."""
    towers: list[list[Point]] = []
    x = -height * 0.1
    while x < width:
        wide = height * chance.uniform(0.16, 0.36)
        peak = 1 - 0.45 * abs(x / width - 0.5)
        top = foot - height * peak * chance.choice((0.35, 0.45, 0.55, 0.7, 0.85, 1.0))
        towers.append(_tower(chance, x, wide, top, foot))
        x += wide * chance.uniform(0.85, 1.15)
    return towers


def _tower(chance: Random, x: float, wide: float, top: float, foot: float) -> list[Point]:
    roof: list[Point]
    kind = chance.randrange(4)
    middle = x + wide / 2
    if kind == 0:
        roof = [(x, top), (x + wide, top)]
    elif kind == 1:
        roof = [(x, top), (middle, top - wide * 0.5), (x + wide, top)]
    elif kind == 2:
        step, thin = wide * 0.22, wide * 0.03
        roof = [
            (x, top), (x + step, top), (x + step, top - step), (middle - thin, top - step),
            (middle, top - wide * 1.1), (middle + thin, top - step), (x + wide - step, top - step),
            (x + wide - step, top), (x + wide, top),
        ]  # fmt: skip
    else:
        roof = [(x, top), (x + wide, top + wide * 0.35)]
    return [(x, foot), *roof, (x + wide, foot)]


def panes(
    chance: Random, towers: Sequence[Sequence[Point]], size: float, share: float
) -> list[list[Point]]:
    """The lit windows of the towers."""
    return [
        [(x, y), (x + size, y), (x + size, y + size * 1.2), (x, y + size * 1.2)]
        for tower in towers
        for x, y in _windows(tower, size)
        if chance.random() < share
    ]


def _windows(tower: Sequence[Point], size: float) -> list[Point]:
    """The upper left corners of a tower's windows."""
    left, right, foot = tower[0][0], tower[-1][0], tower[0][1]
    top = max(tower[1][1], tower[-2][1])
    columns = int((right - left - size) / (size * 2))
    rows = int((foot - top - size) / (size * 2.2))
    inset = (right - left - columns * size * 2 + size) / 2
    return [
        (left + inset + column * size * 2, top + size * 1.3 + row * size * 2.2)
        for column in range(columns)
        for row in range(rows)
    ]


def rainfall(chance: Random, size: Size, count: int) -> Image.Image:
    """Fine slanting streaks as a mask."""
    unit = min(size)

    def draw(pen: Draw, scale: int) -> None:
        for _ in range(count):
            x, y = chance.uniform(-0.1, 1.1) * size[0], chance.uniform(-0.1, 1) * size[1]
            long = unit * chance.uniform(0.02, 0.07)
            ends = [(x * scale, y * scale), ((x - long * 0.22) * scale, (y + long) * scale)]
            pen.line(ends, fill=chance.randrange(50, 150), width=scale)

    return drawn(size, draw)


def snowfall(chance: Random, size: Size, count: int) -> Image.Image:
    """Flakes near and far as a mask."""
    unit = min(size)

    def draw(pen: Draw, scale: int) -> None:
        for _ in range(count):
            near = chance.random() ** 3
            x, y = chance.random() * size[0] * scale, chance.random() * size[1] * scale
            radius = unit * (0.0012 + 0.0042 * near) * scale
            pen.circle((x, y), radius, fill=round(220 - 130 * near))

    return drawn(size, draw)


def blades(chance: Random, size: Size, foot: float, height: float, count: int) -> list[list[Point]]:
    """Grass: thin bent blades along the lower edge."""
    grass: list[list[Point]] = []
    for _ in range(count):
        x = chance.random() * size[0]
        tall = height * chance.uniform(0.35, 1)
        lean = tall * chance.gauss(0, 0.22)
        wide = height * 0.025
        bend = (x + lean * 0.35, foot - tall * 0.6)
        grass.append(
            [(x - wide, foot), (bend[0] - wide * 0.7, bend[1]), (x + lean, foot - tall),
             (bend[0] + wide * 0.7, bend[1]), (x + wide, foot)]
        )  # fmt: skip
    return grass


def wave_line(width: float, base: float, height: float, length: float, phase: float) -> list[Point]:
    """A swell from edge to edge."""
    step = max(2.0, width / 160)
    count = math.ceil(width / step) + 1
    return [
        (i * step, base + height * math.sin(math.tau * i * step / length + phase))
        for i in range(count)
    ]
