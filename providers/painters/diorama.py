"""Diorama: a small floating island with a block for every letter."""

import math

from PIL import Image, ImageDraw

from providers.painters.brief import Brief, letter_values
from providers.painters.canvas import (
    blurred,
    faded,
    glow,
    grained,
    lamp_mask,
    lit,
    vertical,
    washed,
)
from providers.painters.colour import Colour, lighter, lightness, mix, polar
from providers.painters.island import CELLS, SCALE, Island, half_field
from providers.painters.scenery import rainfall, snowfall
from providers.painters.silhouettes import figure

MIDDLE = CELLS / 2


def paint(brief: Brief) -> Image.Image:
    island = Island(brief, _sky(brief))
    _ground(island)
    for x, y, letter in _letters(brief):
        _field(island, x, y, letter)
    image = island.image.reduce(SCALE)
    if brief.palette.dark or "city" in brief.motifs:
        shine = blurred(island.light.reduce(SCALE), brief.short * 0.007)
        image = lit(image, brief.palette.sun, shine, 0.9)
    if "rain" in brief.motifs:
        image = lit(image, brief.palette.ramp[4], rainfall(brief.chance, brief.size, 260), 0.5)
    if "snow" in brief.motifs:
        washed(image, (255, 255, 255), snowfall(brief.chance, brief.size, 200), 0.9)
    return grained(image, brief.chance, 2)


def _sky(brief: Brief) -> Image.Image:
    width, height = brief.size
    dark, deep, middle, light, pale = brief.palette.ramp
    night = [dark, mix(dark, deep, 0.7), deep]
    day = [mix(light, middle, 0.25), light, pale]
    image = vertical(brief.size, night if brief.palette.dark else day)
    sun = (width * brief.idea.choice((0.18, 0.82)), height * brief.chance.uniform(0.14, 0.22))
    radius = brief.short * 0.075
    warm = lighter(brief.palette.sun, 0.06)
    if abs(lightness(warm) - lightness(light)) < 0.1 and not brief.palette.dark:
        warm = lighter(pale, 0.02)
    image = lit(image, warm, glow(brief.size, sun, radius * 4, 1.6), 0.5)
    washed(image, warm, lamp_mask(brief.size, sun, radius, brief.crescent))
    _clouds(brief, image)
    if brief.palette.dark:
        stars = snowfall(brief.chance, brief.size, 260 if "stars" in brief.motifs else 110)
        image = lit(image, pale, stars, 0.55)
    half = half_field(brief.size)
    wide, tall = round(half * CELLS * 1.4), round(half * CELLS * 0.25)
    shade = faded(glow((256, 256), (128, 128), 128, 0.8).resize((wide, tall)), 0.42)
    place = (round((width - wide) / 2), round(height * 0.565 + half * (CELLS / 2 + 2) - tall / 2))
    image.paste(mix(dark, (10, 8, 20), 0.4), place, shade)
    return image


def _clouds(brief: Brief, image: Image.Image) -> None:
    """A few heaps of discs with a level foot."""
    width, height = brief.size
    mask = Image.new("L", (width * SCALE, height * SCALE))
    pen = ImageDraw.Draw(mask)
    for _ in range(5):
        x, y = brief.chance.random() * width * SCALE, height * brief.chance.uniform(0.1, 1.1)
        unit = brief.short * brief.chance.uniform(0.025, 0.055)
        for shift, size in ((-1.6, 0.7), (-0.6, 1.1), (0.6, 0.9), (1.6, 0.6)):
            pen.circle((x + shift * unit, y - size * unit * 0.5), size * unit, fill=255)
        pen.rectangle((x - 2.6 * unit, y, x + 2.4 * unit, y + unit * 2), fill=0)
    washed(image, brief.palette.ramp[4], mask.reduce(SCALE), 0.14 if brief.palette.dark else 0.5)


def _letters(brief: Brief) -> list[tuple[int, int, int]]:
    """Every field from back to front with its letter, -1 for a space between words."""
    text = [value for word in brief.words for value in (*letter_values(word), -1)]
    turn = brief.chance.randrange(len(text))
    fields = [
        (x, y, text[(turn + x * CELLS + y) % len(text)]) for x in range(CELLS) for y in range(CELLS)
    ]
    return sorted(fields, key=lambda field: field[0] + field[1])


