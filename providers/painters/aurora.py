"""Aurora: curtains of light over ridges that fade into haze, and their mirror in still water."""

import math
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageChops, ImageOps

from providers.painters.aurora_ground import mirrored, raised, ridges, weathered
from providers.painters.aurora_shore import shore
from providers.painters.brief import Brief
from providers.painters.canvas import (
    Draw,
    blurred,
    drawn,
    glow,
    grained,
    lamp_mask,
    lit,
    noise,
    toned,
    vertical,
    washed,
)
from providers.painters.colour import Colour, lighter, lightness, mix

Fold = tuple[tuple[int, int, int, int], tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Scene:
    """Where things stand: the horizon in pixels, the lamp (sun or moon), water or land."""

    horizon: int
    lamp: tuple[float, float]
    water: bool


def paint(brief: Brief) -> Image.Image:
    scene = _composed(brief)
    haze = _depths(brief)[-1]
    image = _sky(brief, scene)
    image = _curtains(brief, scene, image)
    image = _lamp(brief, scene, image)
    image = raised(brief, image, ridges(brief, scene.horizon, haze, scene.water), haze, scene.lamp)
    if scene.water:
        image = mirrored(brief, image, scene.horizon, haze)
    image = shore(brief, image, scene.water, scene.lamp)
    return grained(weathered(brief, image), brief.chance, 2)


def _composed(brief: Brief) -> Scene:
    width, height = brief.size
    water = "water" in brief.motifs or (
        brief.idea.random() < 0.45 and not brief.motifs & {"forest", "desert", "city", "flower"}
    )
    side = brief.idea.choice((0.28, 0.36, 0.64, 0.72)) + brief.chance.uniform(-0.07, 0.07)
    lamp = (width * side, height * brief.chance.uniform(0.18, 0.36))
    return Scene(round(height * (0.64 if water else 0.74)), lamp, water)


def _depths(brief: Brief) -> list[Colour]:
    """The sky from zenith to horizon; never so pale that light could not show."""
    dark, deep, middle, light = brief.palette.ramp[:4]
    zenith = mix(dark, (4, 6, 20), 0.35 if lightness(dark) > 0.2 else 0.15)
    return [zenith, mix(dark, deep, 0.6), deep, mix(middle, deep, 0.25), mix(light, middle, 0.35)]


def _sky(brief: Brief, scene: Scene) -> Image.Image:
    sky = vertical((brief.size[0], scene.horizon), _depths(brief))
    image = Image.new("RGB", brief.size, _depths(brief)[-1])
    image.paste(blurred(sky, brief.short * 0.05), (0, 0))
    cloud = noise(brief.chance, brief.size, brief.short / 2.2)
    image = ImageChops.soft_light(image, Image.merge("RGB", (cloud, cloud, cloud)))
    return lit(image, (255, 255, 245), _stars(brief, scene))


def _stars(brief: Brief, scene: Scene) -> Image.Image:
    width = brief.size[0]
    count = 420 if "stars" in brief.motifs else 190

    def draw(pen: Draw, scale: int) -> None:
        for _ in range(count):
            x, y = brief.chance.random() * width, brief.chance.random() ** 1.5 * scene.horizon
            radius = brief.short * 0.0016 * brief.chance.choice((0.5, 0.6, 0.7, 0.9, 1.5))
            dim = round(brief.chance.uniform(90, 255) * (1 - 0.7 * y / scene.horizon))
            pen.circle((x * scale, y * scale), radius * scale, fill=dim)

    return drawn(brief.size, draw)


def _curtains(brief: Brief, scene: Scene, image: Image.Image) -> Image.Image:
    """Three curtains, made half as large: they have no edges."""
    palette = brief.palette
    top = mix(palette.accent, palette.ramp[2], 0.3)
    bottom = lighter(palette.second, 0.05)
    half = (brief.size[0] // 2, brief.size[1] // 2)
    light = Image.new("RGB", half)
    for index in range(3):
        band = _band(brief.chance, mix(bottom, palette.ramp[3], index * 0.35), top)
        folds = _folds(brief, scene, index)
        sheet = band.transform(half, Image.Transform.MESH, folds, Image.Resampling.BILINEAR)
        light = ImageChops.screen(light, sheet)
    light = blurred(light, brief.short * 0.0016)
    return ImageChops.screen(image, light.resize(brief.size, Image.Resampling.BICUBIC))


def _band(chance: Random, low: Colour, high: Colour) -> Image.Image:
    """A flat curtain: rays side by side, bright at the hem, gone at the top."""
    size = (512, 128)
    rays = noise(chance, (512, 1), 26, 4).resize(size)
    rays = ImageOps.autocontrast(rays).point([round(255 * (v / 255) ** 1.6) for v in range(256)])
    fade = [
        round(255 * (y / 104) ** 2.1 if y < 104 else 255 * (1 - (y - 104) / 24) ** 1.3)
        for y in range(128)
    ]
    column = Image.frombytes("L", (1, 128), bytes(fade)).resize(size)
    light = ImageChops.multiply(rays, column)
    colours = toned(column, [(0, 0, 0), high, mix(high, low, 0.6), low])
    return ImageChops.multiply(colours, Image.merge("RGB", (light, light, light)))


def _folds(brief: Brief, scene: Scene, index: int) -> list[Fold]:
    """How the flat curtain hangs: columns of the sky, each shown a column of the curtain."""
    width, horizon = brief.size[0] // 2, scene.horizon / 2
    step = max(2, width // 240)
    phase, pace = brief.chance.uniform(0, 6.3), brief.idea.uniform(1.1, 1.9)
    base, reach = horizon * (0.9 - 0.2 * index), horizon * (0.85 - 0.13 * index)
    folds: list[Fold] = []
    for x in range(0, width, step):
        turn = x / width * math.tau * pace / 1.4 + phase
        hem = base + horizon * 0.1 * (math.sin(turn) + 0.35 * math.sin(2.3 * turn + index))
        top = hem - reach * (0.75 + 0.25 * math.sin(1.7 * turn + 2 * index))
        source = 512 * (0.5 + 0.46 * math.sin(turn * 0.55 + 0.3 * math.sin(2 * turn)))
        right = source + step * 1.8
        box = (x, max(0, round(top)), min(width, x + step), max(1, round(hem)))
        cut = 128 * (box[1] - top) / (hem - top)
        folds.append((box, (source, cut, source, 128, right, 128, right, cut)))
    return folds


def _lamp(brief: Brief, scene: Scene, image: Image.Image) -> Image.Image:
    warm = brief.palette.ramp[4]
    tint = mix(warm, brief.palette.sun, 0.45)
    radius = brief.short * (0.07 if brief.crescent else 0.055)
    disc = lamp_mask(brief.size, scene.lamp, radius, brief.crescent)
    image = lit(image, tint, glow(brief.size, scene.lamp, radius * 7, 2.2), 0.6)
    image = lit(image, tint, blurred(disc, radius * 0.3), 0.8)
    washed(image, mix(lighter(warm, 0.03), brief.palette.sun, 0.12), disc)
    return image
