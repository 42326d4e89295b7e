"""Garden: a painted bouquet, every word a flower with a petal for each letter."""

import math
from collections.abc import Sequence

from PIL import Image, ImageDraw

from providers.painters.board import SCALE, Board
from providers.painters.brief import Brief
from providers.painters.canvas import Point, glow, grained, lit, smooth, textured
from providers.painters.colour import Colour, lighter, mix, polar
from providers.painters.garden_flowers import flower, petal_edge, sprig
from providers.painters.silhouettes import figure

Head = tuple[Point, float, str]


def paint(brief: Brief) -> Image.Image:
    ramp = brief.palette.ramp
    dark = brief.palette.dark or brief.idea.random() < 0.6
    paper = mix(ramp[4], (250, 243, 230), 0.4)
    board = Board(brief, mix(ramp[0], ramp[1], 0.25) if dark else paper)
    board.colours = [colour for colour in board.colours if colour != ramp[0]]
    leaves = _leaves(brief, dark)
    heads = _heads(brief)
    _dust(board)
    _frame(board)
    _sprigs(board, leaves)
    for head in heads:
        _stem(board, head[0], leaves)
    for centre, radius, word in heads:
        flower(board, centre, radius, word)
    _mound(board, leaves)
    if brief.subject:
        _creature(board)
    image = board.finished()
    if dark:
        spot = (brief.size[0] / 2, brief.size[1] * 0.45)
        image = lit(image, ramp[2], glow(brief.size, spot, brief.short * 0.85), 0.26)
    return grained(textured(image, brief.chance, brief.short / 50, 0.12), brief.chance, 2)


def _leaves(brief: Brief, dark: bool) -> Sequence[Colour]:
    """Three greens that belong to the palette."""
    leaf = mix(polar(0.6 if dark else 0.5, 0.1, 150), brief.palette.ramp[2], 0.14)
    return (leaf, lighter(leaf, -0.1), mix(leaf, brief.palette.ramp[3], 0.4))


def _heads(brief: Brief) -> list[Head]:
    """Where the flowers are: the first word's in the middle, the others where there is room."""
    words = list(brief.words[:12])
    words += [words[index % len(words)] for index in range(max(0, 7 - len(words)))]
    scale = min(1.25, math.sqrt(11 / len(words)))
    found: list[Head] = []
    for index, word in enumerate(words):
        long = min(0.105, 0.052 + 0.006 * len(word))
        radius = brief.short * long * scale * brief.chance.uniform(0.9, 1.1)
        spots = [_spot(brief, index) for _ in range(18)]
        rooms = [_room(brief, spot, radius, found) for spot in spots]
        found.append((spots[rooms.index(max(rooms))], radius, word))
    return sorted(found, key=lambda head: head[0][1])


def _spot(brief: Brief, index: int) -> Point:
    width, height = brief.size
    chance = brief.chance
    if index == 0:
        return (width * chance.uniform(0.44, 0.56), height * chance.uniform(0.27, 0.38))
    low = 0.6 if brief.subject else 0.7
    return (width * chance.uniform(0.13, 0.87), height * chance.uniform(0.14, low))


def _room(brief: Brief, spot: Point, radius: float, taken: Sequence[Head]) -> float:
    """How far the spot is from the flowers there are; the lower corners count as crowded."""
    width, height = brief.size
    low = max(0.0, spot[1] / height - 0.5) * abs(spot[0] / width - 0.5)
    free = min((math.dist(spot, other) - radius - size for other, size, _ in taken), default=0.0)
    return min(free, brief.short * 0.07) - low * brief.short * 1.5


