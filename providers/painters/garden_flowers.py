"""Five manners of flowers, and what grows between them."""

import math
from collections.abc import Sequence

from providers.painters.board import Board
from providers.painters.brief import letter_values
from providers.painters.canvas import Point
from providers.painters.colour import Colour, lighter


def petal_edge(
    foot: Point, turn: float, long: float, swell: float, blunt: float = 0.8
) -> list[Point]:
    """One side of a petal; `blunt` above 1 carries its width towards the tip."""
    c, s = math.cos(turn), math.sin(turn)
    edge = []
    for step in range(11):
        along, out = long * step / 10, swell * long * math.sin(math.pi * (step / 10) ** blunt)
        edge.append((foot[0] + along * c - out * s, foot[1] + along * s + out * c))
    return edge


def flower(board: Board, head: Point, radius: float, word: str) -> None:
    """First letter: colours; last letter: manner; a petal for each letter, five at least."""
    values = letter_values(word)
    colour = board.colours[(values[0] + len(word)) % len(board.colours)]
    heart = board.colour(colour)
    petals = min(13, max(5, len(word)))
    turn = board.brief.chance.uniform(0, math.tau)
    manner = MANNERS[(values[-1] + values[0]) % len(MANNERS)]
    manner(board, head, radius, petals, turn, colour)
    _centre(board, head, radius * 0.27, heart)


def _petal(
    board: Board, head: Point, turn: float, shape: tuple[float, float, float], fill: Colour
) -> None:
    """A whole petal of this length, swell and bluntness."""
    long, swell, blunt = shape
    one = petal_edge(head, turn, long, swell, blunt)
    other = petal_edge(head, turn, long, -swell, blunt)
    board.shape([*one, *reversed(other)], fill)


def _daisy(
    board: Board, head: Point, radius: float, petals: int, turn: float, colour: Colour
) -> None:
    count = petals + 6
    for index in range(count):
        tone = 0.04 if index % 2 else -0.05
        angle = turn + math.tau * index / count
        _petal(board, head, angle, (radius, 0.15, 1.7), lighter(colour, tone))


def _round(
    board: Board, head: Point, radius: float, petals: int, turn: float, colour: Colour
) -> None:
    size = radius * min(0.5, 2.3 / petals)
    board.disc(head, radius * 0.7, lighter(colour, -0.05))
    for index in range(petals):
        angle = turn + math.tau * index / petals
        c, s, reach = math.cos(angle), math.sin(angle), radius - size
        place = (head[0] + reach * c, head[1] + reach * s)
        board.disc(place, size * 1.06, lighter(colour, -0.08))
        board.disc(place, size * 0.94, colour)
        mark = (head[0] + radius * 0.64 * c, head[1] + radius * 0.64 * s)
        board.stroke([head, mark], radius * 0.035, lighter(colour, -0.16))


def _layered(
    board: Board, head: Point, radius: float, petals: int, turn: float, colour: Colour
) -> None:
    for ring in range(3):
        shape = (radius * (1 - 0.25 * ring), 0.34, 1.5)
        for index in range(petals):
            angle = turn + math.tau * (index + ring / 2) / petals
            tint = lighter(colour, -0.1 + 0.08 * ring + 0.025 * (index % 2))
            _petal(board, head, angle, shape, tint)


def _starry(
    board: Board, head: Point, radius: float, petals: int, turn: float, colour: Colour
) -> None:
    swell = min(0.36, 1.7 / petals)
    for index in range(petals):
        angle = turn + math.tau * index / petals
        for side, tone in ((swell, 0.05), (-swell, -0.07)):
            edge = petal_edge(head, angle, radius, side, 1.1)
            board.shape([*edge, head], lighter(colour, tone))


MANNERS = (_round, _layered, _starry, _daisy)


def _centre(board: Board, head: Point, radius: float, heart: Colour) -> None:
    board.disc(head, radius, lighter(heart, -0.08))
    board.disc(head, radius * 0.84, heart)
    seeds: Sequence[tuple[float, int]] = ((0.6, 10), (0.3, 5))
    for ring, count in seeds:
        for index in range(count):
            angle = math.tau * index / count + radius
            x, y = radius * ring * math.cos(angle), radius * ring * math.sin(angle)
            board.disc((head[0] + x, head[1] + y), radius * 0.085, lighter(heart, -0.22))


def sprig(
    board: Board, root: Point, turn: float, long: float, colour: Colour, *, berries: bool
) -> None:
    """A thin bent stalk with paired leaflets or berries."""
    unit = board.brief.short
    bend = board.brief.chance.uniform(-0.25, 0.25)
    path = [
        (
            root[0] + long * t / 12 * math.cos(turn + bend * t / 12),
            root[1] + long * t / 12 * math.sin(turn + bend * t / 12),
        )
        for t in range(13)
    ]
    board.stroke(path, unit * 0.003, colour)
    for place, spot in enumerate(path[4:], start=4):
        size = unit * 0.034 * (1.35 - place / 12)
        for side in (-0.8, 0.8):
            angle = turn + bend + side
            if berries:
                tip = (spot[0] + size * math.cos(angle), spot[1] + size * math.sin(angle))
                board.stroke([spot, tip], unit * 0.0018, colour)
                board.disc(tip, unit * 0.0065, lighter(colour, 0.06))
            else:
                _petal(board, spot, angle, (size, 0.2, 0.9), colour)
