"""Colours that mix the way the eye expects: arithmetic in OKLab (Björn Ottosson, 2020)."""

import math
from collections.abc import Sequence

Colour = tuple[int, int, int]
Lab = tuple[float, float, float]


def parsed(text: str) -> Colour:
    """A colour from six hexadecimal digits."""
    return (int(text[0:2], 16), int(text[2:4], 16), int(text[4:6], 16))


def _linear(channel: int) -> float:
    value = channel / 255
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _encoded(value: float) -> int:
    value = min(1.0, max(0.0, value))
    value = value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return round(value * 255)


def to_lab(colour: Colour) -> Lab:
    """Lightness 0..1 and the two opponent axes."""
    r, g, b = (_linear(channel) for channel in colour)
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    middle = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def from_lab(lab: Lab) -> Colour:
    """The nearest colour a screen can show."""
    lightness, a, b = lab
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _encoded(4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short),
        _encoded(-1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short),
        _encoded(-0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short),
    )


def polar(lightness: float, chroma: float, hue: float) -> Colour:
    """A colour by lightness 0..1, chroma 0..0.3 and hue in degrees."""
    turn = math.radians(hue)
    return from_lab((lightness, chroma * math.cos(turn), chroma * math.sin(turn)))


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """`share` of the second colour in the first."""
    one, two = to_lab(first), to_lab(second)
    l, a, b = (x + (y - x) * share for x, y in zip(one, two, strict=True))  # noqa: E741
    return from_lab((l, a, b))


def turned(colour: Colour, degrees: float) -> Colour:
    """The same lightness and chroma at another hue."""
    lightness, a, b = to_lab(colour)
    return polar(lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) + degrees)


def lighter(colour: Colour, by: float) -> Colour:
    """The colour with its lightness raised (or, below 0, lowered) by `by`, on a scale of 1."""
    lightness, a, b = to_lab(colour)
    return from_lab((min(1.0, max(0.0, lightness + by)), a, b))


def lightness(colour: Colour) -> float:
    return to_lab(colour)[0]


def hue(colour: Colour) -> float:
    """The hue in degrees, -180..180: red is about 30, yellow 100, green 145, blue -95."""
    _, a, b = to_lab(colour)
    return math.degrees(math.atan2(b, a))


def chroma(colour: Colour) -> float:
    _, a, b = to_lab(colour)
    return math.hypot(a, b)


def apart(one: float, other: float) -> float:
    """How far apart two hues are, 0..180 degrees."""
    return abs((one - other + 180) % 360 - 180)


def blended(colours: Sequence[Colour], steps: int = 256) -> list[Colour]:
    """An even run of `steps` colours through the given ones."""
    labs = [to_lab(colour) for colour in colours]
    return [from_lab(_between(labs, index / (steps - 1))) for index in range(steps)]


def _between(labs: Sequence[Lab], place: float) -> Lab:
    spot = place * (len(labs) - 1)
    index = min(int(spot), len(labs) - 2)
    share = spot - index
    l, a, b = (  # noqa: E741
        x + (y - x) * share for x, y in zip(labs[index], labs[index + 1], strict=True)
    )
    return (l, a, b)
