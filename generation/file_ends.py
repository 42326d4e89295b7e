"""Where a picture file ends, so that bytes hidden behind its end marker can be cut off."""

import re
import struct

JPEG_STANDALONE = {0x01, *range(0xD0, 0xD8)}
JPEG_END = 0xD9
JPEG_SCAN = 0xDA
# Any number of FF may stand before a marker; in coded data FF 00 and restarts are no markers.
JPEG_MARKER = re.compile(rb"\xff+([^\xff])", re.DOTALL)
JPEG_BEHIND_SCAN = re.compile(rb"\xff[^\x00\x01\xd0-\xd7]", re.DOTALL)
MOST_SEGMENTS = 10_000  # 20 MB of C2PA marks are 320
PNG_CHUNK = struct.Struct(">I4s")


def end_of(content: bytes, image_format: str) -> int:
    """The length of the picture itself. More than there is: the file is cut short."""
    ends = {"PNG": png_end, "WEBP": webp_end, "JPEG": jpeg_end}
    return ends[image_format](content)


def png_end(content: bytes) -> int:
    """Behind the IEND chunk. A chunk is length, type, data, checksum."""
    at: int = 8
    while at + 8 <= len(content):
        length, kind = PNG_CHUNK.unpack_from(content, at)
        at += 12 + length
        if kind == b"IEND":
            return at
    return len(content) + 1


def webp_end(content: bytes) -> int:
    """Behind the RIFF payload, which is padded to an even length."""
    length = int.from_bytes(content[4:8], "little")
    return 8 + length + length % 2


def jpeg_end(content: bytes) -> int:
    """Behind the EOI marker that ends the first image. A segment is marker, length, data."""
    at = 2
    for _ in range(MOST_SEGMENTS):
        marker = JPEG_MARKER.match(content, at)
        if marker is None:
            return len(content)
        kind, at = marker[1][0], marker.end()
        if kind == JPEG_END:
            return at
        if kind not in JPEG_STANDALONE:
            at += int.from_bytes(content[at : at + 2], "big")
        if kind == JPEG_SCAN:
            behind = JPEG_BEHIND_SCAN.search(content, at)
            at = behind.start() if behind else len(content)
    return len(content) + 1
