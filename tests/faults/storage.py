"""The objects that a run left in its media directory."""

import hashlib
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from tests.fakes import middle_colour
from tests.faults.evidence import StoredObject


def read(media: Path) -> dict[str, StoredObject]:
    """All originals, by key."""
    files = (path for path in media.rglob("*") if path.is_file())
    return {
        str(path.relative_to(media)): facts(path.read_bytes())
        for path in files
        if not path.stem.endswith(("-t", "-m"))
    }


def facts(content: bytes) -> StoredObject:
    try:
        colour = middle_colour(content)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError):
        colour = None
    return StoredObject(hashlib.sha256(content).hexdigest(), colour)
