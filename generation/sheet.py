"""A job's pictures on one sheet: what a link to the job looks like where it is shared."""

import hashlib
import math
from functools import lru_cache
from io import BytesIO

from django.core.files.storage import default_storage
from PIL import Image, ImageOps

from generation.models import Result
from generation.pictures import TYPES, decoding
from generation.snapshots import Snapshot

WIDTH, HEIGHT = 1200, 630  # what those who show links ask for
GAP = 6
MOST = 8
GROUND = "#131313"
KEPT = 32  # sheets in memory, of some 150 KB each


def keys_of(snapshot: Snapshot) -> tuple[str, ...]:
    """The storage keys of the pictures that the sheet shows, small copies where they exist."""
    done = [result for result in snapshot.results if result.state == Result.State.COMPLETED]
    there = [result.picture for result in done if result.picture.lost_at is None]
    return tuple(picture.thumbnail_key or picture.key for picture in there[:MOST])


def version_of(keys: tuple[str, ...]) -> str:
    """A name for exactly this sheet, so that it may be kept for good."""
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()[:16]


@lru_cache(maxsize=KEPT)
def compose(keys: tuple[str, ...]) -> bytes:
    """The sheet as a JPEG. OSError where a picture cannot be read. At least one key."""
    columns, rows = grid(len(keys))
    sheet = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    for place, key in enumerate(keys):
        left, top, right, bottom = cell(place, columns, rows, len(keys))
        sheet.paste(cut(key, (right - left, bottom - top)), (left, top))
    out = BytesIO()
    sheet.save(out, "JPEG", quality=84, progressive=True)
    return out.getvalue()


def grid(count: int) -> tuple[int, int]:
    """Columns and rows for so many pictures; the last row may hold fewer, and wider, ones."""
    rows = 1 if count <= 3 else 2
    return math.ceil(count / rows), rows


def cell(place: int, columns: int, rows: int, count: int) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a picture's place. Every row is filled."""
    row, column = divmod(place, columns)
    in_row = min(columns, count - row * columns)
    left, right = (round(edge * (WIDTH + GAP) / in_row) for edge in (column, column + 1))
    top, bottom = (round(edge * (HEIGHT + GAP) / rows) for edge in (row, row + 1))
    return left, top, right - GAP, bottom - GAP


def cut(key: str, size: tuple[int, int]) -> Image.Image:
    """A stored picture, filling this size around its middle."""
    with default_storage.open(key) as stored, decoding:
        picture = Image.open(BytesIO(stored.read()), formats=tuple(TYPES))
        picture.draft("RGB", size)
        return ImageOps.fit(picture.convert("RGB"), size, Image.Resampling.LANCZOS)
