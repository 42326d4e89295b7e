"""Painters without a brain: they turn words into pictures by arithmetic alone."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PIL import Image

from providers.painters import aurora, diorama, garden, ink, mosaic, orbit, papercut, riso
from providers.painters.brief import Brief, Size, brief_for
from providers.painters.caption import captioned


@dataclass(frozen=True, slots=True)
class Painter:
    """One hand. `label` is what visitors see, `description` says what to expect."""

    label: str
    description: str
    paint: Callable[[Brief], Image.Image]


PAINTERS: Mapping[str, Painter] = {
    "aurora": Painter("Aurora (demo)", "Curtains of light over hazy ridges.", aurora.paint),
    "mosaic": Painter("Mosaic (demo)", "A stained-glass window.", mosaic.paint),
    "ink": Painter("Ink (demo)", "Brush and wash on paper.", ink.paint),
    "riso": Painter("Riso (demo)", "A poster in three inks and halftone dots.", riso.paint),
    "diorama": Painter("Diorama (demo)", "An island, a block for every letter.", diorama.paint),
    "papercut": Painter("Papercut (demo)", "Sheets of coloured card.", papercut.paint),
    "orbit": Painter("Orbit (demo)", "Discs, arcs and beams.", orbit.paint),
    "garden": Painter("Garden (demo)", "A bouquet, every word a flower.", garden.paint),
}


def painted(name: str, prompt: str, seed: int, size: Size) -> bytes:
    """A PNG, the same one for the same painter, prompt, seed and size (in pixels)."""
    image = PAINTERS[name].paint(brief_for(name, prompt, seed, size))
    out = io.BytesIO()
    captioned(image, prompt).save(out, "PNG", compress_level=3)
    return out.getvalue()
