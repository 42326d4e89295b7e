"""The mark that says a picture is a demo."""

import unicodedata
from typing import cast

from PIL import Image, ImageDraw, ImageFont

from providers.painters.canvas import blurred

INK = (22, 22, 28)
PAPER = (252, 252, 250)


def captioned(image: Image.Image, prompt: str) -> Image.Image:
    """The picture with "demo" and the prompt's first words on frosted glass, low left. It names no
    painter, so that a blind test gives nothing away."""
    short = min(image.size)
    size = max(12, round(short * 0.021))
    font = _font(size)
    room = image.width * 0.52
    text = _fitted("demo", legible(prompt), font, room)
    pad, margin = round(size * 0.7), round(short * 0.022)
    width, height = round(font.getlength(text)) + 2 * pad, round(size * 1.9)
    box = (margin, image.height - margin - height, margin + width, image.height - margin)
    glass, ink = _glass(image.crop(box))
    shape = Image.new("L", (width * 3, height * 3))
    ImageDraw.Draw(shape).rounded_rectangle((0, 0, width * 3 - 1, height * 3 - 1), height, fill=255)
    ImageDraw.Draw(glass).text((pad, height / 2), text, ink, font, anchor="lm")
    image.paste(glass, box, shape.reduce(3))
    return image


def legible(prompt: str) -> str:
    """The prompt on one line, with only what the bundled font can show: it has no accents."""
    font = _font(16)
    missing = bytes(font.getmask("\uffff"))

    def shown(letter: str) -> bool:
        return letter.isprintable() and bytes(font.getmask(letter)) != missing

    plain = (
        letter if shown(letter) else unicodedata.normalize("NFKD", letter)[0]
        for letter in prompt[:120]
    )
    return " ".join("".join(letter if shown(letter) else " " for letter in plain).split())


def _font(size: int) -> ImageFont.FreeTypeFont:
    """The font inside Pillow. Loaded anew each time: a font is not for two threads at once."""
    return cast(ImageFont.FreeTypeFont, ImageFont.load_default(size))


def _fitted(mark: str, words: str, font: ImageFont.FreeTypeFont, room: float) -> str:
    if not words:
        return mark
    text = f"{mark} · {words}"
    if font.getlength(text) <= room:
        return text
    while words and font.getlength(f"{mark} · {words}…") > room:
        shorter = words.rpartition(" ")[0] or words[:-1]
        words = shorter.rstrip(" ,.;:")
    return f"{mark} · {words}…" if words else mark


def _glass(under: Image.Image) -> tuple[Image.Image, tuple[int, int, int]]:
    """What lies under the mark, frosted, and the ink that reads well on it."""
    mean = under.convert("L").resize((1, 1), Image.Resampling.BOX).tobytes()[0]
    tint, ink = (PAPER, INK) if mean > 140 else (INK, PAPER)
    veil = Image.new("RGB", under.size, tint)
    return Image.blend(blurred(under, under.height / 3), veil, 0.62), ink
