"""Pictures: what is let in, what is kept, what is cut off."""

import struct
import tracemalloc
import zlib
from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from generation import file_ends, pictures
from providers.errors import InvalidImage


def drawn(image_format: str = "PNG", size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    out = BytesIO()
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    image.save(out, image_format, **options)
    return out.getvalue()


KINDS = {
    "png": drawn("PNG"),
    "jpeg": drawn("JPEG"),
    "progressive jpeg": drawn("JPEG", progressive=True, quality=95),
    "webp": drawn("WEBP"),
    "lossless webp": drawn("WEBP", lossless=True),
}
every_kind = pytest.mark.parametrize("content", KINDS.values(), ids=KINDS.keys())


@every_kind
def test_a_picture_is_kept_bit_for_bit(content: bytes) -> None:
    checked = pictures.check(content)
    assert checked.content == content
    assert (checked.width, checked.height, checked.cut) == (64, 48, 0)


@every_kind
def test_bytes_behind_the_end_are_cut_and_noted(content: bytes) -> None:
    checked = pictures.check(content + b"<script>alert(1)</script>")
    assert checked.content == content
    assert checked.cut == 25


@every_kind
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_truncated_picture_is_refused(content: bytes, share: float) -> None:
    with pytest.raises(InvalidImage):
        pictures.check(content[: int(len(content) * share)])


def test_a_jpeg_with_a_thumbnail_and_c2pa_like_segments_stays_whole() -> None:
    exif = Image.Exif()
    exif[0x010E] = "kept"
    segment = b"\xff\xeb" + struct.pack(">H", 12) + b"JP\xff\xd9C2PA!!"
    content = drawn("JPEG", exif=exif)
    marked = content[:2] + segment + content[2:]
    assert pictures.check(marked).content == marked


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty file"),
        (b"<html>no picture</html>", "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
        (drawn("GIF"), "not a picture"),
        (drawn("BMP"), "not a picture"),
        (drawn("PNG", (8000, 5001)), "40 megapixels"),
        (drawn("PNG") + b"x" * pictures.MAX_BYTES, "20 MB"),
        (drawn("PNG", save_all=True, append_images=[Image.new("RGB", (64, 48))]), "animation"),
        (drawn("WEBP", save_all=True, append_images=[Image.new("RGB", (64, 48))]), "animation"),
    ],
    ids=["empty", "html", "svg", "gif", "bmp", "pixels", "bytes", "apng", "animated webp"],
)
def test_what_is_no_single_picture_is_refused_with_a_reason(content: bytes, words: str) -> None:
    with pytest.raises(InvalidImage) as refused:
        pictures.check(content)
    assert words in refused.value.public_message


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    out = BytesIO()
    Image.new("1", (13_000, 13_000)).save(out, "PNG", compress_level=9)
    assert len(out.getvalue()) < 30_000
    tracemalloc.start()
    with pytest.raises(InvalidImage) as refused:
        pictures.check(out.getvalue())
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "40 megapixels" in refused.value.public_message
    assert most < 5_000_000


def described() -> dict[str, bytes]:
    """Pictures that carry what a decoder reads besides pixels."""
    exif = Image.Exif()
    exif[0x010E] = "a description"
    exif[0x8769] = {0x9286: b"a comment"}
    words = PngImagePlugin.PngInfo()
    words.add_text("plain", "text" * 20, zip=True)
    words.add_itxt("international", "text", zip=True)
    return {
        "described png": drawn("PNG", pnginfo=words, icc_profile=b"profile" * 9, exif=exif),
        "described jpeg": drawn("JPEG", exif=exif, icc_profile=b"profile" * 9, comment=b"words"),
        "described webp": drawn("WEBP", exif=exif, xmp=b"<x:xmpmeta/>"),
    }


