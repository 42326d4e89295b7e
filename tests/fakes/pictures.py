"""Small real pictures whose colour tells which model drew them, and for which prompt."""

import hashlib
import io
import math

from PIL import Image

from tests.fakes.messages import Picture

BORDER = 8
MIME_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
_SAVING: dict[str, dict[str, object]] = {
    "PNG": {"compress_level": 1},
    "JPEG": {"quality": 95, "subsampling": 0},
    "WEBP": {"lossless": True, "method": 0},
}


def picture_colour(model: str, prompt: str) -> tuple[int, int, int]:
    """The colour in the middle of the picture that `model` draws for `prompt`."""
    digest = hashlib.sha256(f"{model}\0{prompt}".encode("utf-8", "surrogatepass")).digest()
    return digest[0], digest[1], digest[2]


def draw(model: str, prompt: str, size: tuple[int, int], format: str) -> Picture:
    """A solid picture with a border, in the format "PNG", "JPEG" or "WEBP"."""
    colour = picture_colour(model, prompt)
    image = Image.new("RGB", size, tuple(255 - part for part in colour))
    inside = (BORDER, BORDER, max(BORDER, size[0] - BORDER), max(BORDER, size[1] - BORDER))
    image.paste(colour, inside)
    return Picture(encoded(image, format), MIME_TYPES[format])


def encoded(image: Image.Image, format: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format, **{**_SAVING.get(format, {}), **options})
    return stream.getvalue()


def middle_colour(data: bytes) -> tuple[int, int, int]:
    """The colour of the pixel in the middle of a picture file."""
    with Image.open(io.BytesIO(data)) as image:
        pixel = image.convert("RGB").getpixel((image.width // 2, image.height // 2))
    assert isinstance(pixel, tuple)
    return int(pixel[0]), int(pixel[1]), int(pixel[2])


def shows(data: bytes, model: str, prompt: str, tolerance: int = 8) -> bool:
    """Whether a picture file is what `model` draws for `prompt`. JPEG shifts colours a little."""
    wanted = picture_colour(model, prompt)
    seen = middle_colour(data)
    return all(abs(a - b) <= tolerance for a, b in zip(wanted, seen, strict=True))


def size_for_ratio(ratio: str, side: int = 256) -> tuple[int, int]:
    """A small size of about side x side pixels: "16:9" gives (341, 192)."""
    width, height = (float(part) for part in ratio.split(":"))
    factor = math.sqrt(width / height)
    return max(32, round(side * factor)), max(32, round(side / factor))
