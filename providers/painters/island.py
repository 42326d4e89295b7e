"""A floating island in isometric view: blocks, roofs, crowns, and the light in windows."""

from collections.abc import Sequence

from PIL import Image, ImageDraw

from providers.painters.brief import Brief, Size
from providers.painters.canvas import Point
from providers.painters.colour import Colour, lighter

SCALE = 2
CELLS = 7
Corner = tuple[float, float, float]


def half_field(size: Size) -> float:
    """Half the width of a field in pixels, so that the island fits the picture."""
    return min(size[0] * 0.93, size[1] * 1.04) / CELLS / 2


class Island:
    """A board of CELLS by CELLS fields: x runs right and down, y left and down, z up.

    What is nearer is drawn later. `light` holds what shines, hidden by what stands before it.
    """

    def __init__(self, brief: Brief, sky: Image.Image) -> None:
        width, height = brief.size
        self.brief = brief
        self.half = half_field(brief.size)
        self.stretch = min(1.9, max(1.0, height / width))  # a tall picture has room for height
        self.top = (width / 2, height * 0.565 - CELLS * self.half / 2)
        self.image = sky.resize((width * SCALE, height * SCALE))
        self.light = Image.new("L", self.image.size)
        self.pen = ImageDraw.Draw(self.image)
        self.lamps = ImageDraw.Draw(self.light)

    def at(self, x: float, y: float, z: float = 0.0) -> Point:
        """A place of the board in the picture as it is drawn, twice as large."""
        left = self.top[0] + (x - y) * self.half
        down = self.top[1] + (x + y) * self.half / 2 - z * self.half
        return (left * SCALE, down * SCALE)

    def face(self, corners: Sequence[Corner], colour: Colour, shines: bool = False) -> None:
        ring = [self.at(*corner) for corner in corners]
        self.pen.polygon(ring, fill=colour)
        self.lamps.polygon(ring, fill=255 if shines else 0)

    def block(self, x: float, y: float, size: float, z: float, tall: float, colour: Colour) -> None:
        """A cuboid centred on (x, y), lit from the upper left."""
        a, b, c, d = x - size / 2, x + size / 2, y - size / 2, y + size / 2
        top = z + tall
        self.face([(a, d, z), (b, d, z), (b, d, top), (a, d, top)], lighter(colour, -0.05))
        self.face([(b, c, z), (b, d, z), (b, d, top), (b, c, top)], lighter(colour, -0.17))
        self.face([(a, c, top), (b, c, top), (b, d, top), (a, d, top)], lighter(colour, 0.07))

    def pyramid(
        self, x: float, y: float, size: float, z: float, tall: float, colour: Colour
    ) -> None:
        a, b, c, d = x - size / 2, x + size / 2, y - size / 2, y + size / 2
        tip = (x, y, z + tall)
        self.face([(a, d, z), (b, d, z), tip], lighter(colour, 0.03))
        self.face([(b, c, z), (b, d, z), tip], lighter(colour, -0.14))

    def ball(self, x: float, y: float, z: float, radius: float, colour: Colour) -> None:
        left, down = self.at(x, y, z)
        r = radius * self.half * SCALE
        self.lamps.circle((left, down), r, fill=0)
        for shift, share, tone in ((0.0, 1.0, -0.12), (0.13, 0.84, 0.0), (0.32, 0.45, 0.07)):
            centre = (left - r * shift, down - r * shift)
            self.pen.circle(centre, r * share, fill=lighter(colour, tone))

    def pane(self, x: float, y: float, z: float, side: int, colour: Colour, shines: bool) -> None:
        """A window on the left (0) or right (1) wall of a tower 0.78 wide; (x, y) is its middle."""
        half, top = 0.065, z + 0.18
        dx, dy = (0.0, half) if side else (half, 0.0)
        low = [(x - dx, y - dy, z), (x + dx, y + dy, z)]
        high = [(x + dx, y + dy, top), (x - dx, y - dy, top)]
        self.face([*low, *high], colour, shines)

    def cutout(self, mask: Image.Image, x: float, y: float, z: float, colour: Colour) -> None:
        """A thick wooden figure standing on the board, its face to us."""
        left, down = self.at(x, y, z)
        place = (round(left - mask.width / 2), round(down - mask.height))
        thick = round(mask.width * 0.035)
        for step in range(thick, 0, -1):
            shifted = (place[0] + step, place[1] - step // 2)
            self.image.paste(lighter(colour, -0.22), shifted, mask)
            self.light.paste(0, shifted, mask)
        self.image.paste(colour, place, mask)
        self.light.paste(0, place, mask)
