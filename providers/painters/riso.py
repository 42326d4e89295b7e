"""Riso: a poster of large plain shapes in three inks."""

import math
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageOps

from providers.painters.brief import Brief
from providers.painters.canvas import (
    Point,
    disc_mask,
    faded,
    glow,
    lamp_mask,
    polygon_mask,
    ramp_mask,
    ridge,
)
from providers.painters.cells import sector
from providers.painters.press import Press, at_least
from providers.painters.scenery import conifer, panes, rainfall, skyline, snowfall, wave_line
from providers.painters.silhouettes import standing


def paint(brief: Brief) -> Image.Image:
    press = Press(brief)
    width, height = brief.size
    place = brief.idea.choice((0.36, 0.5, 0.5, 0.64)) + brief.chance.uniform(-0.05, 0.05)
    sun = (width * place, height * brief.chance.uniform(0.36, 0.44))
    _sky(press, sun)
    _sun(press, sun)
    for index in range(3):
        _ground(press, index)
    if brief.subject:
        _subject(press)
    elif "flower" in brief.motifs or not brief.motifs & {"city", "mountain", "water"}:
        _flowers(press)
    _weather(press)
    return press.printed()


def _sky(press: Press, sun: Point) -> None:
    """Cool ink: rays, rings or a plain fall of tone; at night the dark ink above it."""
    brief = press.brief
    height = brief.size[1]
    night = brief.palette.dark
    manner = brief.idea.choice(("rays", "rings", "fall"))
    tone = faded(ramp_mask(brief.size, height * 0.75, -height * 0.1), 0.95 if night else 0.6)
    if manner == "rays":
        tone = ImageChops.add(faded(tone, 0.65), faded(_rays(brief, sun), 0.3))
    elif manner == "rings":
        for index in range(5):
            ring = disc_mask(brief.size, sun, brief.short * (0.78 - 0.09 * index))
            tone = ImageChops.subtract(tone, faded(ring, 0.1))
    everywhere = Image.new("L", brief.size, 255)
    press.expose(everywhere, cool=tone)
    if night:
        dark = ramp_mask(brief.size, height * 0.78, height * 0.02)
        shine = faded(glow(brief.size, sun, brief.short * 0.62), 0.75)
        press.expose(everywhere, key=faded(ImageChops.subtract(dark, shine), 0.92))


def _rays(brief: Brief, sun: Point) -> Image.Image:
    far = math.hypot(*brief.size)
    count = 12 + 2 * (len(brief.words) % 4)
    step = math.tau / count
    wedges = [sector(sun, 0, far, step * index, step * (index + 0.5)) for index in range(count)]
    return polygon_mask(brief.size, *wedges)


def _sun(press: Press, sun: Point) -> None:
    brief = press.brief
    radius = brief.short * brief.idea.uniform(0.25, 0.32)
    fall = ramp_mask(brief.size, sun[1] + radius * 1.6, sun[1] - radius)
    disc = lamp_mask(brief.size, sun, radius, brief.crescent)
    press.expose(disc, warm=at_least(fall, 0.3), cool=0.0, key=0.0)


def _ground(press: Press, index: int) -> None:
    """One of three planes, each its own mixture of the inks, the nearest darkest."""
    brief = press.brief
    width, height = brief.size
    base = height * (0.6 + 0.13 * index)
    line = _edge(brief, index, base)
    towers = _towers(brief, index, base)
    shapes = [[*line, (width, height), (0, height)], *towers, *_trees(brief, index, base)]
    mask = polygon_mask(brief.size, *shapes)
    fall = ramp_mask(brief.size, base - height * 0.12, base + height * 0.24)
    rising = ImageOps.invert(fall)
    if index == 0:
        press.expose(
            mask, warm=faded(rising, 0.75), cool=at_least(faded(rising, 0.35), 0.12), key=0.0
        )
    elif index == 1:
        low = faded(fall, 0.12)
        press.expose(
            mask, warm=faded(fall, 0.15), cool=at_least(faded(rising, 0.95), 0.34), key=low
        )
    else:
        press.expose(
            mask, warm=faded(fall, 0.35), cool=at_least(rising, 0.35), key=at_least(fall, 0.6)
        )
    if towers:
        lights = panes(brief.chance, towers, brief.short * 0.011, 0.35)
        press.expose(polygon_mask(brief.size, *lights), warm=0.0, cool=0.0, key=0.0)
    if brief.palette.dark and index < 2:
        veil = polygon_mask(brief.size, *shapes)
        press.expose(veil, key=at_least(faded(fall, 0.5), 0.18 + 0.2 * index))


