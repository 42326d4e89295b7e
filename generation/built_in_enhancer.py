"""The enhancer that needs no language model.

It adds light, composition and finish that suit the words, chosen by the prompt itself, so that the
same prompt always gives the same texts.
"""

import hashlib
import re
from collections.abc import Sequence

from generation.models.job import MAX_PROMPT

LIGHT = {
    "night|midnight|moon|moonlight|moonlit|star|starry|neon": (
        "cool moonlight with small warm lamps",
        "deep shadows pierced by neon reflections",
        "starlight and a faint blue haze",
    ),
    "sunset|sunrise|dawn|dusk|golden": (
        "low golden light with long shadows",
        "a glowing horizon that rims every edge",
        "warm amber light fading into violet",
    ),
    "sea|ocean|water|river|lake|rain|rainy|beach": (
        "soft overcast light with glittering reflections",
        "clear morning light broken by ripples",
        "silvery light after rain",
    ),
    "portrait|face|woman|man|girl|boy|king|queen": (
        "soft window light from one side",
        "gentle studio light with a bright rim",
        "warm candlelight on one cheek",
    ),
    "": (
        "soft directional daylight",
        "diffuse morning light",
        "late afternoon light with gentle contrast",
        "bright even light with crisp highlights",
    ),
}
COMPOSITION = (
    "framed by the rule of thirds with a calm background",
    "seen from a low angle with plenty of depth",
    "centred and symmetrical with clean negative space",
    "in a wide view with foreground, middle ground and distance",
    "close up, with the background falling out of focus",
)
DETAIL = (
    "Fine textures invite a second look, and no detail competes with the subject",
    "Surfaces show their material, from worn edges to tiny highlights",
    "Small believable details tell a story around the subject",
    "Layers of detail lead the eye from the subject into the distance",
)
MOOD = (
    "The mood is quiet and a little mysterious",
    "The mood is warm, open and full of wonder",
    "The mood is dramatic, as if something were about to happen",
    "The mood is playful and bright",
    "The mood is serene and timeless",
)
FINISH = (
    "with a harmonious palette of three colours and natural contrast",
    "with rich yet restrained colour and crisp focus",
    "with subtle film grain and true-to-life tones",
    "with luminous colour and smooth tonal steps",
)
NO_WORDS = "An open scene without a subject"
# Marks that end a sentence before a space, and those of scripts that write no space after them.
SENTENCE_END = re.compile(
    r"[.!?\u2026]+(?=\s|$)|[\u3002\uff01\uff1f\uff61\u0964\u0965\u06d4\u061f]+|[\n\r\u2028\u2029]"
)


def elaborate(prompt: str) -> tuple[str, str]:
    """A short text of one sentence and a long one of two to four."""
    subject = in_one_sentence(prompt)
    light = pick(prompt, "light", lights_for(prompt))
    short = f"{subject}, {light}, {pick(prompt, 'finish', FINISH)}."
    long = (
        f"{subject}, {pick(prompt, 'composition', COMPOSITION)}. The scene is lit by {light}. "
        f"{pick(prompt, 'detail', DETAIL)}. {pick(prompt, 'mood', MOOD)}."
    )
    return short[:MAX_PROMPT], long[:MAX_PROMPT]


def in_one_sentence(prompt: str) -> str:
    """The prompt's words without the marks and lines that end sentences, in any script."""
    parts = (" ".join(part.split()).strip(" ,;:") for part in SENTENCE_END.split(prompt))
    return ", ".join(part for part in parts if part) or NO_WORDS


def lights_for(prompt: str) -> Sequence[str]:
    """The kinds of light that suit the prompt's words."""
    return next(
        lights
        for words, lights in LIGHT.items()
        if not words or re.search(rf"\b({words})s?\b", prompt, re.IGNORECASE)
    )


def pick(prompt: str, purpose: str, choices: Sequence[str]) -> str:
    digest = hashlib.sha256(f"{purpose}\n{prompt}".encode()).digest()
    return choices[int.from_bytes(digest[:4]) % len(choices)]
