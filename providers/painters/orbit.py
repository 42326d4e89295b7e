"""Orbit: a disc in quarters, beams through it, and every word a planet on its own orbit."""

import math

from PIL import Image, ImageChops

from providers.painters.board import Board
from providers.painters.brief import Brief, letter_values
from providers.painters.canvas import Point, faded, grained, polygon_mask, textured
from providers.painters.colour import Colour, mix
from providers.painters.orbit_shapes import footing, has_footing, planet
from providers.painters.silhouettes import figure

WORDS = 9
Ring = tuple[Point, float]


def paint(brief: Brief) -> Image.Image:
    ramp = brief.palette.ramp
    paper = mix(ramp[4], (246, 238, 222), 0.5)
    board = Board(brief, mix(ramp[0], (14, 13, 20), 0.35) if brief.palette.dark else paper)
    heart = _heart_place(brief)
    _backdrop(board, heart)
    for index in range(len(brief.words[:WORDS])):
        board.ring(heart, _reach(brief, index), brief.short * 0.0022, board.line)
    footing(board)
    _heart(board, heart)
    _planets(board, heart)
    _dots(board, heart)
    image = board.finished()
    image = _beam(board, image, heart)
    if brief.subject:
        _figure(board, image, heart)
    return grained(textured(image, brief.chance, 3, 0.08), brief.chance, 2)


def _heart_place(brief: Brief) -> Point:
    width, height = brief.size
    x, y = brief.idea.choice(((0.4, 0.4), (0.6, 0.4), (0.36, 0.47), (0.64, 0.47)))
    x += brief.chance.uniform(-0.05, 0.05)
    return (width * x, height * (y + brief.chance.uniform(-0.05, 0.05)))


def _reach(brief: Brief, index: int) -> float:
    return brief.short * (0.29 + 0.075 * index)


def _backdrop(board: Board, heart: Point) -> None:
    """One large quiet disc, and two wedges of colour that end in the heart."""
    brief = board.brief
    width, height = brief.size
    pool = board.colours
    corner = (0.0 if heart[0] > width / 2 else float(width), float(height))
    quiet = mix(board.ground, pool[brief.idea.randrange(len(pool))], 0.22)
    board.disc(corner, brief.short * brief.idea.uniform(0.5, 0.62), quiet)
    far = math.hypot(width, height)
    turn = brief.idea.uniform(0, math.tau) + brief.chance.uniform(-0.15, 0.15)
    for index in range(2):
        angle = turn + index * brief.idea.uniform(1.6, 2.6)
        ends = [
            (heart[0] + far * math.cos(angle + bend), heart[1] + far * math.sin(angle + bend))
            for bend in (-0.11, 0.11)
        ]
        board.shape([heart, *ends], mix(board.ground, pool[(index * 2 + 1) % len(pool)], 0.62))


def _heart(board: Board, heart: Point) -> None:
    """Rings cut by two axes, each quarter in another colour than its neighbours."""
    brief = board.brief
    radius = brief.short * 0.235
    rings = 4 + len(brief.words) % 3
    axis = brief.idea.uniform(0, 90)
    board.disc(heart, radius * 1.06, board.ground)
    last: Colour = board.ground
    for ring in range(rings):
        reach = radius * (1 - ring / rings) ** 0.9
        quarters = 4 if ring % 2 == 0 else 2
        first = last
        for quarter in range(quarters):
            last = board.colour(last, first)
            start = axis + quarter * 360 / quarters + 45 * (ring % 2)
            board.slice(heart, reach, start, start + 360 / quarters, last)
    board.disc(heart, radius * 0.13, board.line)


def _planets(board: Board, heart: Point) -> None:
    """One for each word, as large as the word is long."""
    brief = board.brief
    turn = brief.idea.uniform(0, math.tau)
    taken = [_dots_place(brief, heart)]
    if brief.subject:
        x, y, side = _figure_place(brief, heart)
        taken.append(((x + side / 2, y + side / 2), side * 0.36))
    for index, word in enumerate(brief.words[:WORDS]):
        turn += 2.4 + brief.chance.uniform(-0.3, 0.3)
        size = brief.short * min(0.092, 0.024 + 0.0085 * len(word))
        centre = _free_place(board, heart, turn, _reach(brief, index), size, taken)
        if centre:
            taken.append((centre, size))
            board.disc(centre, size * 1.18, board.ground)
            planet(board, centre, size, letter_values(word)[0])


def _free_place(
    board: Board, heart: Point, turn: float, reach: float, size: float, taken: list[Ring]
) -> Point | None:
    """The first place along the orbit where a planet is whole and touches no other."""
    width, height = board.brief.size
    low = height - size * 1.9 - (board.brief.short * 0.14 if has_footing(board.brief) else 0)
    for step in range(42):
        angle = turn + step * 0.15
        x, y = heart[0] + reach * math.cos(angle), heart[1] + reach * math.sin(angle)
        inside = size * 1.3 < x < width - size * 1.3 and size * 1.3 < y < low
        if inside and all(math.dist((x, y), at) > (size + other) * 1.2 for at, other in taken):
            return (x, y)
    return None


def _dots(board: Board, heart: Point) -> None:
    """A small order in the empty upper corner."""
    (x, y), reach = _dots_place(board.brief, heart)
    for row in range(-2, 3):
        for column in range(-2, 3):
            place = (x + column * reach * 0.4, y + row * reach * 0.4)
            board.disc(place, reach * 0.08, board.line)


def _dots_place(brief: Brief, heart: Point) -> Ring:
    inset = brief.short * 0.105
    x = inset if heart[0] > brief.size[0] / 2 else brief.size[0] - inset
    return ((x, inset), brief.short * 0.07)


def _beam(board: Board, image: Image.Image, heart: Point) -> Image.Image:
    """A sheet of transparent colour laid across everything."""
    brief = board.brief
    far = math.hypot(*brief.size)
    angle = brief.idea.uniform(0.35, 1.2) * brief.idea.choice((1, -1)) + brief.chance.uniform(
        -0.1, 0.1
    )
    x, y = heart[0] + brief.short * 0.1, heart[1]
    c, s, wide = math.cos(angle), math.sin(angle), brief.short * 0.035
    ring = [(x + a * far * c - b * wide * s, y + a * far * s + b * wide * c)
            for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]  # fmt: skip
    flat = Image.new("RGB", brief.size, brief.palette.second)
    blend = ImageChops.screen if brief.palette.dark else ImageChops.multiply
    image.paste(blend(image, flat), (0, 0), faded(polygon_mask(brief.size, ring), 0.6))
    return image


def _figure(board: Board, image: Image.Image, heart: Point) -> None:
    """The subject in two flat colours, standing low, away from the heart."""
    brief = board.brief
    x, y, side = _figure_place(brief, heart)
    place = (x, y)
    whole, mask = figure(brief.subject, side, solid=True), figure(brief.subject, side)
    image.paste(board.ground, place, whole)
    image.paste(board.line, place, mask)
    mask.paste(0, (0, 0, side // 2, side))
    image.paste(brief.palette.accent, place, mask)


def _figure_place(brief: Brief, heart: Point) -> tuple[int, int, int]:
    """Its left and upper edge and its side."""
    width, height = brief.size
    side = round(brief.short * 0.36)
    x = width * (0.72 if heart[0] < width / 2 else 0.28) - side / 2
    return (round(x), round(height * 0.925 - side), side)
