"""The objects that a run left behind."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from tests.fakes import middle_colour
from tests.faults.evidence import StoredObject


def files(media: Path) -> dict[str, bytes]:
    """What a local directory holds, by key."""
    found = (path for path in media.rglob("*") if path.is_file())
    return {str(path.relative_to(media)): path.read_bytes() for path in found}


def is_copy(key: str) -> bool:
    return key.endswith(("-m.webp", "-t.webp", "-s.webp"))


def facts(contents: Mapping[str, bytes]) -> dict[str, StoredObject]:
    """All originals, by key."""
    return {key: seen(content) for key, content in contents.items() if not is_copy(key)}


def seen(content: bytes) -> StoredObject:
    try:
        colour = middle_colour(content)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError):
        colour = None
    return StoredObject(hashlib.sha256(content).hexdigest(), colour)
