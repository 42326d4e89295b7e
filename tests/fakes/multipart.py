"""multipart/form-data, read strictly."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Part:
    """One field. `filename` is None for a plain value."""

    name: str
    filename: str | None
    content: bytes = field(repr=False)

    @property
    def text(self) -> str:
        return self.content.decode("utf-8")


def parts(content_type: str, body: bytes) -> Iterator[Part]:
    """The parts in order; ValueError for anything that is not a sound multipart body."""
    boundary = re.search(r'boundary="?([^";,]+)"?', content_type)
    if not content_type.lower().startswith("multipart/form-data") or boundary is None:
        raise ValueError("not multipart/form-data with a boundary")
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary.group(1).encode())
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise ValueError("no closing boundary, or no part at all")
    for piece in pieces[1:-1]:
        yield _part(piece.removeprefix(b"\r\n"))


def _part(piece: bytes) -> Part:
    head, _, content = piece.partition(b"\r\n\r\n")
    disposition = head.decode("utf-8")
    name = re.search(r'[; ]name="([^"]+)"', disposition)
    filename = re.search(r'filename="([^"]*)"', disposition)
    if name is None:
        raise ValueError("a part without a name")
    return Part(name.group(1), filename.group(1) if filename else None, content)
