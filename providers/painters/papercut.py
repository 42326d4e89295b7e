"""Papercut: sheets of coloured card, one behind the other, each with its shadow."""

from collections.abc import Sequence

from PIL import Image, ImageChops, ImageOps

from providers.painters.brief import Brief
from providers.painters.canvas import (
    Point,
    blurred,
    faded,
    glow,
    lamp_mask,
    lit,
    noise,
    polygon_mask,
    ridge,
    textured,
    washed,
)
from providers.painters.cells import rosette
from providers.painters.colour import Colour, blended, lighter, mix
from providers.painters.scenery import conifer, height_at, skyline, wave_line
from providers.painters.silhouettes import standing

SHEETS = 7
STAGE = (2, 3, 4)  # the sheets that hold scenery; the subject stands before the last


def paint(brief: Brief) -> Image.Image:
    width, height = brief.size
    colours = _colours(brief)
    well = (
        width * (0.5 + brief.chance.uniform(-0.06, 0.06)),
        height * (0.49 + brief.chance.uniform(-0.04, 0.04)),
    )
    field = _field(brief, well)
    image = Image.new("RGB", brief.size, colours[0])
    image = lit(image, brief.palette.ramp[4], glow(brief.size, well, brief.short * 0.6), 0.45)
    image = _lamp(brief, image, well)
    for index in range(1, SHEETS + 1):
        mask = _opening(field, 0.49 + 0.062 * index)
        if index in STAGE:
            mask = ImageChops.lighter(mask, _scenery(brief, index))
        image = _laid(brief, image, mask, colours[index])
        if index == STAGE[-1] and brief.subject:
            image = _subject(brief, image, well)
    return textured(image, brief.chance, 4, 0.07)


def _colours(brief: Brief) -> Sequence[Colour]:
    """From the bottom of the box to its cover: into the light, or into the depth."""
    dark, deep, middle, light, pale = brief.palette.ramp
    if brief.palette.dark or brief.idea.random() < 0.5:
        cover = lighter(dark, 0.05)
        run = [mix(pale, brief.palette.sun, 0.3), light, middle, deep, cover]
    else:
        run = [mix(dark, deep, 0.45), deep, middle, light, pale]
    return blended(run, SHEETS + 1)


def _field(brief: Brief, well: Point) -> Image.Image:
    """Heights of 0..255 as floats: low around the well, high at the rim, uneven like torn land.

    Made very small and then enlarged: eight bits would show as steps in a slow slope.
    """
    width, height = brief.size
    small = (max(8, width // 22), max(8, height // 22))
    centre = (256 * well[0] / width, 256 * well[1] / height)
    hollow = ImageOps.invert(glow((256, 256), centre, 150)).resize(small, Image.Resampling.BOX)
    cell = min(small) / brief.idea.uniform(2.6, 4.6)
    rough = ImageOps.autocontrast(noise(brief.chance, small, cell, 2))
    land = ImageChops.add(hollow.point(lambda v: v * 0.84), rough.point(lambda v: v * 0.27), 1, -20)
    return blurred(land, 0.8).convert("F").resize(brief.size, Image.Resampling.BICUBIC)


def _opening(field: Image.Image, level: float) -> Image.Image:
    """The part of a sheet that is left where the land is higher than `level`, 0..1."""
    return field.point(lambda v: v * 110 + (128 - level * 255 * 110)).convert("L")


def _lamp(brief: Brief, image: Image.Image, well: Point) -> Image.Image:
    radius = brief.short * brief.idea.uniform(0.1, 0.13)
    x = well[0] + brief.short * brief.chance.uniform(-0.1, 0.1)
    disc = lamp_mask(brief.size, (x, well[1] - brief.short * 0.1), radius, brief.crescent)
    return _laid(brief, image, disc, lighter(brief.palette.sun, 0.04))


def _scenery(brief: Brief, index: int) -> Image.Image:
    """What stands on a sheet's lower half: hills or waves and what the words put on them."""
    width, height = brief.size
    base = height * (0.53 + 0.085 * index)
    if "water" in brief.motifs:
        phase = brief.chance.uniform(0, 6)
        line = wave_line(width, base, height * 0.014, width / (3.5 + index), phase)
    else:
        tall = 0.16 if "mountain" in brief.motifs else 0.06
        line = ridge(brief.chance, width, base, height * tall * (1.2 - 0.2 * index), 0.3)
    shapes = [[*line, (width, height), (0, height)], *_grown(brief, index, line, base)]
    return polygon_mask(brief.size, *shapes)


def _grown(brief: Brief, index: int, line: Sequence[Point], base: float) -> list[list[Point]]:
    width, height = brief.size
    chance = brief.chance
    if "city" in brief.motifs and index < STAGE[-1]:
        return skyline(chance, width, base + height * 0.05, height * 0.26)
    if brief.motifs & {"forest", "snow"}:
        places = [width * (place + chance.random()) / 9 for place in range(9)]
        return [
            conifer(chance, (x, height_at(line, x) + 6), height * chance.uniform(0.09, 0.19))
            for x in places
        ]
    if "flower" in brief.motifs or (not brief.motifs and not brief.subject):
        return _blooms(brief, line)
    return []


def _blooms(brief: Brief, line: Sequence[Point]) -> list[list[Point]]:
    """A flower on a stalk for each word, with a petal for each letter."""
    found = []
    for word in brief.words[:5]:
        x = brief.size[0] * brief.chance.uniform(0.24, 0.76)
        y = height_at(line, x)
        tall, thin = brief.short * brief.chance.uniform(0.06, 0.13), brief.short * 0.004
        petals, turn = min(9, max(5, len(word))), brief.chance.random()
        radius = brief.short * brief.chance.uniform(0.03, 0.045)
        found.append(
            [(x - thin, y + 9), (x - thin, y - tall), (x + thin, y - tall), (x + thin, y + 9)]
        )
        found.append(rosette((x, y - tall), radius, petals, 0.42, turn))
    return found


def _subject(brief: Brief, image: Image.Image, well: Point) -> Image.Image:
    side = round(brief.short * 0.3)
    x = well[0] + brief.short * brief.chance.uniform(-0.07, 0.07)
    foot = (x, brief.size[1] * 0.885)
    for colour, solid in (
        (lighter(brief.palette.ramp[4], -0.02), True),
        (brief.palette.accent, False),
    ):
        stand = standing(brief.size, brief.subject, side, foot, solid=solid)
        image = _laid(brief, image, stand, colour)
    return image


def _laid(brief: Brief, image: Image.Image, mask: Image.Image, colour: Colour) -> Image.Image:
    """Lay a sheet down: its soft shadow first, then the card, then light on its cut edge."""
    drop = round(brief.short * 0.011)
    shadow = blurred(ImageChops.offset(mask, drop // 2, drop), brief.short * 0.013)
    washed(image, mix(colour, (8, 6, 18), 0.85), faded(shadow, 0.5))
    washed(image, colour, mask)
    edge = ImageChops.subtract(mask, ImageChops.offset(mask, -2, -2))
    washed(image, lighter(colour, 0.11), faded(edge, 0.7))
    return image
