"""From words to colours that go together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from providers.painters.colour import Colour, apart, chroma, hue, mix, parsed, polar, turned
from providers.painters.lexicon import DARK, HUE_OF, MOOD_OF, PALE, RAMPS, SOMBRE


@dataclass(frozen=True, slots=True)
class Palette:
    """`ramp` runs in five steps from dark to light. `dark` says that night suits the words."""

    ramp: tuple[Colour, Colour, Colour, Colour, Colour]
    accent: Colour
    second: Colour
    dark: bool = False

    @property
    def all(self) -> tuple[Colour, ...]:
        return (*self.ramp, self.accent, self.second)

    @property
    def sun(self) -> Colour:
        """The colour of a sun or a lamp: the strong colour nearest to amber, or a gold."""
        warm = [c for c in (self.accent, self.second, self.ramp[3]) if -20 < hue(c) < 108]
        strong = [c for c in warm if chroma(c) > 0.09]
        return min(strong, key=lambda c: abs(hue(c) - 75), default=polar(0.82, 0.14, 80))

    @property
    def sea(self) -> Colour:
        """Water in the light of this palette."""
        return mix(polar(0.6, 0.11, 218), self.ramp[1], 0.35)


def palette_for(words: Sequence[str], dice: Random) -> Palette:
    """Moods give the ramp, colour words the accents; unknown words a harmony of their own."""
    moods = _known(words, MOOD_OF)
    hues = [float(hue) for hue in _known(words, HUE_OF)]
    drift = dice.uniform(-9, 9)
    if moods:
        found = _from_moods(moods, drift)
    elif hues:
        found = _from_hue(hues[0], dice.uniform(15, 45) * dice.choice((1, -1)))
        hues = hues[1:]
    elif PALE.union(SOMBRE).intersection(words):
        found = _from_hue(dice.uniform(220, 280), 20, vividness=0.25)
    else:
        found = _from_hue(dice.uniform(0, 360), dice.uniform(40, 110) * dice.choice((1, -1)))
    return _with_accents(found, hues, bool(SOMBRE.intersection(words)))


def _known(words: Sequence[str], table: Mapping[str, tuple[str, ...]]) -> list[str]:
    return list(dict.fromkeys(table[word][0] for word in words if word in table))


def _from_moods(moods: Sequence[str], drift: float) -> Palette:
    """Two moods share a ramp: the first gives the depths, the second the lights."""
    one = [turned(parsed(code), drift) for code in RAMPS[moods[0]].split()]
    two = [turned(parsed(code), drift) for code in RAMPS[moods[min(1, len(moods) - 1)]].split()]
    muddy = apart(hue(one[2]), hue(two[3])) > 90
    return Palette(
        ramp=(one[0], one[1], two[2] if muddy else one[2], two[3], two[4]),
        accent=two[5],
        second=one[6] if len(moods) == 1 or apart(hue(one[5]), hue(two[5])) < 40 else one[5],
        dark=bool(DARK.intersection(moods[:2])),
    )


def _from_hue(angle: float, travel: float, vividness: float = 1.0) -> Palette:
    steps = ((0.21, 0.06), (0.38, 0.11), (0.58, 0.15), (0.79, 0.11), (0.95, 0.035))
    dark, deep, middle, light, pale = (
        polar(lightness, chroma * vividness, angle + travel * (index / 2 - 1))
        for index, (lightness, chroma) in enumerate(steps)
    )
    return Palette(
        ramp=(dark, deep, middle, light, pale),
        accent=polar(0.7, 0.16, angle + 180 - travel / 3),
        second=polar(0.84, 0.13, angle + 120 * (1 if travel > 0 else -1)),
    )


def _with_accents(found: Palette, hues: Sequence[float], sombre: bool) -> Palette:
    accent = polar(0.64, 0.2, hues[0]) if hues else found.accent
    second = polar(0.74, 0.16, hues[1]) if len(hues) > 1 else found.second
    return Palette(found.ramp, accent, second, found.dark or sombre)
