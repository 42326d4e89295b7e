"""Ink on paper: bristle strokes, washes that fade downwards, and the paper itself."""

import math
from collections.abc import Callable, Sequence
from random import Random

from PIL import Image, ImageChops, ImageOps

from providers.painters.brief import Brief, Size
from providers.painters.canvas import (
    Draw,
    Point,
    blurred,
    drawn,
    faded,
    noise,
    polygon_mask,
    washed,
)
from providers.painters.colour import Colour, hue, mix, polar

Width = Callable[[float], float]


class Sheet:
    """The paper, what is on it so far, and where its weight lies: `side` is -1 left, 1 right."""

    def __init__(self, brief: Brief) -> None:
        palette = brief.palette
        self.brief = brief
        self.image = paper(brief.chance, brief.size, mix((246, 240, 227), palette.ramp[4], 0.3))
        self.ink = mix(palette.ramp[0], (20, 18, 24), 0.55)
        self.side = brief.idea.choice((-1, 1))
        accent = palette.accent
        warm = -15 < hue(accent) < 80
        self.pigment = accent if warm else polar(0.61, 0.19, 30)

    def x(self, share: float) -> float:
        """A place across the sheet: 0 is the edge of the empty side, 1 that of the full side."""
        width = self.brief.size[0]
        return width * (share if self.side > 0 else 1 - share)

    def lay(self, mask: Image.Image, colour: Colour | None = None) -> None:
        washed(self.image, colour or self.ink, mask)

    def draw(
        self, draw: Callable[[Draw, int], None], ink: float = 1.0, colour: Colour | None = None
    ) -> None:
        self.lay(faded(drawn(self.brief.size, draw), ink), colour)


def paper(chance: Random, size: Size, colour: Colour) -> Image.Image:
    """Handmade paper: clouds, fibres and a darker rim."""
    sheet = Image.new("RGB", size, colour)
    cloud = noise(chance, size, min(size) / 4, 5).point([96 + value // 4 for value in range(256)])
    fibre = noise(chance, (size[0] // 6, size[1]), 3, 2).resize(size)
    fibre = fibre.point([112 + value // 8 for value in range(256)])
    for tone in (cloud, fibre):
        sheet = ImageChops.soft_light(sheet, Image.merge("RGB", (tone, tone, tone)))
    return sheet


def wash(
    chance: Random, size: Size, line: Sequence[Point], depth: float, ink: float
) -> Image.Image:
    """A ridge in ink: dark along its line, gone `depth` pixels below, blotted by the paper."""
    width, height = size
    body = polygon_mask(size, [*line, (width, height), (0, height)])
    below = blurred(ImageChops.offset(body, 0, round(depth * 0.55)), depth * 0.3)
    below.paste(0, (0, 0, width, round(depth * 0.3)))
    fading = ImageChops.subtract(body, below)
    blot = noise(chance, size, min(size) / 9, 5).point([120 + round(v * 0.53) for v in range(256)])
    return ImageChops.multiply(fading, blot).point([round(value * ink) for value in range(256)])


def pooled(chance: Random, mask: Image.Image, ink: float) -> Image.Image:
    """A shape filled with ink that pooled unevenly and dried darker at its edge."""
    pool = noise(chance, mask.size, min(mask.size) / 14, 4)
    pool = ImageOps.autocontrast(pool).point([150 + round(v * 0.41) for v in range(256)])
    inside = blurred(mask, min(mask.size) * 0.008).point([255 - value // 4 for value in range(256)])
    filled = ImageChops.multiply(ImageChops.multiply(mask, pool), inside)
    return faded(filled, ink)


def bristles(
    pen: Draw, scale: int, chance: Random, path: Sequence[Point], width: Width, ink: int, dry: float
) -> None:
    """One stroke of a brush: hairs side by side, each ending where its ink ends."""
    wide = max(width(step / 10) for step in range(11)) * scale
    hairs = max(3, min(40, round(wide / 2.2)))
    normals = _normals(path)
    thick = max(1, round(wide / hairs * 1.5))
    last = len(path) - 1
    for hair in range(hairs):
        across = hair / (hairs - 1) - 0.5
        start = round(last * chance.random() ** 3 * 0.06)
        end = round(last * (1 - dry * chance.random() ** 1.4))
        points = []
        for index in range(start, max(start + 2, end + 1)):
            place = min(index, last)
            (x, y), (nx, ny) = path[place], normals[place]
            reach = across * width(place / last) * scale
            points.append((x * scale + nx * reach, y * scale + ny * reach))
        pen.line(points, fill=round(ink * chance.uniform(0.62, 1)), width=thick, joint="curve")


def _normals(path: Sequence[Point]) -> list[Point]:
    found = []
    for index in range(len(path)):
        (ax, ay), (bx, by) = path[max(0, index - 1)], path[min(len(path) - 1, index + 1)]
        long = math.hypot(bx - ax, by - ay) or 1.0
        found.append(((ay - by) / long, (bx - ax) / long))
    return found


def seal(word: str, side: int) -> Image.Image:
    """A carved stamp made of the word's letters: a mask with strokes left out."""

    def draw(pen: Draw, scale: int) -> None:
        unit = side * scale / 10
        pen.rounded_rectangle((0, 0, side * scale - 1, side * scale - 1), unit, fill=255)
        for index, letter in enumerate(word[:4]):
            _carve(pen, ord(letter), (1.2 + 4.2 * (1 - index // 2), 1.2 + 4.2 * (index % 2)), unit)

    return drawn((side, side), draw, 3)


def _carve(pen: Draw, code: int, corner: Point, unit: float) -> None:
    x, y = corner[0] * unit, corner[1] * unit
    wide, line = 3.4 * unit, round(unit * 0.55)
    for bit, row in enumerate((0.1, 1.7, 3.3)):
        if (code >> bit) & 1 or bit == code % 3:
            pen.line((x, y + row * unit, x + wide, y + row * unit), fill=0, width=line)
    for bit, column in enumerate((0.2, 1.7, 3.2)):
        if (code >> (bit + 2)) & 1 or bit == code % 2:
            pen.line((x + column * unit, y, x + column * unit, y + wide), fill=0, width=line)
