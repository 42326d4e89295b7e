"""A stencil printer: a plate for each of three inks, halftone dots, a sheet with a margin."""

import math
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw

from providers.painters.brief import Brief
from providers.painters.canvas import noise
from providers.painters.colour import Colour, apart, hue, mix, polar

PAPER = (247, 241, 228)
ANGLES = (75, 15, 45)


class Press:
    """The plates, 255 where ink is solid: `warm` and `cool` are bright inks, `key` is dark."""

    def __init__(self, brief: Brief) -> None:
        self.brief = brief
        self.warm, self.cool, self.key = (Image.new("L", brief.size) for _ in range(3))

    def expose(
        self,
        mask: Image.Image,
        *,
        warm: Image.Image | float | None = None,
        cool: Image.Image | float | None = None,
        key: Image.Image | float | None = None,
    ) -> None:
        """Give the plates a new tone where the mask is: a picture, or 0..1 for an even one."""
        for plate, tone in ((self.warm, warm), (self.cool, cool), (self.key, key)):
            if isinstance(tone, Image.Image):
                plate.paste(tone, (0, 0), mask)
            elif tone is not None:
                plate.paste(round(255 * tone), (0, 0), mask)

    def printed(self) -> Image.Image:
        """Three passes through the machine, each a little out of place."""
        brief = self.brief
        sheet = Image.new("RGB", brief.size, PAPER)
        colours = inks(brief)
        pitch = max(5.0, brief.short * 0.0105)
        for plate, ink, angle in zip(self._plates(), colours, ANGLES, strict=True):
            dots = halftone(self._worn(plate), pitch, angle)
            shift = (brief.chance.randint(-3, 3), brief.chance.randint(-3, 3))
            dots = ImageChops.offset(ImageChops.multiply(dots, self._frame()), *shift)
            over = ImageChops.multiply(sheet, Image.new("RGB", brief.size, ink))
            sheet.paste(over, (0, 0), dots)
        self._mark(sheet, colours)
        return sheet

    def _plates(self) -> Sequence[Image.Image]:
        return (self.warm, self.cool, self.key)

    def _worn(self, plate: Image.Image) -> Image.Image:
        """Ink does not lie evenly."""
        cloud = noise(self.brief.chance, self.brief.size, self.brief.short / 7, 5)
        return ImageChops.multiply(plate, cloud.point([min(255, 205 + v // 3) for v in range(256)]))

    def _frame(self) -> Image.Image:
        width, height = self.brief.size
        margin = round(self.brief.short * 0.05)
        box = (margin, margin, width - margin, height - round(margin * 1.6))
        mask = Image.new("L", self.brief.size)
        ImageDraw.Draw(mask).rectangle(box, fill=255)
        return mask

    def _mark(self, sheet: Image.Image, colours: Sequence[Colour]) -> None:
        """A drop of each ink in the margin, as printers leave it."""
        width, height = sheet.size
        margin = self.brief.short * 0.05
        radius = margin * 0.2
        pen = ImageDraw.Draw(sheet)
        for index, colour in enumerate(colours):
            x = width - margin - radius * (1 + index * 2.6)
            pen.circle((x, height - margin * 0.78), radius, fill=colour)


def inks(brief: Brief) -> tuple[Colour, Colour, Colour]:
    """Three drums near the palette, as vivid as such inks are."""
    palette = brief.palette
    explicit = -15 < hue(palette.accent) < 60
    warm = vivid(hue(palette.accent if explicit else palette.sun))
    cool_hue = hue(palette.ramp[2])
    if apart(cool_hue, hue(warm)) < 50:
        other = hue(palette.second)
        cool_hue = other if apart(other, hue(warm)) > 75 else 215
    key = mix(polar(0.3, 0.1, hue(palette.ramp[1])), palette.ramp[0], 0.4)
    return warm, mix(vivid(cool_hue), PAPER, 0.12), key


def vivid(angle: float) -> Colour:
    """The strongest ink of this hue: yellow is light, blue is dark."""
    return polar(0.7 + 0.13 * math.cos(math.radians(angle - 105)), 0.18, angle)


def halftone(tone: Image.Image, pitch: float, angle: float) -> Image.Image:
    """Dots in a grid turned by `angle` degrees, as large as the tone is dark."""
    reach = math.ceil(math.hypot(*tone.size))
    wave = bytes(round(112 + 112 * math.cos(math.tau * x / pitch)) for x in range(reach))
    across = Image.frombytes("L", (reach, 1), wave).resize((reach, reach))
    grid = Image.blend(across, across.transpose(Image.Transpose.ROTATE_90), 0.5)
    grid = grid.rotate(angle, Image.Resampling.BILINEAR)
    left, top = (reach - tone.width) // 2, (reach - tone.height) // 2
    screen = grid.crop((left, top, left + tone.width, top + tone.height))
    return ImageChops.add(tone, screen, 1, -232).point([min(255, v * 5) for v in range(256)])


def at_least(tone: Image.Image, least: float) -> Image.Image:
    return tone.point([max(value, round(255 * least)) for value in range(256)])