def _earth(brief: Brief) -> tuple[Colour, Colour]:
    """The island's top and its sides."""
    _, deep, middle, light, pale = brief.palette.ramp
    if "snow" in brief.motifs:
        return pale, middle
    if "desert" in brief.motifs:
        return mix(light, (240, 205, 140), 0.4), middle
    if brief.palette.dark:
        return mix(deep, middle, 0.5), deep
    return mix(polar(0.76, 0.12, 132), light, 0.3), mix(deep, (110, 70, 50), 0.3)


def _leaf(brief: Brief) -> Colour:
    ramp = brief.palette.ramp
    green = polar(0.42, 0.07, 160) if brief.palette.dark else polar(0.55, 0.11, 145)
    return mix(green, ramp[1], 0.3 if "snow" in brief.motifs else 0.15)


def _ground(island: Island) -> None:
    """A slab in three layers, the uppermost of them earth or sea."""
    top, side = _earth(island.brief)
    island.block(MIDDLE, MIDDLE, CELLS * 0.96, -1.25, 0.5, lighter(side, -0.05))
    island.block(MIDDLE, MIDDLE, CELLS, -0.8, 0.4, side)
    if "water" in island.brief.motifs:
        island.block(MIDDLE, MIDDLE, CELLS, -0.4, 0.4, lighter(island.brief.palette.sea, 0.04))
    else:
        island.block(MIDDLE, MIDDLE, CELLS, -0.4, 0.4, top)


def _field(island: Island, x: int, y: int, letter: int) -> None:
    """What stands on a field; the front corner is kept free for the subject."""
    brief = island.brief
    if brief.subject and x >= CELLS - 3 and y >= CELLS - 3:
        if (x, y) == (CELLS - 2, CELLS - 2):
            _monument(island, x + 0.5, y + 0.5)
        return
    edge = min(x, y, CELLS - 1 - x, CELLS - 1 - y)
    if "water" in brief.motifs:
        if edge == 0:
            return _ripple(island, x + 0.5, y + 0.5, letter)
        island.block(x + 0.5, y + 0.5, 1.0, 0, 0.14, _earth(brief)[0])
    return _grow(island, x + 0.5, y + 0.5, letter)


def _grow(island: Island, x: float, y: float, letter: int) -> None:
    """A peak, tree, bush, pyramid or tower, by the motifs and the letter."""
    motifs = island.brief.motifs
    centre = math.dist((x, y), (MIDDLE, MIDDLE)) / CELLS
    if letter < 0:
        return _bush(island, x, y, 4) if island.brief.chance.random() < 0.6 else None
    if "mountain" in motifs and centre < 0.34:
        return _peak(island, x, y, letter, centre)
    if "forest" in motifs and letter % 4:
        return _spruce(island, x, y, letter)
    if "desert" in motifs and letter % 3 == 0:
        sand = mix(island.brief.palette.ramp[3], island.brief.palette.sun, 0.3)
        return island.pyramid(x, y, 0.95, 0, 0.6 + letter / 26, sand)
    if ("flower" in motifs and letter % 3) or letter % 10 == 0:
        return _bush(island, x, y, letter)
    if letter % 5 == 0:
        return _spruce(island, x, y, letter)
    return _tower(island, x, y, letter, centre)


def _ripple(island: Island, x: float, y: float, letter: int) -> None:
    if letter % 3 == 0:
        ends = [island.at(x - 0.2, y + 0.2), island.at(x + 0.15, y - 0.15)]
        island.pen.line(ends, fill=island.brief.palette.ramp[4], width=3)


