"""Files that are no picture, or none that should be kept."""

import struct
import zlib
from functools import cache

from PIL import Image

from tests.fakes.messages import Picture
from tests.fakes.pictures import draw, encoded

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def junk() -> Picture:
    return Picture(bytes(range(256)) * 8, "image/png")


def nothing() -> Picture:
    return Picture(b"", "image/png")


def svg() -> Picture:
    text = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64">'
        "<script>alert(1)</script><rect width='64' height='64'/></svg>"
    )
    return Picture(text.encode(), "image/svg+xml")


def html() -> Picture:
    page = "<!DOCTYPE html><html><body><h1>Sign in to continue</h1></body></html>"
    return Picture(page.encode(), "text/html")


def truncated_png() -> Picture:
    whole = draw("truncated", "picture", (512, 512), "PNG").data
    return Picture(whole[: len(whole) // 2], "image/png")


def with_trailing_bytes() -> Picture:
    whole = draw("trailing", "picture", (256, 256), "PNG").data
    return Picture(whole + b"<script>alert(1)</script>" * 20, "image/png")


def wrong_type() -> Picture:
    """A real JPEG that is declared to be a PNG."""
    return Picture(draw("wrong", "type", (256, 256), "JPEG").data, "image/png")


def animated(format: str) -> Picture:
    """Three frames as "GIF", "WEBP" or "PNG" (an APNG)."""
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "green", "blue")]
    data = encoded(frames[0], format, save_all=True, append_images=frames[1:], duration=100)
    return Picture(data, f"image/{format.lower()}")


def still_gif() -> Picture:
    return Picture(encoded(Image.new("RGB", (64, 64), "red"), "GIF"), "image/gif")


@cache
def bomb(side: int = 13_000) -> Picture:
    """About 20 KB of valid PNG, one bit a pixel, that decodes to side x side pixels."""
    packer = zlib.compressobj(9)
    row = bytes(1 + (side + 7) // 8)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")
    return Picture(PNG_SIGNATURE + chunks, "image/png")


def endless(size: int) -> Picture:
    """The beginning of a PNG with `size` more bytes to come."""
    header = struct.pack(">IIBBBBB", 4096, 4096, 8, 2, 0, 0, 0)
    start = PNG_SIGNATURE + _chunk(b"IHDR", header)
    return Picture(start + b"A" * (-len(start) % 3), "image/png", filler=size)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