def _edge(brief: Brief, index: int, base: float) -> list[Point]:
    width, height = brief.size
    phase = brief.chance.uniform(0, 6)
    if "water" in brief.motifs and index:
        line = wave_line(width, base, height * 0.02, width / (5 + 2 * index), phase)
        return [(x, base - abs(y - base) * 1.6) for x, y in line]
    if "mountain" in brief.motifs and index < 2:
        return _peaks(brief, base, height * (0.3 - 0.14 * index))
    if "desert" in brief.motifs or index == 2:
        return wave_line(width, base, height * 0.03, width * 1.3, phase)
    return ridge(brief.chance, width, base - height * 0.03, height * 0.09, 0.35)


def _peaks(brief: Brief, base: float, tall: float) -> list[Point]:
    width, chance = brief.size[0], brief.chance
    line: list[Point] = [(0, base)]
    x = -width * 0.1 * chance.random()
    while x < width:
        wide = tall * chance.uniform(0.9, 1.5)
        line.append((x + wide * 0.5, base - tall * chance.uniform(0.6, 1.1)))
        line.append((x + wide * 0.95, base - tall * 0.15))
        x += wide
    return line


def _towers(brief: Brief, index: int, base: float) -> list[list[Point]]:
    width, height = brief.size
    if "city" not in brief.motifs or index == 2:
        return []
    return skyline(brief.chance, width, base + height * 0.1, height * (0.38 - 0.1 * index))


def _trees(brief: Brief, index: int, base: float) -> list[list[Point]]:
    width, height = brief.size
    if not index or not brief.motifs & {"forest", "snow"}:
        return []
    count = 5 + 3 * index
    places = [width * (place + brief.chance.random()) / count for place in range(count)]
    foot = base + height * 0.07
    return [
        conifer(brief.chance, (x, foot), height * brief.chance.uniform(0.16, 0.3)) for x in places
    ]


def _subject(press: Press) -> None:
    """Large and nearly solid, its openings left almost bare."""
    brief = press.brief
    width, height = brief.size
    side = round(brief.short * 0.48)
    x = width * brief.chance.uniform(0.42, 0.58)
    foot = (x, height * 0.88)
    body = standing(brief.size, brief.subject, side, foot)
    whole = standing(brief.size, brief.subject, side, foot, solid=True)
    press.expose(whole, warm=0.2, cool=0.0, key=0.0)
    shade = ramp_mask(brief.size, foot[1] - side * 1.9, foot[1])
    press.expose(body, warm=1.0, key=shade)


def _flowers(press: Press) -> None:
    """Up to three large flowers, a petal for each letter."""
    brief = press.brief
    width, height = brief.size
    words = brief.words[:3]
    for index, word in enumerate(words):
        x = width * (0.5 + 0.27 * (index - (len(words) - 1) / 2))
        x += brief.short * brief.chance.uniform(-0.03, 0.03)
        y = height * brief.chance.uniform(0.4, 0.58)
        radius = brief.short * brief.chance.uniform(0.1, 0.13)
        stem = [(x - 4, y), (x + 4, y), (x + 5, height), (x - 5, height)]
        long = brief.short * 0.17
        leaves = [
            leaf((x, height * (0.74 + 0.05 * s)), long, -math.pi / 2 + s * 1.05) for s in (-1, 1)
        ]
        press.expose(polygon_mask(brief.size, stem, *leaves), warm=0.0, cool=0.8, key=0.9)
        bloom = polygon_mask(brief.size, *_petals((x, y), radius, min(12, max(5, len(word) + 2))))
        press.expose(bloom, warm=1.0, cool=0.35 if index == 1 else 0.0, key=0.0)
        press.expose(disc_mask(brief.size, (x, y), radius * 0.3), key=0.85)


def _petals(centre: Point, radius: float, count: int) -> Sequence[list[Point]]:
    return [leaf(centre, radius, math.tau * index / count + centre[0]) for index in range(count)]


def leaf(foot: Point, long: float, turn: float) -> list[Point]:
    """A pointed leaf from `foot` in the direction `turn`."""
    c, s = math.cos(turn), math.sin(turn)
    upper = [(long * t / 8, long * 0.24 * math.sin(math.pi * (t / 8) ** 1.3)) for t in range(9)]
    outline = [*upper, *((x, -y) for x, y in reversed(upper))]
    return [(foot[0] + x * c - y * s, foot[1] + x * s + y * c) for x, y in outline]


def _weather(press: Press) -> None:
    brief = press.brief
    if brief.motifs & {"snow", "stars"}:
        flakes = snowfall(brief.chance, brief.size, 160)
        press.expose(flakes, warm=0.0, cool=0.0, key=0.0)
    if "rain" in brief.motifs:
        drops = rainfall(brief.chance, brief.size, 260).point([min(255, v * 2) for v in range(256)])
        if brief.palette.dark:
            press.expose(drops, warm=0.0, cool=0.0, key=0.0)
        else:
            press.expose(drops, key=0.9)
