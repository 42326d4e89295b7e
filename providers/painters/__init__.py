"""Painters without a brain: they turn words into pictures by arithmetic alone."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Painter:
    """One hand. `label` is what visitors see, `description` says what to expect."""

    label: str
    description: str


PAINTERS: Mapping[str, Painter] = {
    "aurora": Painter("Aurora (demo)", "Curtains of light over hazy ridges."),
    "mosaic": Painter("Mosaic (demo)", "A stained-glass window."),
    "ink": Painter("Ink (demo)", "Brush and wash on paper."),
    "riso": Painter("Riso (demo)", "A poster in three inks and halftone dots."),
    "diorama": Painter("Diorama (demo)", "An island, a block for every letter."),
    "papercut": Painter("Papercut (demo)", "Sheets of coloured card."),
    "orbit": Painter("Orbit (demo)", "Discs, arcs and beams."),
    "garden": Painter("Garden (demo)", "A bouquet, every word a flower."),
}
