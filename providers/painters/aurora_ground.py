"""What lies under the aurora: ridges in haze, still water, rain and snow."""

from collections.abc import Sequence

from PIL import Image, ImageChops, ImageOps

from providers.painters.brief import Brief
from providers.painters.canvas import Point, lit, polygon_mask, ramp_mask, ridge, vertical, washed
from providers.painters.colour import Colour, blended, lighter, mix
from providers.painters.scenery import rainfall, snowfall

Ridge = tuple[list[Point], Colour]


def ridges(brief: Brief, horizon: int, haze: Colour, water: bool) -> list[Ridge]:
    """The far ridges, farthest first, each with its colour."""
    width, height = brief.size
    count = 3 if water else 4
    tall = 0.2 if "mountain" in brief.motifs else 0.11
    rough = 0.25 if "desert" in brief.motifs else 0.6
    run = blended([haze, mix(haze, brief.palette.ramp[1], 0.7), brief.palette.ramp[0]], 100)
    found = []
    for index in range(count):
        near = (index + 1) / count
        base = horizon - height * (0.09 * (1 - near) if water else 0.13 - 0.27 * near)
        rise = height * tall * (1.1 - 0.65 * near) * (0.8 if water else 1)
        line = ridge(brief.chance, width, base - rise * 0.3, rise, rough)
        found.append((line, run[round(12 + 62 * near)]))
    return found


def raised(
    brief: Brief, image: Image.Image, layers: Sequence[Ridge], haze: Colour, lamp: Point
) -> Image.Image:
    """Paint ridge after ridge, mist lying at the foot of each."""
    width, height = brief.size
    for index, (line, colour) in enumerate(layers):
        mask = polygon_mask(brief.size, [*line, (width, height), (0, height)])
        washed(image, colour, mask)
        top, low = min(y for _, y in line), max(y for _, y in line)
        if brief.motifs & {"snow", "mountain"}:
            _capped(brief, image, mask, (top + low) / 2, lamp[0] < width / 2)
        mist = ImageChops.multiply(mask, ramp_mask(brief.size, top, low + height * 0.06))
        washed(image, mix(colour, haze, 0.85), mist, 0.6 - 0.12 * index)
    return image


def _capped(
    brief: Brief, image: Image.Image, mask: Image.Image, low: float, from_left: bool
) -> None:
    """Snow on the slopes that face the light."""
    width, height = brief.size
    step = round(brief.short * 0.016)
    shadowed = ImageChops.offset(mask, step if from_left else -step, step)
    edge = 0 if from_left else width - 1  # the slope goes on beyond the picture
    beyond = mask.crop((edge, 0, edge + 1, height - step)).resize((step, height - step))
    shadowed.paste(beyond, (0 if from_left else width - step, step))
    face = ImageChops.subtract(mask, shadowed)
    fade = ramp_mask(brief.size, low + brief.short * 0.06, low - brief.short * 0.03)
    washed(image, brief.palette.ramp[4], ImageChops.multiply(face, fade), 0.45)


def mirrored(brief: Brief, image: Image.Image, horizon: int, haze: Colour) -> Image.Image:
    """Still water: the upper part upside down, darker, broken into ripples that widen below."""
    width, height = brief.size
    depth = height - horizon
    margin = round(width * 0.03)
    wide = ImageOps.flip(image.crop((0, horizon - depth, width, horizon)))
    wide = wide.resize((width + 2 * margin, depth))
    mesh = []
    for y in range(0, depth - 1, 2):
        near = y / depth
        left = margin + brief.chance.uniform(-1, 1) * margin * (0.15 + 0.85 * near)
        row = y + brief.chance.uniform(-1, 1) * depth * 0.05 * near
        row = min(depth - 2.0, max(0.0, row))
        quad = (left, row, left, row + 2, left + width, row + 2, left + width, row)
        mesh.append(((0, y, width, y + 2), quad))
    water = wide.transform((width, depth), Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)
    dark, deep = brief.palette.ramp[:2]
    water = Image.blend(water, vertical((width, depth), [haze, deep, dark]), 0.38)
    image.paste(water, (0, horizon))
    return image


def weathered(brief: Brief, image: Image.Image) -> Image.Image:
    if "snow" in brief.motifs:
        image = lit(image, (255, 255, 255), snowfall(brief.chance, brief.size, 300), 0.75)
    if "rain" in brief.motifs:
        drops = rainfall(brief.chance, brief.size, 420)
        image = lit(image, lighter(brief.palette.ramp[3], 0.1), drops, 0.55)
    return image