SEEDS = KINDS | described()
STARTS = [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\xff\xd8\xff\xda\0\2", b"RIFF\4\0\0\0WEBP"]
NUMBERS = st.sampled_from([0, 1, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1])
PIECES = st.binary(max_size=8) | NUMBERS.map(lambda number: number.to_bytes(4, "big"))


def with_right_checksums(content: bytes) -> bytes:
    """A PNG whose chunks are believed, whatever they say."""
    at, told = 8, bytearray(content)
    while at + 12 <= len(told):
        end = at + 8 + int.from_bytes(told[at : at + 4], "big")
        told[end : end + 4] = zlib.crc32(told[at + 4 : end]).to_bytes(4, "big")
        at = end + 4
    return bytes(told[: len(content)])


def judge(content: bytes) -> None:
    """Bytes are a picture that decodes and is a beginning of them, or InvalidImage."""
    with suppress(InvalidImage):
        checked = pictures.check(content)
        assert 0 < checked.width * checked.height <= pictures.MAX_PIXELS
        assert content.startswith(checked.content)
        assert checked.cut == len(content) - len(checked.content)


@settings(max_examples=400)
@given(
    kind=st.sampled_from(sorted(SEEDS)),
    cuts=st.lists(st.tuples(st.integers(0, 600) | st.integers(0, 4000), PIECES), max_size=5),
    longer=st.booleans(),
    believed=st.booleans(),
)
def test_damaged_bytes_are_a_picture_or_a_clear_refusal(
    kind: str, cuts: list[tuple[int, bytes]], longer: bool, believed: bool
) -> None:
    content = bytearray(SEEDS[kind])
    for at, change in cuts:
        content[at : at if longer else at + len(change)] = change
    judge(with_right_checksums(bytes(content)) if believed else bytes(content))


@settings(max_examples=300)
@given(st.sampled_from(STARTS), st.binary(max_size=300))
def test_any_bytes_are_a_picture_or_a_clear_refusal(start: bytes, rest: bytes) -> None:
    judge(start + rest)


@settings(max_examples=300)
@given(st.sampled_from(STARTS), st.binary(max_size=300), st.sampled_from(sorted(pictures.TYPES)))
def test_the_end_of_any_bytes_is_looked_for_and_the_search_ends(
    start: bytes, rest: bytes, image_format: str
) -> None:
    assert file_ends.end_of(start + rest, image_format) >= 0


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8" + b"\xff\xda\0\2" * 100_000,
        b"\xff" * 400_000,
        b"\xff\xd8" + b"\xff\0" * 200_000,
    ],
    ids=["scans", "fillers", "stuffing"],
)
def test_the_end_of_a_long_hostile_file_takes_no_memory(content: bytes) -> None:
    tracemalloc.start()
    file_ends.end_of(content, "JPEG")
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 100_000


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_the_provider_s_c2pa_marks_stay_in_every_kind() -> None:
    """A manifest store lies in a PNG's caBX chunk, a WebP's C2PA chunk, a JPEG's APP11 segments."""
    store = b"\0\0\0\x20jumb" + b"c2pa manifest store....."
    png, webp, jpeg = KINDS["png"], drawn("WEBP", exif=Image.Exif(), xmp=b"<x/>"), KINDS["jpeg"]
    part = b"C2PA" + struct.pack("<I", len(store)) + store
    riff = b"RIFF" + struct.pack("<I", len(webp) - 8 + len(part))
    segment = b"\xff\xeb" + struct.pack(">H", 2 + len(store)) + store
    for marked in (
        png[:33] + chunk(b"caBX", store) + png[33:],
        riff + webp[8:] + part,
        jpeg[:2] + segment + jpeg[2:],
    ):
        checked = pictures.check(marked)
        assert checked.content == marked
        assert store in checked.content


@pytest.mark.usefixtures("each_storage")
def test_an_object_is_never_overwritten() -> None:
    pictures.store("keep/this.png", b"first")
    pictures.store("keep/this.png", b"second")
    with default_storage.open("keep/this.png") as stored:
        assert stored.read() == b"first"


@pytest.mark.usefixtures("each_storage")
def test_an_object_is_held_only_with_its_own_content() -> None:
    checked = pictures.check(KINDS["png"])
    pictures.store("keep/that.png", checked.content)
    assert pictures.holds("keep/that.png", checked.sha256)
    assert not pictures.holds("keep/that.png", "0" * 64)
    assert not pictures.holds("keep/other.png", checked.sha256)


@pytest.mark.usefixtures("each_storage")
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "I;16", "CMYK"])
def test_display_copies_are_small_stripped_and_marked_as_made_by_a_machine(mode: str) -> None:
    image_format = "JPEG" if mode == "CMYK" else "PNG"
    out = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "somebody's name"
    Image.new(mode, (2000, 1000)).save(out, image_format, exif=exif)
    pictures.store(f"copies/{mode.replace(';', '')}.png", out.getvalue())
    keys = pictures.display_copies(f"copies/{mode.replace(';', '')}.png")
    for name, side in {"medium_key": 1280, "thumbnail_key": 480, "small_key": 240}.items():
        with default_storage.open(keys[name]) as stored:
            content = stored.read()
        copy = Image.open(BytesIO(content))
        assert (copy.format, copy.size) == ("WEBP", (side, side // 2))
        assert b"trainedAlgorithmicMedia" in content
        assert b"somebody" not in content
