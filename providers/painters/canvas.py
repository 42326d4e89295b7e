"""Light, paper, grain and edges: what several painters share. Chance is always passed in."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from providers.painters.brief import Size
from providers.painters.colour import Colour, blended

Point = tuple[float, float]
Draw = ImageDraw.ImageDraw


def toned(tone: Image.Image, colours: Sequence[Colour]) -> Image.Image:
    """A grey picture coloured in: black becomes the first colour, white the last."""
    run = blended(colours)
    return Image.merge("RGB", [tone.point([colour[i] for colour in run]) for i in range(3)])


def vertical(size: Size, colours: Sequence[Colour]) -> Image.Image:
    """An even gradient from the top colour to the bottom colour."""
    return toned(Image.linear_gradient("L").resize(size, Image.Resampling.BICUBIC), colours)


def ramp_mask(size: Size, top: float, bottom: float) -> Image.Image:
    """A mask that rises from 0 at height `top` to 255 at height `bottom` (pixels)."""
    span = bottom - top
    column = bytes(
        round(255 * min(1.0, max(0.0, (y - top) / span if span else 1.0))) for y in range(size[1])
    )
    return Image.frombytes("L", (1, size[1]), column).resize(size, Image.Resampling.NEAREST)


def glow(size: Size, centre: Point, radius: float, power: float = 1.0) -> Image.Image:
    """A round mask, 255 in the centre, 0 at `radius`."""
    side = max(2, round(radius * 2))
    curve = [round(255 * max(0.0, 1 - value / 255 * math.sqrt(2)) ** power) for value in range(256)]
    disc = Image.radial_gradient("L").point(curve)
    mask = Image.new("L", size)
    place = (round(centre[0] - side / 2), round(centre[1] - side / 2))
    mask.paste(disc.resize((side, side), Image.Resampling.BICUBIC), place)
    return mask


def noise(chance: Random, size: Size, cell: float, octaves: int = 3) -> Image.Image:
    """Soft clouds about `cell` pixels wide, roughened by each further octave."""
    layers = []
    for octave in range(octaves):
        step = max(1.0, cell / 2**octave)
        grid = (math.ceil(size[0] / step) + 3, math.ceil(size[1] / step) + 3)
        points = Image.frombytes("L", grid, chance.randbytes(grid[0] * grid[1]))
        box = (1, 1, 1 + size[0] / step, 1 + size[1] / step)
        layers.append(points.resize(size, Image.Resampling.BICUBIC, box=box))
    cloud = layers[-1]
    for layer in reversed(layers[:-1]):
        cloud = Image.blend(layer, cloud, 0.35)
    return cloud


def grained(image: Image.Image, chance: Random, amount: int) -> Image.Image:
    """The picture with a film grain of up to `amount` steps of 255 up or down."""
    width, height = image.size
    speck = Image.frombytes("L", image.size, chance.randbytes(width * height))
    speck = speck.point([value * (2 * amount + 1) // 256 for value in range(256)])
    return ImageChops.add(image, Image.merge("RGB", (speck, speck, speck)), 1, -amount)


def textured(image: Image.Image, chance: Random, cell: float, amount: float) -> Image.Image:
    """The picture on a rough ground with bumps about `cell` pixels wide."""
    bumps = noise(chance, image.size, cell, 2)
    bumps = bumps.point([round(128 + (value - 128) * 2 * amount) for value in range(256)])
    return ImageChops.soft_light(image, Image.merge("RGB", (bumps, bumps, bumps)))


def drawn(size: Size, draw: Callable[[Draw, int], None], scale: int = 2) -> Image.Image:
    """A mask with smooth edges: drawn `scale` times as large, then reduced."""
    mask = Image.new("L", (size[0] * scale, size[1] * scale))
    draw(ImageDraw.Draw(mask), scale)
    return mask.reduce(scale)


def polygon_mask(size: Size, *polygons: Sequence[Point]) -> Image.Image:
    """The inside of the polygons as a mask with smooth edges."""

    def draw(pen: Draw, scale: int) -> None:
        for polygon in polygons:
            pen.polygon([(x * scale, y * scale) for x, y in polygon], fill=255)

    return drawn(size, draw)


def disc_mask(size: Size, centre: Point, radius: float) -> Image.Image:
    def draw(pen: Draw, scale: int) -> None:
        pen.circle((centre[0] * scale, centre[1] * scale), radius * scale, fill=255)

    return drawn(size, draw)


def lamp_mask(size: Size, centre: Point, radius: float, crescent: bool) -> Image.Image:
    """A round light, or a young moon."""
    disc = disc_mask(size, centre, radius)
    if not crescent:
        return disc
    bite = disc_mask(size, (centre[0] + radius * 0.45, centre[1] - radius * 0.2), radius * 0.9)
    return ImageChops.subtract(disc, bite)


def faded(mask: Image.Image, share: float) -> Image.Image:
    return mask.point([round(value * share) for value in range(256)])


def washed(image: Image.Image, colour: Colour, mask: Image.Image, share: float = 1.0) -> None:
    """Lay a colour over the picture where the mask is."""
    image.paste(colour, (0, 0), faded(mask, share) if share < 1 else mask)


def lit(image: Image.Image, colour: Colour, mask: Image.Image, share: float = 1.0) -> Image.Image:
    """Add coloured light: dark places gain most, nothing burns out."""
    light = Image.merge(
        "RGB", [mask.point([v * c * share / 255 for v in range(256)]) for c in colour]
    )
    return ImageChops.screen(image, light)


def blurred(image: Image.Image, radius: float) -> Image.Image:
    """A wide blur is made on a smaller copy, where it costs a ninth and looks the same."""
    if radius < 5 or min(image.size) < 60:
        return image.filter(ImageFilter.GaussianBlur(radius))
    small = image.reduce(3).filter(ImageFilter.GaussianBlur(radius / 3))
    return small.resize(image.size, Image.Resampling.BICUBIC)


def outline(mask: Image.Image, width: float) -> Image.Image:
    """The edge of a mask as a soft line about `width` pixels wide."""
    slope = [max(0, min(255, round((100 - abs(value - 128)) * 4))) for value in range(256)]
    return blurred(mask, width / 2).point(slope)


def smooth(points: Sequence[Point], closed: bool = False, steps: int = 8) -> list[Point]:
    """A curve through all points (Catmull-Rom). A point given twice makes a corner."""
    count = len(points)
    if count < 3:
        return list(points)
    ends = range(count if closed else count - 1)
    path: list[Point] = []
    for index in ends:
        before = points[index - 1] if closed or index else points[0]
        start, end = points[index], points[(index + 1) % count]
        if start == end:
            continue
        after = points[(index + 2) % count] if closed or index + 2 < count else points[-1]
        path += [_spline(before, start, end, after, step / steps) for step in range(steps)]
    return path if closed else [*path, points[-1]]


def _spline(before: Point, start: Point, end: Point, after: Point, t: float) -> Point:
    x, y = (
        0.5
        * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * (b - c) + d - a) * t**3)
        for a, b, c, d in zip(before, start, end, after, strict=True)
    )
    return (x, y)


def ridge(chance: Random, width: int, base: float, height: float, rough: float) -> list[Point]:
    """A skyline from the left edge to the right: midpoint displacement around `base`."""
    heights = [chance.uniform(-1, 1) for _ in range(4)]
    reach = rough
    while len(heights) < 200:
        between = [(a + b) / 2 + chance.uniform(-reach, reach) for a, b in pairwise(heights)]
        heights = [h for pair in zip(heights, [*between, 0], strict=True) for h in pair][:-1]
        reach *= 0.52
    step = width / (len(heights) - 1)
    return [(index * step, base - height * value) for index, value in enumerate(heights)]
