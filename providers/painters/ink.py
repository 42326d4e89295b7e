"""Ink: brush and wash on paper, much left empty, one colour besides the black."""

import math
from functools import partial

from PIL import Image, ImageChops

from providers.painters.brief import Brief
from providers.painters.brush import Sheet, bristles, pooled, seal, wash
from providers.painters.canvas import (
    Draw,
    faded,
    glow,
    lamp_mask,
    noise,
    polygon_mask,
    ridge,
    smooth,
)
from providers.painters.colour import mix, polar
from providers.painters.ink_plants import bamboo, branch
from providers.painters.scenery import rainfall, skyline, snowfall
from providers.painters.silhouettes import standing


def paint(brief: Brief) -> Image.Image:
    sheet = Sheet(brief)
    _sun(sheet)
    if "city" in brief.motifs:
        _city(sheet)
    else:
        _ridges(sheet)
    if "water" in brief.motifs or brief.idea.random() < 0.35:
        _water(sheet)
    _birds(sheet)
    if brief.subject:
        _subject(sheet)
    if "flower" in brief.motifs or ("forest" not in brief.motifs and brief.idea.random() < 0.4):
        branch(sheet)
    elif "forest" in brief.motifs or not brief.subject:
        bamboo(sheet)
    _weather(sheet)
    _stamp(sheet)
    return sheet.image


def _sun(sheet: Sheet) -> None:
    brief = sheet.brief
    radius = brief.short * brief.idea.uniform(0.1, 0.15)
    x = sheet.x(brief.idea.uniform(0.28, 0.4) + brief.chance.uniform(-0.04, 0.04))
    centre = (x, brief.size[1] * brief.chance.uniform(0.2, 0.3))
    disc = lamp_mask(brief.size, centre, radius, brief.crescent)
    if not brief.crescent:
        sheet.lay(pooled(brief.chance, disc, 0.95), sheet.pigment)
        return
    night = ImageChops.subtract(glow(brief.size, centre, radius * 4, 1.3), disc)
    night = ImageChops.multiply(night, noise(brief.chance, brief.size, radius, 4))
    sheet.lay(faded(night, 0.95), brief.palette.ramp[1])


def _ridges(sheet: Sheet) -> None:
    """Ridges that fade downwards, tallest on the full side of the sheet."""
    brief = sheet.brief
    width, height = brief.size
    mountains = "mountain" in brief.motifs
    count = 4 if mountains else 3
    for index in range(count):
        near = index / (count - 1)
        tall = height * (0.24 - 0.12 * near) * (1.25 if mountains else 0.9)
        line = ridge(brief.chance, width, height * (0.52 + 0.2 * near), tall, 0.75)
        line = [(x, y - tall * 0.9 * _weight(sheet, x)) for x, y in line]
        tint = mix(mix(brief.palette.ramp[1], sheet.ink, 0.35), sheet.ink, near)
        sheet.lay(wash(brief.chance, brief.size, line, height * 0.2, 0.34 + 0.36 * near), tint)


def _weight(sheet: Sheet, x: float) -> float:
    """1 in the full side of the sheet, falling to 0."""
    place = x / sheet.brief.size[0]
    place = place if sheet.side > 0 else 1 - place
    return math.exp(-((place - 0.72) ** 2) / 0.05)


def _city(sheet: Sheet) -> None:
    """Three rows of towers, their feet in mist."""
    brief = sheet.brief
    width, height = brief.size
    for index in range(3):
        near = index / 2
        foot = round(height * (0.62 + 0.14 * near))
        towers = skyline(brief.chance, width, foot + height * 0.1, height * (0.34 - 0.06 * near))
        mist = Image.linear_gradient("L").rotate(180).resize((width, round(height * 0.45)))
        veil = Image.new("L", brief.size, 255)
        veil.paste(0, (0, foot, width, height))
        veil.paste(mist, (0, foot - round(height * 0.3)))
        body = pooled(brief.chance, polygon_mask(brief.size, *towers), 0.4 + 0.4 * near)
        tint = mix(brief.palette.ramp[1], sheet.ink, 0.3 + 0.7 * near)
        sheet.lay(ImageChops.multiply(body, veil), tint)


