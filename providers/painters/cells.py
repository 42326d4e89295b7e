"""Ways to divide a plane into panes: Voronoi cells, and sectors around a centre."""

import math
from collections.abc import Sequence
from functools import partial
from random import Random

from providers.painters.canvas import Point

Pane = list[Point]
Box = tuple[float, float, float, float]


def scattered(chance: Random, box: Box, cell: Point) -> list[list[Point]]:
    """Rows of points, one in each field of a brick grid that reaches beyond the box, jittered."""
    wide, tall = cell
    left, top, right, bottom = box
    rows = range(-1, math.ceil((bottom - top) / tall) + 1)
    columns = range(-1, math.ceil((right - left) / wide) + 1)
    return [
        [
            (
                left + (column + 0.5 + (row % 2) * 0.5 + chance.uniform(-0.38, 0.38)) * wide,
                top + (row + 0.5 + chance.uniform(-0.38, 0.38)) * tall,
            )
            for column in columns
        ]
        for row in rows
    ]


def voronoi(rows: Sequence[Sequence[Point]], stretch: float = 1.0) -> list[tuple[Point, Pane]]:
    """Each point with the cell of all places nearest to it. `stretch` widens the cells."""
    flat = [[(x / stretch, y) for x, y in row] for row in rows]
    found = []
    for r, row in enumerate(flat):
        for c, (x, y) in enumerate(row):
            near = [p for line in flat[max(0, r - 2) : r + 3] for p in line[max(0, c - 2) : c + 3]]
            near.sort(key=partial(math.dist, (x, y)))
            found.append((rows[r][c], [(a * stretch, b) for a, b in _cell((x, y), near[1:15])]))
    return found


def _cell(here: Point, near: Sequence[Point]) -> Pane:
    x, y = here
    reach = 3 * math.dist(here, near[-1])
    cell = [
        (x - reach, y - reach),
        (x + reach, y - reach),
        (x + reach, y + reach),
        (x - reach, y + reach),
    ]
    for other in near:
        cell = _nearer(cell, here, other)
    return cell


def _nearer(cell: Pane, here: Point, there: Point) -> Pane:
    """The part of a convex cell that is nearer to `here` than to `there`."""
    ax, ay = there[0] - here[0], there[1] - here[1]
    limit = (there[0] ** 2 + there[1] ** 2 - here[0] ** 2 - here[1] ** 2) / 2
    kept: Pane = []
    last = cell[-1]
    last_over = last[0] * ax + last[1] * ay - limit
    for corner in cell:
        over = corner[0] * ax + corner[1] * ay - limit
        if (over > 0) != (last_over > 0):
            share = last_over / (last_over - over)
            kept.append(
                (last[0] + (corner[0] - last[0]) * share, last[1] + (corner[1] - last[1]) * share)
            )
        if over <= 0:
            kept.append(corner)
        last, last_over = corner, over
    return kept


def sector(centre: Point, inner: float, outer: float, start: float, end: float) -> Pane:
    """A piece of a ring, angles in radians."""
    steps = max(2, math.ceil((end - start) * 12))
    turns = [start + (end - start) * step / steps for step in range(steps + 1)]
    x, y = centre
    out = [(x + outer * math.cos(turn), y + outer * math.sin(turn)) for turn in turns]
    return out + [
        (x + inner * math.cos(turn), y + inner * math.sin(turn)) for turn in reversed(turns)
    ]


def rosette(
    centre: Point, radius: float, petals: int, depth: float = 0.3, turn: float = 0.0
) -> Pane:
    """The outline of a flower: a circle whose radius swings `petals` times."""
    steps = petals * 14
    outline = []
    for step in range(steps):
        angle = math.tau * step / steps
        reach = radius * (1 - depth + depth * abs(math.cos(petals * angle / 2)) ** 0.8)
        outline.append(
            (centre[0] + reach * math.cos(angle + turn), centre[1] + reach * math.sin(angle + turn))
        )
    return outline