def _bush(island: Island, x: float, y: float, letter: int) -> None:
    brief = island.brief
    leaf = _leaf(brief)
    bright = (brief.palette.accent, brief.palette.second, lighter(brief.palette.ramp[3], 0.03))
    colour = bright[letter % 3] if "flower" in brief.motifs else leaf
    for dx, dy, size in ((-0.22, -0.12, 0.3), (0.18, -0.2, 0.26), (0.05, 0.2, 0.34)):
        tint = mix(colour, leaf, brief.chance.random() * 0.35)
        island.ball(x + dx, y + dy, size * 0.9, size, tint)


def _spruce(island: Island, x: float, y: float, letter: int) -> None:
    brief = island.brief
    tall = (1.2 + letter / 22) * island.stretch
    island.block(x, y, 0.14, 0, 0.3, mix(brief.palette.ramp[0], (90, 60, 40), 0.5))
    for step in range(3):
        tint = lighter(_leaf(brief), 0.035 * step)
        island.pyramid(x, y, 0.84 - 0.22 * step, 0.2 + tall * 0.26 * step, tall * 0.5, tint)
    if "snow" in brief.motifs:
        island.pyramid(x, y, 0.26, 0.2 + tall * 0.76, tall * 0.26, brief.palette.ramp[4])


def _peak(island: Island, x: float, y: float, letter: int, centre: float) -> None:
    ramp = island.brief.palette.ramp
    tall = (0.34 - centre) * 11 + letter / 22 + 0.6
    tall *= island.stretch
    island.pyramid(x, y, 1.5, 0, tall, mix(ramp[2], ramp[1], 0.4))
    island.pyramid(x, y, 0.5, tall * 0.667, tall * 0.335, ramp[4])


def _tower(island: Island, x: float, y: float, letter: int, centre: float) -> None:
    """A house or, in a city, a tower: higher for later letters and towards the middle."""
    brief = island.brief
    ramp = brief.palette.ramp
    urban = "city" in brief.motifs
    tall = 0.55 + letter / 25 * (4.2 if urban else 1.3) * (1.3 - 1.4 * centre) * island.stretch
    pool = (ramp[3], brief.palette.accent, ramp[2], brief.palette.second, ramp[4], ramp[1])
    roof, colour = pool[(letter + 1) % 6], pool[letter % 6]
    if brief.palette.dark:
        roof, colour = mix(roof, ramp[1], 0.35), mix(colour, ramp[1], 0.55)
    island.block(x, y, 0.78, 0, tall, colour)
    _windows(island, x, y, tall, colour)
    if letter % 2 and not urban:
        island.pyramid(x, y, 0.86, tall, 0.55, ramp[4] if "snow" in brief.motifs else roof)
    elif letter % 4 == 2 and urban:
        island.block(x, y, 0.5, tall, 0.4, colour)
        island.block(x, y, 0.06, tall + 0.4, 0.6, ramp[0])
    elif "snow" in brief.motifs:
        island.block(x, y, 0.8, tall, 0.1, ramp[4])


def _windows(island: Island, x: float, y: float, tall: float, wall: Colour) -> None:
    """On both walls we see; at night many shine."""
    brief = island.brief
    dim = lighter(wall, -0.22 if lightness(wall) > 0.45 else 0.12)
    warm = lighter(brief.palette.sun, 0.06)
    share = 0.45 if brief.palette.dark else 0.12
    for floor in range(int((tall - 0.25) / 0.36)):
        for step in (-0.22, 0.0, 0.22):
            for side in (0, 1):
                shines = brief.chance.random() < share
                place = (x + 0.39, y + step) if side else (x + step, y + 0.39)
                island.pane(*place, 0.2 + floor * 0.36, side, warm if shines else dim, shines)


def _monument(island: Island, x: float, y: float) -> None:
    """The subject on a plinth."""
    brief = island.brief
    island.block(x, y, 1.7, 0, 0.22, lighter(brief.palette.ramp[3], 0.02))
    island.block(x, y, 1.3, 0.22, 0.16, brief.palette.ramp[4])
    side = round(island.half * 3.2 * SCALE)
    whole, mask = figure(brief.subject, side, solid=True), figure(brief.subject, side)
    island.cutout(whole, x, y, 0.3, lighter(brief.palette.ramp[4], -0.03))
    island.cutout(mask, x, y, 0.3, brief.palette.accent)
