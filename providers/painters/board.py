"""A drawing board: flat shapes and thin lines, drawn twice as large for smooth edges."""

from collections.abc import Sequence

from PIL import Image, ImageDraw

from providers.painters.brief import Brief
from providers.painters.canvas import Point
from providers.painters.colour import Colour, lightness

SCALE = 2


class Board:
    """All measures are in pixels of the finished picture."""

    def __init__(self, brief: Brief, ground: Colour) -> None:
        width, height = brief.size
        self.brief = brief
        self.ground = ground
        self.image = Image.new("RGB", (width * SCALE, height * SCALE), ground)
        self.pen = ImageDraw.Draw(self.image)
        clear = [c for c in brief.palette.all if abs(lightness(c) - lightness(ground)) > 0.17]
        self.colours = clear or list(brief.palette.all)
        self.line = max(brief.palette.ramp, key=lambda c: abs(lightness(c) - lightness(ground)))

    def finished(self) -> Image.Image:
        return self.image.reduce(SCALE)

    def colour(self, *others: Colour) -> Colour:
        """A colour that shows on the ground and is none of the others."""
        free = [colour for colour in self.colours if colour not in others]
        return self.brief.chance.choice(free or self.colours)

    def shape(self, points: Sequence[Point], fill: Colour) -> None:
        self.pen.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=fill)

    def disc(self, centre: Point, radius: float, fill: Colour) -> None:
        self.pen.circle((centre[0] * SCALE, centre[1] * SCALE), radius * SCALE, fill=fill)

    def ring(self, centre: Point, radius: float, width: float, fill: Colour) -> None:
        middle = (centre[0] * SCALE, centre[1] * SCALE)
        thick = max(1, round(width * SCALE))
        self.pen.circle(middle, radius * SCALE, outline=fill, width=thick)

    def slice(self, centre: Point, radius: float, start: float, end: float, fill: Colour) -> None:
        """A piece of a disc between two angles in degrees."""
        x, y, r = centre[0] * SCALE, centre[1] * SCALE, radius * SCALE
        self.pen.pieslice((x - r, y - r, x + r, y + r), start, end, fill=fill)

    def stroke(self, points: Sequence[Point], width: float, fill: Colour) -> None:
        path = [(x * SCALE, y * SCALE) for x, y in points]
        self.pen.line(path, fill=fill, width=max(1, round(width * SCALE)), joint="curve")
