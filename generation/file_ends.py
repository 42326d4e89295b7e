"""Where a picture file ends, so that bytes hidden behind its end marker can be cut off."""

import struct

JPEG_STANDALONE = {0x01, *range(0xD0, 0xD8)}
JPEG_END = 0xD9
JPEG_SCAN = 0xDA
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
    """Behind the EOI marker that ends the first image."""
    at = 2
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            return len(content)
        marker = content[at + 1]
        if marker == JPEG_END:
            return at + 2
        if marker == 0xFF or marker in JPEG_STANDALONE:
            at += 1 if marker == 0xFF else 2
            continue
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == JPEG_SCAN:
            at = next_marker(content, at)
    return at + 2 if content[at : at + 2] == b"\xff\xd9" else len(content)


def next_marker(content: bytes, at: int) -> int:
    """The first marker behind entropy-coded data, in which FF 00 and restarts are no markers."""
    while (at := content.find(b"\xff", at)) != -1 and at + 1 < len(content):
        following = content[at + 1]
        if following != 0 and following not in JPEG_STANDALONE:
            return at
        at += 2
    return len(content)
