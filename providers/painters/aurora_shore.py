"""The nearest, darkest plane under the aurora, and who stands on it."""

from PIL import Image, ImageChops, ImageOps

from providers.painters.brief import Brief
from providers.painters.canvas import Point, blurred, glow, lit, polygon_mask, ridge, washed
from providers.painters.colour import Colour, mix
from providers.painters.scenery import blades, height_at, panes, skyline, wood
from providers.painters.silhouettes import standing

AFLOAT = frozenset(("boat", "whale", "fish"))
ALOFT = frozenset(("bird", "balloon", "butterfly", "rocket"))
ON_ROCKS = frozenset(("lighthouse", "castle"))


def shore(brief: Brief, image: Image.Image, water: bool, lamp: Point) -> Image.Image:
    """A bank away from the light, and on it whatever the words ask for."""
    width, height = brief.size
    left = lamp[0] > width / 2
    spot = (0.22 if left else 0.78) + brief.chance.uniform(-0.04, 0.04)
    line = _bank(brief, water, left)
    ink = mix(brief.palette.ramp[0], (5, 6, 14), 0.5)
    shapes = [[*line, (width, height), (0, height)]]
    if "city" in brief.motifs:
        _town(brief, image, ink)
    elif "flower" in brief.motifs:
        shapes += blades(brief.chance, brief.size, height, height * 0.16, 110)
    elif "forest" in brief.motifs or brief.idea.random() < 0.6:
        shapes += _trees(brief, line, left, spot)
    washed(image, ink, polygon_mask(brief.size, *shapes))
    if "flower" in brief.motifs:
        _meadow(brief, image)
    return _populated(brief, image, line, ink, spot) if brief.subject else image


def _bank(brief: Brief, water: bool, left: bool) -> list[Point]:
    """A low bank; a headland for what stands on rocks."""
    width, height = brief.size
    line = ridge(brief.chance, width, height * (0.97 if water else 0.93), height * 0.035, 0.3)
    rocks = brief.subject in ON_ROCKS or "cliff" in brief.words
    if not rocks and not water:
        return line
    lift = height * (0.2 if rocks else 0.08)
    reach = 0.46 if rocks else 0.5
    steep = 0.5 if rocks else 1.0
    raised = []
    for x, y in line:
        place = (x if left else width - x) / width / reach
        raised.append((x, y - lift * max(0.0, 1 - place**2) ** steep))
    return raised


def _trees(brief: Brief, line: list[Point], left: bool, spot: float) -> list[list[Point]]:
    """Denser towards the edges, none where the subject stands."""
    width, height = brief.size
    dense = "forest" in brief.motifs
    spots = [brief.chance.betavariate(0.7, 2.2) for _ in range(26 if dense else 9)]
    spots += [1 - brief.chance.betavariate(0.7, 3) for _ in range(16 if dense else 0)]
    places = [width * (share if left else 1 - share) for share in spots]
    if brief.subject:
        clear = brief.short * 0.15
        places = [place for place in places if abs(place - width * spot) > clear]
    return wood(brief.chance, line, places, height * (0.3 if dense else 0.2))


def _town(brief: Brief, image: Image.Image, ink: Colour) -> None:
    width, height = brief.size
    for depth in (0, 1):
        towers = skyline(brief.chance, width, height * 0.97, height * (0.34 - 0.12 * depth))
        colour = mix(ink, brief.palette.ramp[1], 0.55 * (1 - depth))
        washed(image, colour, polygon_mask(brief.size, *towers))
        lights = panes(brief.chance, towers, brief.short * 0.0055, 0.3)
        washed(image, brief.palette.sun, polygon_mask(brief.size, *lights), 0.45 + 0.45 * depth)


def _meadow(brief: Brief, image: Image.Image) -> None:
    width, height = brief.size
    for colour in (brief.palette.accent, brief.palette.ramp[3], brief.palette.second):
        heads = []
        for _ in range(16):
            y = height * (1 - 0.14 * brief.chance.random() ** 0.7)
            radius = brief.short * brief.chance.uniform(0.006, 0.013)
            heads.append(_tulip((brief.chance.random() * width, y), radius))
        washed(image, colour, polygon_mask(brief.size, *heads))


def _tulip(centre: Point, radius: float) -> list[Point]:
    right = ((0, -1.1), (0.5, -0.2), (1, -0.8), (0.8, 0.7), (0, 1.1))
    shape = [*right, *((-x, y) for x, y in reversed(right[1:-1]))]
    return [(centre[0] + x * radius, centre[1] + y * radius * 1.2) for x, y in shape]


def _populated(
    brief: Brief, image: Image.Image, line: list[Point], ink: Colour, spot: float
) -> Image.Image:
    width, height = brief.size
    name = brief.subject
    side = round(brief.short * (0.15 if name in ALOFT | AFLOAT else 0.22))
    x = width * spot
    y = height_at(line, x) + side * 0.04
    if name in ALOFT:
        y = height * brief.chance.uniform(0.4, 0.48)
    elif name in AFLOAT:
        x, y = width * (0.5 + (0.5 - spot) * 0.5), height * 0.85
    image = lit(image, brief.palette.ramp[3], glow(brief.size, (x, y - side / 2), side), 0.22)
    dim = mix(ink, brief.palette.ramp[2], 0.4)
    washed(image, dim, standing(brief.size, name, side, (x, y), solid=True))
    washed(image, ink, standing(brief.size, name, side, (x, y)))
    return _beam(brief, image, (x, y - side * 0.81)) if name == "lighthouse" else image


def _beam(brief: Brief, image: Image.Image, lamp: Point) -> Image.Image:
    """The lighthouse's lamp, and its ray towards the open side."""
    x, y = lamp
    width = brief.size[0]
    reach = width if x < width / 2 else -width
    ends = [(x + reach, y - width * 0.17), (x + reach, y + width * 0.03)]
    ray = blurred(polygon_mask(brief.size, [(x, y - 2), *ends, (x, y + 2)]), brief.short * 0.006)
    fade = Image.linear_gradient("L").rotate(90).resize(brief.size)
    fade = fade if reach > 0 else ImageOps.mirror(fade)
    bright = brief.palette.sun
    image = lit(image, bright, ImageChops.multiply(ray, ImageOps.invert(fade)), 0.5)
    return lit(image, bright, glow(brief.size, lamp, brief.short * 0.06, 1.5))
