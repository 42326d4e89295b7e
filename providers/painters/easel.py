"""Where a painter is called by name and its picture becomes a file."""

import io
from collections.abc import Callable, Mapping

from PIL import Image

from providers.painters import aurora, diorama, garden, ink, mosaic, orbit, papercut, riso
from providers.painters.brief import Brief, Size, brief_for
from providers.painters.caption import captioned

HANDS: Mapping[str, Callable[[Brief], Image.Image]] = {
    "aurora": aurora.paint,
    "mosaic": mosaic.paint,
    "ink": ink.paint,
    "riso": riso.paint,
    "diorama": diorama.paint,
    "papercut": papercut.paint,
    "orbit": orbit.paint,
    "garden": garden.paint,
}


def painted(name: str, prompt: str, seed: int, size: Size) -> bytes:
    """A PNG, the same one for the same painter, prompt, seed and size (in pixels)."""
    image = HANDS[name](brief_for(name, prompt, seed, size))
    out = io.BytesIO()
    captioned(image, prompt).save(out, "PNG", compress_level=3)
    return out.getvalue()
