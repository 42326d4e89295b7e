"""Bamboo and a flowering branch, as brush strokes."""

import math

from providers.painters.brush import Sheet, bristles, pooled
from providers.painters.canvas import Draw, Point, polygon_mask, smooth
from providers.painters.colour import lighter


def bamboo(sheet: Sheet) -> None:
    """Stalks at the full side of the sheet, more of them for more words."""
    brief = sheet.brief
    stalks = min(5, 2 + len(brief.words) // 3)
    for index in range(stalks):
        near = index / (stalks - 1)
        foot = sheet.x(0.97 - 0.3 * brief.chance.random() * (1 - 0.4 * near))
        lean = -sheet.side * brief.short * brief.chance.uniform(0.0, 0.09)
        wide = brief.short * (0.014 + 0.014 * near)
        _stalk(sheet, foot, lean, wide, 0.4 + 0.55 * near)


def _stalk(sheet: Sheet, foot: float, lean: float, wide: float, ink: float) -> None:
    """One stalk from below to above the sheet: a stroke for each joint, leaves between them."""
    brief = sheet.brief
    chance = brief.chance
    height = brief.size[1]
    joint = brief.short * chance.uniform(0.17, 0.23)

    def draw(pen: Draw, scale: int) -> None:
        y = height * 1.03
        while y > -joint:
            top = y - joint
            start, end = foot + lean * (1 - y / height), foot + lean * (1 - top / height)
            low, step = y - 4, (top + 12 - y) / 8
            path = [(start + (end - start) * t / 8, low + step * t) for t in range(9)]
            bristles(
                pen, scale, chance, path, lambda t: wide * (0.85 + 0.3 * abs(t - 0.5)), 220, 0.04
            )
            if chance.random() < 0.75:
                _leaves(sheet, pen, scale, (end, top))
            y = top

    sheet.draw(draw, ink)


def _leaves(sheet: Sheet, pen: Draw, scale: int, joint: Point) -> None:
    chance = sheet.brief.chance
    long = sheet.brief.short * 0.13

    def width(t: float) -> float:
        return long * 0.17 * math.sin(math.pi * min(1.0, t + 0.06)) * (1.1 - t)

    for _ in range(chance.randrange(2, 5)):
        turn = math.pi / 2 + sheet.side * chance.uniform(0.15, 1.25)
        reach = long * chance.uniform(0.6, 1.2)
        x, y = joint
        tip = (x + reach * math.cos(turn), y + reach * math.sin(turn))
        bend = ((x + tip[0]) / 2 + reach * 0.06, (y + tip[1]) / 2 - reach * 0.08)
        bristles(pen, scale, chance, smooth([joint, bend, tip]), width, 240, 0.03)


def branch(sheet: Sheet) -> None:
    """A branch from the upper corner, with about as many blossoms as the prompt has letters."""
    brief = sheet.brief
    chance, unit = brief.chance, brief.short
    bends: list[Point] = [(sheet.x(1.02), brief.size[1] * chance.uniform(0.1, 0.22))]
    for index in range(6):
        x, y = bends[-1]
        down = unit * chance.uniform(-0.03, 0.075) * (1 if index else 0)
        bends.append((x - sheet.side * unit * chance.uniform(0.06, 0.12), y + down))
    twigs = [_twig(sheet, bend, 1 if index % 2 else -1) for index, bend in enumerate(bends[1:6])]
    path = smooth(bends)

    def wood(pen: Draw, scale: int) -> None:
        bristles(pen, scale, chance, path, lambda t: unit * 0.03 * (1.05 - t), 240, 0.12)
        for twig in twigs:
            bristles(pen, scale, chance, twig, lambda t: unit * 0.011 * (1.1 - t), 230, 0.1)

    sheet.draw(wood)
    places = [point for line in (path, *twigs) for point in line[len(line) // 3 :]]
    spread = unit * 0.012
    count = min(40, max(12, sum(map(len, brief.words))))
    hearts = [
        (x + chance.gauss(0, spread), y + chance.gauss(0, spread))
        for x, y in chance.choices(places, k=count)
    ]
    _blossoms(sheet, hearts)


def _twig(sheet: Sheet, start: Point, down: int) -> list[Point]:
    unit, chance = sheet.brief.short, sheet.brief.chance
    x, y = start
    bend = (x - sheet.side * unit * 0.07, y + down * unit * 0.05)
    reach, drop = unit * chance.uniform(0.12, 0.2), unit * chance.uniform(0.07, 0.15)
    return smooth([start, bend, (x - sheet.side * reach, y + down * drop)])


def _blossoms(sheet: Sheet, hearts: list[Point]) -> None:
    """The farther half paler, the nearer half in full colour."""
    brief = sheet.brief
    half = len(hearts) // 2
    colours = (lighter(sheet.pigment, 0.14), sheet.pigment)
    for colour, some in zip(colours, (hearts[:half], hearts[half:]), strict=True):
        petals = [_petal(sheet, heart, index) for heart in some for index in range(5)]
        sheet.lay(pooled(brief.chance, polygon_mask(brief.size, *petals), 0.9), colour)
    dots = [_circle(heart, brief.short * 0.003) for heart in hearts]
    sheet.lay(polygon_mask(brief.size, *dots))


def _petal(sheet: Sheet, heart: Point, index: int) -> list[Point]:
    size = sheet.brief.short * (0.009 + 0.006 * (heart[1] % 1))
    turn = math.tau * index / 5 + heart[0]
    return _circle(
        (heart[0] + size * math.cos(turn), heart[1] + size * math.sin(turn)), size * 0.85
    )


def _circle(centre: Point, radius: float) -> list[Point]:
    turns = [math.tau * step / 10 for step in range(10)]
    return [(centre[0] + radius * math.cos(t), centre[1] + radius * math.sin(t)) for t in turns]
