"""The painters: repeatable, told apart by the prompt, broken by nothing, honest."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageStat

from providers.painters import PAINTERS
from providers.painters.brief import brief_for, words_of
from providers.painters.caption import captioned, legible
from providers.painters.colour import Colour, from_lab, hue, mix, polar, to_lab
from providers.painters.easel import painted
from providers.painters.lexicon import HUES, MOODS, MOTIFS, RAMPS, SUBJECTS
from providers.painters.palette import Palette
from providers.painters.silhouettes import FIGURES, figure

SMALL = (216, 144)
PROMPT = "a lighthouse on a cliff above the sea at night, with rain and flowers"
ODD_PROMPTS = (
    "",
    "   ",
    "42",
    "龍が雲の上を飛ぶ",
    "🦊🌙✨",
    "قطة في الحديقة",
    "two\nlines\tand\x00a null",
    "half a pair \ud83e",
    "e\u0301\u202e backwards",
    "x" * 1000,
    "a dragon and a castle, " * 43,
)


def image_of(name: str, prompt: str, seed: int = 0, size: tuple[int, int] = SMALL) -> Image.Image:
    return Image.open(BytesIO(painted(name, prompt, seed, size))).convert("RGB")


def palette_of(prompt: str) -> Palette:
    return brief_for("orbit", prompt, 0, SMALL).palette


def swatch(colours: tuple[Colour, ...]) -> Image.Image:
    return Image.frombytes("RGB", (len(colours), 1), bytes(c for one in colours for c in one))


def digests() -> dict[str, str]:
    return {n: hashlib.sha256(painted(n, PROMPT, 7, SMALL)).hexdigest() for n in PAINTERS}


def distance(one: Image.Image, other: Image.Image) -> float:
    """How far two pictures are apart in their broad colours."""
    small = [image.resize((6, 6), Image.Resampling.BOX) for image in (one, other)]
    return sum(ImageStat.Stat(ImageChops.difference(*small)).mean)


def scenes() -> Iterator[str]:
    """Each subject with some motif, until both are used up."""
    words = [names.split()[0] for names in MOTIFS.values()]
    for index, names in enumerate(SUBJECTS.values()):
        yield f"{names.split()[0]} and {words[index % len(words)]}"


@pytest.mark.parametrize("name", PAINTERS)
def test_the_same_words_and_seed_paint_the_same_bytes(name: str) -> None:
    assert painted(name, PROMPT, 3, SMALL) == painted(name, PROMPT, 3, SMALL)


def test_another_process_paints_the_same_bytes() -> None:
    script = (
        "import json; from tests.providers.test_painters import digests; "
        "print(json.dumps(digests()))"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert json.loads(told.stdout) == digests()


def test_painters_do_not_disturb_each_other_in_threads() -> None:
    names = [*PAINTERS] * 2
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda name: painted(name, PROMPT, 1, SMALL), names))
    assert together == [painted(name, PROMPT, 1, SMALL) for name in PAINTERS] * 2


@pytest.mark.parametrize("name", PAINTERS)
def test_seeds_vary_one_idea_and_prompts_differ(name: str) -> None:
    first, again = image_of(name, "sunset over the mountains"), image_of(name, "an icy blue whale")
    varied = image_of(name, "sunset over the mountains", seed=1)
    assert 0 < distance(first, varied) < distance(first, again)


def test_painters_do_not_resemble_each_other() -> None:
    pictures = [image_of(name, PROMPT) for name in PAINTERS]
    for index, one in enumerate(pictures):
        assert all(distance(one, other) > 20 for other in pictures[:index])


@pytest.mark.parametrize("name", PAINTERS)
def test_every_subject_and_motif_can_be_painted(name: str) -> None:
    for prompt in scenes():
        assert image_of(name, prompt, size=(96, 96)).size == (96, 96)


@pytest.mark.parametrize("name", PAINTERS)
@pytest.mark.parametrize("prompt", ODD_PROMPTS)
def test_no_prompt_breaks_a_painter(name: str, prompt: str) -> None:
    assert image_of(name, prompt, seed=-1, size=(90, 160)).size == (90, 160)


@pytest.mark.parametrize("name", PAINTERS)
def test_a_huge_seed_is_a_seed(name: str) -> None:
    assert image_of(name, "tea", seed=2**63, size=(64, 64)).size == (64, 64)


@pytest.mark.parametrize("word", ["red", "orange", "green", "blue", "purple"])
def test_a_colour_word_gives_its_colour(word: str) -> None:
    wanted = next(float(angle) for angle, names in HUES.items() if word in names.split())
    away = (hue(palette_of(f"{word} elephants").ramp[2]) - wanted + 180) % 360 - 180
    assert abs(away) < 12


def test_a_mood_gives_its_ramp_and_a_colour_word_its_accent() -> None:
    winter = palette_of("a fox in winter")
    red = palette_of("a red fox in winter")
    assert distance(swatch(red.ramp), swatch(winter.ramp)) < 40
    assert red.accent != winter.accent
    assert abs(hue(red.accent) - 25) < 8


def test_night_is_dark_and_spring_is_not() -> None:
    assert palette_of("the city at night").dark
    assert not palette_of("a meadow in spring").dark


def test_unknown_words_still_have_a_palette_of_their_own() -> None:
    assert palette_of("quixotic zephyr").ramp != palette_of("laconic widget").ramp


def test_a_person_gives_way_to_what_they_ride() -> None:
    assert brief_for("ink", "an astronaut riding a horse", 0, SMALL).subject == "horse"
    assert brief_for("ink", "portrait of a samurai", 0, SMALL).subject == "person"


def test_a_full_moon_is_round() -> None:
    assert brief_for("ink", "an owl under the moon", 0, SMALL).crescent
    assert not brief_for("ink", "an owl under the full moon", 0, SMALL).crescent


def test_words_are_letters_of_any_script() -> None:
    assert words_of("A Red-fox, 2 times!") == ("a", "red", "fox", "times")
    assert words_of("龍 と Bär") == ("龍", "と", "bär")
    assert words_of("42") == ("42",)
    assert words_of("") == ("blank",)


def test_every_mood_has_a_ramp_and_every_subject_a_figure() -> None:
    assert set(MOODS) == set(RAMPS)
    assert set(SUBJECTS) == set(FIGURES)


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_fills_its_box_but_not_all_of_it(name: str) -> None:
    share = ImageStat.Stat(figure(name, 60)).mean[0] / 255
    assert 0.08 < share < 0.75
    assert ImageStat.Stat(figure(name, 60, solid=True)).mean[0] / 255 >= share


def test_oklab_there_and_back_is_the_same_colour() -> None:
    for colour in ((0, 0, 0), (255, 255, 255), (200, 30, 90), (12, 140, 77)):
        assert from_lab(to_lab(colour)) == colour
        assert mix(colour, (9, 9, 9), 0) == colour
    assert abs(hue(polar(0.6, 0.1, 145)) - 145) < 2


@pytest.mark.parametrize("prompt", ["", PROMPT * 9, "w" * 900])
@pytest.mark.parametrize("size", [(832, 832), (540, 1260), (1260, 540)])
def test_every_picture_carries_its_mark_in_the_lower_left(
    prompt: str, size: tuple[int, int]
) -> None:
    plain = Image.new("RGB", size, (120, 40, 160))
    marked = captioned(plain.copy(), prompt)
    box = ImageChops.difference(plain, marked).getbbox()
    assert box is not None
    left, top, right, bottom = box
    assert left > 0
    assert bottom < size[1]
    assert right < size[0] * 0.62
    assert bottom - top < min(size) * 0.06


@pytest.mark.parametrize("ground", [(0, 0, 0), (255, 255, 255), (120, 120, 120)])
def test_the_mark_can_be_read_on_any_ground(ground: tuple[int, int, int]) -> None:
    mark = captioned(Image.new("RGB", (832, 832), ground), "").convert("L")
    dark, light = mark.crop((24, 785, 70, 812)).getextrema()
    assert isinstance(dark, int)
    assert isinstance(light, int)
    assert light - dark > 110


def test_the_mark_leaves_out_what_its_font_lacks() -> None:
    assert legible("a 🦊 fox\nand 龍 a Bär\ud83e!") == "a fox and a Bar !"
    assert legible("龍が雲") == ""