def _stem(board: Board, head: Point, leaves: Sequence[Colour]) -> None:
    """A bent stem from the common root, leaves by turns left and right."""
    brief = board.brief
    chance = brief.chance
    width, height = brief.size
    root = (width / 2, height * 0.96)
    lean = head[0] - root[0]
    middle = (root[0] + lean * 0.5, root[1] * 0.52 + head[1] * 0.48)
    low = (root[0] + lean * 0.16, root[1] * 0.8 + head[1] * 0.2)
    start = (root[0] + lean * 0.05, height * 1.02)
    path = smooth([start, low, middle, (head[0], head[1])], steps=12)
    board.stroke(path, brief.short * 0.0075, leaves[1])
    for place in range(8, len(path) - 5, 4):
        side = 1 if (place // 4) % 2 else -1
        (ax, ay), (bx, by) = path[place - 1], path[place + 1]
        turn = math.atan2(by - ay, bx - ax) + side * chance.uniform(0.5, 0.95)
        _leaf(
            board,
            path[place],
            turn,
            brief.short * chance.uniform(0.055, 0.1),
            chance.choice(leaves),
        )


def _leaf(board: Board, foot: Point, turn: float, long: float, colour: Colour) -> None:
    """A leaf in two tones, its vein between them."""
    for swell, fill in ((0.22, colour), (-0.22, lighter(colour, -0.06))):
        board.shape([*petal_edge(foot, turn, long, swell), foot], fill)
    tip = (foot[0] + long * 0.86 * math.cos(turn), foot[1] + long * 0.86 * math.sin(turn))
    board.stroke([foot, tip], board.brief.short * 0.0018, lighter(colour, 0.12))


def _sprigs(board: Board, leaves: Sequence[Colour]) -> None:
    """Ferns and berries between the flowers."""
    brief = board.brief
    width, height = brief.size
    root = (width / 2, height)
    for index in range(9):
        turn = -math.pi / 2 + (index - 4) * 0.27 + brief.chance.uniform(-0.08, 0.08)
        long = brief.short * brief.chance.uniform(0.45, 0.8) * (1 - 0.06 * abs(index - 4))
        colour = mix(board.ground, leaves[index % 3], 0.62)
        sprig(board, root, turn, long, colour, berries=index % 2 == 1)


def _mound(board: Board, leaves: Sequence[Colour]) -> None:
    """Broad leaves that hide the common root."""
    brief = board.brief
    width, height = brief.size
    for index in range(11):
        turn = -math.pi / 2 + (index - 5) * 0.29 + brief.chance.uniform(-0.1, 0.1)
        long = brief.short * brief.chance.uniform(0.13, 0.2)
        foot = (width / 2 + (index - 5) * brief.short * 0.012, height * 0.985)
        _leaf(board, foot, turn, long, leaves[index % 3])


def _dust(board: Board) -> None:
    """Seeds in the air."""
    brief = board.brief
    width, height = brief.size
    for _ in range(110):
        spot = (brief.chance.random() * width, brief.chance.random() * height)
        colour = mix(board.ground, board.colour(), brief.chance.uniform(0.2, 0.6))
        board.disc(spot, brief.short * brief.chance.choice((0.002, 0.003, 0.005)), colour)


def _frame(board: Board) -> None:
    width, height = board.brief.size
    unit = board.brief.short
    near, far_x, far_y = unit * 0.03, width - unit * 0.03, height - unit * 0.03
    box = [(near, near), (far_x, near), (far_x, far_y), (near, far_y)]
    board.stroke([*box, *box[:2]], unit * 0.003, mix(board.ground, board.line, 0.5))
    for corner in box:
        board.disc(corner, unit * 0.012, board.ground)
        board.disc(corner, unit * 0.007, board.colours[0])


def _creature(board: Board) -> None:
    """The subject sits before the flowers, dotted like folk art, a rim of ground around it."""
    brief = board.brief
    width, height = brief.size
    side = round(brief.short * 0.36 * SCALE)
    x = width * SCALE * brief.chance.uniform(0.44, 0.56)
    place = (round(x - side / 2), round(height * SCALE * 0.955 - side))
    whole, mask = figure(brief.subject, side, solid=True), figure(brief.subject, side)
    rim = round(side * 0.02)
    for dx, dy in ((-rim, 0), (rim, 0), (0, -rim), (0, rim)):
        board.image.paste(board.ground, (place[0] + dx, place[1] + dy), whole)
    board.image.paste(lighter(brief.palette.ramp[4], -0.03), place, whole)
    board.image.paste(_coat(brief, side), place, mask)


def _coat(brief: Brief, side: int) -> Image.Image:
    colour = brief.palette.accent
    coat = Image.new("RGB", (side, side), colour)
    pen = ImageDraw.Draw(coat)
    unit = side / 13
    for row in range(14):
        for column in range(14):
            tone = 0.14 if (row + column) % 3 else -0.14
            centre = ((column + 0.5 * (row % 2)) * unit, row * unit)
            pen.circle(centre, unit * 0.14, fill=lighter(colour, tone))
    return coat
