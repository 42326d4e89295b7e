"""Mosaic: the sun in its rays, hills or waves below, all of it glass."""

import math

from PIL import Image

from providers.painters.brief import Brief
from providers.painters.canvas import Point, disc_mask, polygon_mask
from providers.painters.cells import Pane, rosette, sector
from providers.painters.colour import Colour, blended, lighter, mix
from providers.painters.scenery import conifer, skyline, wave_line
from providers.painters.silhouettes import standing
from providers.painters.window import Glazed, Window


def paint(brief: Brief) -> Image.Image:
    width, height = brief.size
    window = Window(brief)
    lamp = (
        width * (brief.idea.choice((0.3, 0.5, 0.7)) + brief.chance.uniform(-0.05, 0.05)),
        height * brief.chance.uniform(0.26, 0.36),
    )
    window.set(_sky(window, lamp), Image.new("L", brief.size, 255))
    _buildings(window, height * 0.66)
    _grounds(window)
    _sun(window, lamp)
    if brief.subject:
        _figure(window)
    elif "flower" in brief.motifs or not brief.motifs:
        _flowers(window)
    window.bordered()
    return window.shone(lamp)


def _sky(window: Window, lamp: Point) -> Glazed:
    """Rays around the sun, broken into rings that grow with the distance."""
    brief = window.brief
    dark, deep, middle, light, pale = brief.palette.ramp
    depths = [light, middle, deep, dark] if brief.palette.dark else [pale, light, middle, deep]
    run = blended(depths, 100)
    rays = 14 + 2 * (len(brief.words) % 5)
    unit = brief.short * 0.13
    panes: Glazed = []
    inner, ring = unit * 0.9, 0
    while inner < math.dist((0, 0), brief.size):
        outer = inner + unit * (0.75 + 0.2 * ring) * brief.idea.uniform(0.9, 1.2)
        count = rays * (1 if ring < 3 else 2)
        tone = (inner / (brief.short * 0.95)) ** 0.8 - 0.08
        for index in range(count):
            start = math.tau * (index + 0.5 * (ring % 2)) / count
            rare = brief.chance.random() < 0.05
            colour = window.tinted([brief.palette.second] if rare else run, tone)
            panes.append((sector(lamp, inner, outer, start, start + math.tau / count), colour))
        inner, ring = outer, ring + 1
    return panes


def _grounds(window: Window) -> None:
    """Three bands of hills or waves, nearer ones lower and darker."""
    brief = window.brief
    width, height = brief.size
    dark, deep, middle = brief.palette.ramp[:3]
    water = "water" in brief.motifs
    bands = [(mix(middle, brief.palette.accent, 0.25), deep), (middle, deep), (deep, dark)]
    if water:
        sea = brief.palette.sea
        bands = [(lighter(sea, 0.1), sea), (sea, lighter(sea, -0.15)), (lighter(sea, -0.15), dark)]
    for index, (above, below) in enumerate(bands):
        base = height * (0.66 + 0.115 * index)
        length = width * (0.34 if water else brief.chance.uniform(0.9, 1.4))
        phase = brief.chance.uniform(0, 6)
        line = wave_line(width, base, height * (0.022 if water else 0.05), length, phase)
        run = blended([lighter(above, 0.08), above, below], 60)

        def colour(at: Point, run: list[Colour] = run, base: float = base) -> Colour:
            return window.tinted(run, (at[1] - base) / (height * 0.22), 0.2)

        mask = polygon_mask(brief.size, [*line, (width, height), (0, height)])
        window.cellular(mask, (brief.short * 0.17, brief.short * 0.085), colour)


def _buildings(window: Window, base: float) -> None:
    """What stands on the horizon: towers, trees or peaks."""
    brief = window.brief
    ramp = brief.palette.ramp
    runs = (
        blended([ramp[0], ramp[2]], 40),
        blended([ramp[1], mix(brief.palette.accent, ramp[1], 0.35)], 40),
    )
    for index, shape in enumerate(_outlines(brief, base)):

        def colour(_: Point, run: list[Colour] = runs[index % 2]) -> Colour:
            lit = "city" in brief.motifs and brief.chance.random() < 0.22
            return window.tinted([brief.palette.sun] if lit else run, 0.5, 0.25)

        mask = polygon_mask(brief.size, shape)
        window.cellular(mask, (brief.short * 0.08, brief.short * 0.1), colour)