def _water(sheet: Sheet) -> None:
    """A few dry, level strokes."""
    brief = sheet.brief
    chance = brief.chance
    width, height = brief.size

    def draw(pen: Draw, scale: int) -> None:
        for _ in range(11):
            x, y = width * chance.uniform(-0.1, 0.8), height * chance.uniform(0.76, 0.93)
            long = width * chance.uniform(0.12, 0.4)
            waver = [chance.gauss(0, brief.short * 0.003) for _ in range(5)]
            path = smooth([(x + long * step / 4, y + up) for step, up in enumerate(waver)])
            wide = brief.short * chance.uniform(0.004, 0.016)
            bristles(pen, scale, chance, path, partial(_thinning, wide), 120, 0.8)

    sheet.draw(draw, 0.8, mix(brief.palette.ramp[1], sheet.ink, 0.4))


def _thinning(wide: float, t: float) -> float:
    return wide * (1 - 0.6 * t)


def _birds(sheet: Sheet) -> None:
    """A small flock, two strokes each."""
    brief = sheet.brief
    chance, unit = brief.chance, brief.short
    height = brief.size[1]
    flock, top = chance.randrange(3, 7), height * chance.uniform(0.14, 0.24)

    def draw(pen: Draw, scale: int) -> None:
        for index in range(flock):
            x = sheet.x(0.5) + sheet.side * unit * (0.055 * index + chance.uniform(-0.02, 0.02))
            y = top + unit * (chance.uniform(-0.03, 0.03) + 0.012 * index)
            span, lift = unit * chance.uniform(0.018, 0.03), chance.uniform(0.25, 0.6)
            for wing in (-span, span):
                tip = (x + wing, y - span * lift * 0.5)
                path = smooth([(x, y), (x + wing * 0.5, y - span * lift), tip])
                bristles(pen, scale, chance, path, lambda t: unit * 0.006 * (1 - 0.85 * t), 235, 0)

    sheet.draw(draw)


def _subject(sheet: Sheet) -> None:
    """The subject in dark ink on a few strokes of ground."""
    brief = sheet.brief
    chance = brief.chance
    height = brief.size[1]
    side = round(brief.short * 0.36)
    x, y = sheet.x(0.58), height * 0.885

    def ground(pen: Draw, scale: int) -> None:
        for row in range(3):
            reach, down = side * (0.9 - 0.2 * row), y + row * side * 0.03
            path = smooth([(x + reach * (t / 4 - 1), down + chance.gauss(0, 1)) for t in range(9)])
            bristles(pen, scale, chance, path, lambda t: side * 0.045, 170, 0.75)

    sheet.draw(ground, 0.7)
    foot = (x, height * 0.88)
    whole = standing(brief.size, brief.subject, side, foot, solid=True)
    mask = standing(brief.size, brief.subject, side, foot)
    sheet.lay(faded(whole, 0.75), brief.palette.ramp[4])
    sheet.lay(mask, mix(sheet.ink, brief.palette.ramp[3], 0.42))
    sheet.lay(pooled(chance, mask, 1.0))


def _weather(sheet: Sheet) -> None:
    brief = sheet.brief
    if "rain" in brief.motifs:
        sheet.lay(faded(rainfall(brief.chance, brief.size, 260), 0.8))
    if "snow" in brief.motifs:
        sheet.lay(snowfall(brief.chance, brief.size, 260), (255, 254, 250))


def _stamp(sheet: Sheet) -> None:
    """A red seal in the empty corner, cut from the longest word."""
    brief = sheet.brief
    side = round(brief.short * 0.062)
    place = (round(sheet.x(0.09) - side / 2), round(brief.size[1] * 0.1))
    mask = faded(seal(max(brief.words, key=len), side), 0.92)
    sheet.image.paste(polar(0.55, 0.19, 30), place, mask)
