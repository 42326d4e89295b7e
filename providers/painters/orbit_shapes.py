"""The planets' seven manners, and what stands at the foot of the picture."""

import math

from providers.painters.board import Board
from providers.painters.brief import Brief
from providers.painters.canvas import Point
from providers.painters.colour import mix


def planet(board: Board, centre: Point, size: float, letter: int) -> None:
    """A planet in the manner of its word's first letter, 0..25."""
    MANNERS[letter % len(MANNERS)](board, centre, size)


def _lit(board: Board, centre: Point, size: float) -> None:
    body = board.colour()
    board.disc(centre, size, body)
    board.disc((centre[0] - size * 0.28, centre[1] - size * 0.28), size * 0.42, board.colour(body))


def _target(board: Board, centre: Point, size: float) -> None:
    last = board.ground
    for share in (1.0, 0.72, 0.46, 0.2):
        last = board.colour(last)
        board.disc(centre, size * share, last)


def _halves(board: Board, centre: Point, size: float) -> None:
    start = board.brief.chance.uniform(0, 360)
    board.slice(centre, size, start, start + 180, board.colour(board.line))
    board.slice(centre, size, start + 180, start + 360, board.line)


def _quarters(board: Board, centre: Point, size: float) -> None:
    one = board.colour()
    pair = (one, board.colour(one))
    for quarter in range(4):
        board.slice(centre, size, quarter * 90, quarter * 90 + 90, pair[quarter % 2])


def _ringed(board: Board, centre: Point, size: float) -> None:
    board.disc(centre, size * 0.62, board.colour(board.line))
    board.ring(centre, size, size * 0.15, board.line)


def _striped(board: Board, centre: Point, size: float) -> None:
    board.disc(centre, size, board.colour(board.line))
    for index in range(-3, 4):
        y = index * size / 3.6
        half = math.sqrt(size**2 - y**2) * 0.98
        ends = [(centre[0] - half, centre[1] + y), (centre[0] + half, centre[1] + y)]
        board.stroke(ends, size * 0.09, board.line)


def _petalled(board: Board, centre: Point, size: float) -> None:
    colour = board.colour(board.line)
    for petal in range(6):
        turn = math.tau * petal / 6
        x, y = size * 0.58 * math.cos(turn), size * 0.58 * math.sin(turn)
        board.disc((centre[0] + x, centre[1] + y), size * 0.4, colour)
    board.disc(centre, size * 0.34, board.line)


MANNERS = (_lit, _target, _halves, _quarters, _ringed, _striped, _petalled)


def footing(board: Board) -> None:
    """Plain shapes along the lower edge, after the first motif that has any."""
    for motif, build in FOOTINGS.items():
        if motif in board.brief.motifs:
            build(board)
            return


def has_footing(brief: Brief) -> bool:
    return not brief.motifs.isdisjoint(FOOTINGS)


def _peaks(board: Board) -> None:
    width, height = board.brief.size
    for index in range(4):
        tall = board.brief.short * board.brief.chance.uniform(0.16, 0.34)
        x = width * (index + board.brief.chance.random()) / 4
        colour = board.colour()
        tip, foot = (x, height - tall), (x, float(height))
        board.shape([(x - tall * 0.7, height), tip, foot], colour)
        board.shape([(x + tall * 0.7, height), tip, foot], mix(colour, board.line, 0.45))


def _scales(board: Board) -> None:
    """Waves as rows of overlapping discs."""
    width, height = board.brief.size
    radius = board.brief.short * 0.07
    for row in range(3):
        y = height - radius * (1.1 - 0.55 * row)
        colour = board.colour()
        for column in range(-1, math.ceil(width / radius / 2) + 1):
            x = (column + 0.5 * (row % 2)) * radius * 2
            for share, fill in (
                (1.0, board.ground),
                (0.94, colour),
                (0.6, board.ground),
                (0.5, board.line),
            ):
                board.disc((x, y), radius * share, fill)


def _bars(board: Board) -> None:
    """A town as upright bars with square windows."""
    width, height = board.brief.size
    wide = board.brief.short * 0.055
    x = 0.0
    while x < width:
        tall = board.brief.short * board.brief.chance.uniform(0.1, 0.34)
        colour = board.colour()
        board.shape(
            [(x, height), (x, height - tall), (x + wide, height - tall), (x + wide, height)], colour
        )
        for floor in range(int(tall / wide / 0.5) - 1):
            y = height - tall + wide * (0.3 + 0.5 * floor)
            for left in (0.2, 0.58):
                a, b = x + wide * left, wide * 0.22
                board.shape([(a, y), (a + b, y), (a + b, y + b), (a, y + b)], board.ground)
        x += wide * 1.12


def _spruces(board: Board) -> None:
    width, height = board.brief.size
    for index in range(9):
        tall = board.brief.short * board.brief.chance.uniform(0.14, 0.28)
        x = width * (index + board.brief.chance.random()) / 9
        colour = board.colour()
        for step in range(3):
            top, half = height - tall * (0.45 + 0.275 * step), tall * (0.3 - 0.06 * step)
            board.shape(
                [(x, top - tall * 0.1), (x - half, top + tall * 0.4), (x + half, top + tall * 0.4)],
                colour,
            )


def _petals(board: Board) -> None:
    """A row of tiles, two quarter discs in each."""
    width, height = board.brief.size
    side = board.brief.short * 0.11
    for column in range(math.ceil(width / side)):
        x = column * side
        board.slice((x, height), side * 0.94, 270, 360, board.colour())
        board.slice((x + side, height - side), side * 0.6, 90, 180, board.colour())


FOOTINGS = {
    "city": _bars,
    "water": _scales,
    "mountain": _peaks,
    "forest": _spruces,
    "flower": _petals,
    "desert": _peaks,
}
