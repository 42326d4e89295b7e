"""A stained-glass window: panes set in lead, then held against the light."""

from collections.abc import Callable, Sequence

from PIL import Image, ImageChops, ImageDraw, ImageOps

from providers.painters.brief import Brief
from providers.painters.canvas import (
    Point,
    blurred,
    faded,
    glow,
    lit,
    noise,
    outline,
    washed,
)
from providers.painters.cells import Pane, scattered, voronoi
from providers.painters.colour import Colour, lighter, mix

Glazed = list[tuple[Pane, Colour]]


class Window:
    """The glass and, drawn twice as large, the lead."""

    def __init__(self, brief: Brief) -> None:
        width, height = brief.size
        self.brief = brief
        self.glass = Image.new("RGB", brief.size, brief.palette.ramp[0])
        self.lead = Image.new("L", (width * 2, height * 2))
        self.line = max(3, round(brief.short * 0.0075))

    def set(self, panes: Glazed, mask: Image.Image) -> None:
        """Put panes in, as far as the mask goes; a lead around each and around them all."""
        box = mask.getbbox()
        if box is None:
            return
        left, top, right, bottom = box
        glass = self.glass.crop(box)
        lead = Image.new("L", ((right - left) * 2, (bottom - top) * 2))
        brush, pen = ImageDraw.Draw(glass), ImageDraw.Draw(lead)
        for pane, colour in panes:
            brush.polygon([(x - left, y - top) for x, y in pane], fill=colour)
            ring = [((x - left) * 2, (y - top) * 2) for x, y in (*pane, *pane[:2])]
            joint = "curve" if len(pane) < 9 else None  # an arc needs none, and they are slow
            pen.line(ring, fill=255, width=self.line * 2 - 3, joint=joint)
        shape = mask.crop(box)
        self.glass.paste(glass, box, shape)
        large = shape.resize(lead.size, Image.Resampling.BILINEAR)
        self.lead.paste(lead, (left * 2, top * 2), large)
        edge = outline(ImageOps.expand(shape, self.line), self.line * 1.1)
        edge = edge.resize((edge.width * 2, edge.height * 2), Image.Resampling.BILINEAR)
        self.lead.paste(255, ((left - self.line) * 2, (top - self.line) * 2), edge)

    def cellular(self, mask: Image.Image, cell: Point, colour: Callable[[Point], Colour]) -> None:
        """Fill the mask with panes of no order, about `cell` wide and high."""
        rows = scattered(self.brief.chance, mask.getbbox() or (0, 0, 1, 1), cell)
        self.set([(pane, colour(at)) for at, pane in voronoi(rows, cell[0] / cell[1])], mask)

    def tinted(self, run: Sequence[Colour], tone: float, spread: float = 0.09) -> Colour:
        """A glass from a run of colours, never quite the same twice."""
        spot = min(1.0, max(0.0, tone + self.brief.chance.gauss(0, spread)))
        shade = self.brief.chance.uniform(-0.035, 0.035)
        return lighter(run[round(spot * (len(run) - 1))], shade)

    def bordered(self) -> None:
        """A frame of small panes in turn."""
        size = self.brief.size
        thick = self.brief.short * 0.035
        mask = Image.new("L", size, 255)
        inner = (thick, thick, size[0] - thick, size[1] - thick)
        ImageDraw.Draw(mask).rectangle(inner, fill=0)
        self.set([*self._row(0, thick), *self._row(1, thick)], mask)

    def _row(self, along: int, thick: float) -> Glazed:
        """The panes of two opposite sides: 0 is top and bottom, 1 left and right."""
        size, palette = self.brief.size, self.brief.palette
        colours = (palette.ramp[1], palette.accent, palette.ramp[1], palette.ramp[2])
        count = round(size[along] / (thick * 2.2))
        step = size[along] / count
        panes: Glazed = []
        for index in range(count):
            a, b = index * step, (index + 1) * step
            for near in (0.0, size[1 - along] - thick):
                ring = [(a, near), (b, near), (b, near + thick), (a, near + thick)]
                pane = ring if along == 0 else [(y, x) for x, y in ring]
                panes.append((pane, self.tinted([colours[index % 4]], 0)))
        return panes

    def shone(self, lamp: Point) -> Image.Image:
        """Light through uneven glass, darker along the leads, and the leads' own shine."""
        brief = self.brief
        lead = self.lead.reduce(2)
        shade = noise(brief.chance, brief.size, brief.short * 0.05, 4)
        image = ImageChops.soft_light(self.glass, Image.merge("RGB", (shade, shade, shade)))
        light = mix(brief.palette.ramp[3], brief.palette.sun, 0.4)
        image = lit(image, light, glow(brief.size, lamp, brief.short * 0.7, 1.5), 0.25)
        washed(image, (12, 10, 16), blurred(lead, brief.short * 0.008), 0.5)
        washed(image, (20, 18, 24), lead)
        shine = ImageChops.subtract(lead, ImageChops.offset(lead, 1, 1))
        return lit(image, (150, 150, 165), faded(shine, 0.5))