def _outlines(brief: Brief, base: float) -> list[list[Point]]:
    width, height = brief.size
    chance = brief.chance
    foot = base + height * 0.1
    if "city" in brief.motifs:
        return skyline(chance, width, foot, height * 0.44)
    if "forest" in brief.motifs:
        places = [width * (index + chance.random()) / 7 for index in range(7)]
        return [conifer(chance, (x, foot), height * chance.uniform(0.28, 0.46)) for x in places]
    if brief.motifs & {"mountain", "snow", "desert"}:
        peaks = []
        for index in range(4):
            x, tall = width * (index + chance.random()) / 4, height * chance.uniform(0.2, 0.36)
            peaks.append([(x - tall * 0.8, foot), (x, base - tall), (x + tall * 0.8, foot)])
        return peaks
    return []


def _sun(window: Window, lamp: Point) -> None:
    """A rose of three rings, as many petals as the first word has letters."""
    brief = window.brief
    palette = brief.palette
    radius = brief.short * 0.12
    petals = 6 + len(brief.words[0]) % 5
    rings: tuple[tuple[float, float, Colour], ...] = (
        (0.0, 0.42, palette.ramp[4]),
        (0.42, 0.72, palette.sun),
        (0.72, 1.0, palette.accent),
    )
    panes: Glazed = []
    for inner, outer, colour in rings:
        for index in range(petals):
            start = math.tau * (index + inner) / petals
            pane = sector(lamp, inner * radius, outer * radius, start, start + math.tau / petals)
            panes.append((pane, window.tinted([colour], 0)))
    window.set(panes, disc_mask(brief.size, lamp, radius))


def _figure(window: Window) -> None:
    """The subject in bright glass, its openings in pale glass."""
    brief = window.brief
    width, height = brief.size
    side = round(brief.short * 0.46)
    x = width * brief.chance.uniform(0.4, 0.6)
    bright = brief.palette.accent
    pale = blended(brief.palette.ramp[3:], 20)
    run = blended(
        [lighter(bright, -0.03), lighter(bright, 0.1), mix(bright, brief.palette.sun, 0.7)]
    )
    for colours, solid in ((pale, True), (run, False)):
        mask = standing(brief.size, brief.subject, side, (x, height * 0.9), solid=solid)

        def colour(at: Point, colours: list[Colour] = colours) -> Colour:
            return window.tinted(colours, (at[1] / height - 0.45) * 1.6, 0.16)

        window.cellular(mask, (side * 0.17, side * 0.17), colour)


def _flowers(window: Window) -> None:
    """Blooms, one for each of the first words, as many petals as letters."""
    brief = window.brief
    width, height = brief.size
    words = brief.words[:5]
    colours = (brief.palette.accent, brief.palette.second, brief.palette.ramp[3])
    for index, word in enumerate(words):
        x = width * (index + 0.5 + brief.chance.uniform(-0.2, 0.2)) / len(words)
        y = height * brief.chance.uniform(0.66, 0.86)
        radius = brief.short * brief.chance.uniform(0.085, 0.12)
        petals, turn = min(9, max(4, len(word))), brief.chance.random()
        panes = _petals(window, (x, y), radius, petals, turn, colours[index % 3])
        heart = colours[(index + 1) % 3]
        panes.append((rosette((x, y), radius * 0.3, 6, 0), lighter(heart, 0.06)))
        outline: Pane = rosette((x, y), radius, petals, 0.28, turn)
        window.set(panes, polygon_mask(brief.size, outline))


def _petals(
    window: Window, centre: Point, radius: float, petals: int, turn: float, colour: Colour
) -> Glazed:
    run = blended([lighter(colour, 0.1), colour, lighter(colour, -0.12)], 30)
    step = math.tau / petals
    starts = [step * (index + 0.5) + turn for index in range(petals)]
    return [
        (
            sector(centre, 0.3 * radius, radius * 1.1, start, start + step),
            window.tinted(run, 0.5, 0.3),
        )
        for start in starts
    ]
