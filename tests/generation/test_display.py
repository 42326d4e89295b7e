"""What the pages' figures and strangers' text look like."""

from typing import Any

import pytest
from django.template import Context, Template

from generation.templatetags import display

PRICES = [
    (None, "price unknown"),
    (0, "free"),
    (40_000, "$0.04"),
    (6_000, "$0.006"),
    (39_000, "$0.039"),
    (33_600, "$0.034"),
    (45_500, "$0.046"),
    (100_000, "$0.10"),
    (700, "$0.0007"),
    (50, "$0.00005"),
    (999_600, "$1.00"),
    (1_000_000, "$1.00"),
    (1_234_567, "$1.23"),
    (12_345_678, "$12.35"),
]
SECONDS = [
    (None, ""),
    (0, "0.0 s"),
    (0.04, "0.0 s"),
    (0.05, "0.1 s"),
    (12.34, "12.3 s"),
    (59.94, "59.9 s"),
    (59.96, "1 min 0 s"),
    (62.3, "1 min 2 s"),
    (119.6, "2 min 0 s"),
]
ESTIMATES: list[tuple[list[int | None], str]] = [
    ([], "choose a model"),
    ([0], "1 image · free"),
    ([40_000], "1 image · about $0.04"),
    ([40_000, 39_000, 6_000, 0], "4 images · about $0.085"),
    ([None, None], "2 images · price unknown"),
    ([0, None], "2 images · price unknown"),
    ([40_000, None], "2 images · about $0.04 + 1 unknown"),
]


@pytest.mark.parametrize(("micros", "shown"), PRICES)
def test_a_price_keeps_what_tells_it_from_others(micros: int | None, shown: str) -> None:
    assert display.price(micros) == shown


@pytest.mark.parametrize(("value", "shown"), SECONDS)
def test_a_duration_reads_well_from_tenths_to_minutes(value: float | None, shown: str) -> None:
    assert display.seconds(value).replace("\xa0", " ") == shown


@pytest.mark.parametrize(("prices", "shown"), ESTIMATES)
def test_the_estimate_says_what_is_known_and_what_is_not(
    prices: list[int | None], shown: str
) -> None:
    models: list[dict[str, Any]] = [
        {"slug": str(place), "price_micros": micros, "available": True}
        for place, micros in enumerate(prices)
    ]
    assert display.estimate(models, [model["slug"] for model in models]) == shown


def test_the_estimate_leaves_out_what_is_not_chosen_or_not_available() -> None:
    models: list[dict[str, Any]] = [
        {"slug": "chosen", "price_micros": 40_000, "available": True},
        {"slug": "left", "price_micros": 40_000, "available": True},
        {"slug": "absent", "price_micros": 40_000, "available": False},
    ]
    assert display.estimate(models, ["chosen", "absent"]) == "1 image · about $0.04"


def test_progress_names_failures_only_when_there_are_some() -> None:
    assert display.progress({"completed": 6, "total": 6, "failed": 0}) == "6 of 6 done"
    assert display.progress({"completed": 4, "total": 6, "failed": 1}) == "4 of 6 done, 1 failed"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two lines\n\tof text", "two lines\n\tof text"),
        ("a\x00b\x07c\x1bd\x7fe\x9f", "a\ufffdb\ufffdc\ufffdd\ufffde\ufffd"),
        ("gpj.\u202egnp.exe\u202c", "gpj.[U+202E]gnp.exe[U+202C]"),
        ("\u2066a\u2069\u200e\u200f\u061c", "[U+2066]a[U+2069][U+200E][U+200F][U+061C]"),
        ("zero\u200bwidth\ufeff", "zero[U+200B]width[U+FEFF]"),
        ("hidden \U000e0041\U000e0042", "hidden [U+E0041][U+E0042]"),
        ("line\u2028break", "line[U+2028]break"),
        ("مرحبا עולם 你好", "مرحبا עולם 你好"),
        ("👩\u200d🚀 می\u200cشود ❤️", "👩\u200d🚀 می\u200cشود ❤️"),
    ],
)
def test_unseen_characters_are_shown_and_scripts_of_people_left_alone(
    text: str, shown: str
) -> None:
    assert display.visible(text) == shown


def test_visible_text_is_still_escaped() -> None:
    page = Template("{% load display %}{{ text|visible }}").render(
        Context({"text": "<script>\u202e</script>"})
    )
    assert page == "&lt;script&gt;[U+202E]&lt;/script&gt;"


@pytest.mark.parametrize(
    ("ratio", "box", "shape"),
    [
        ("3:2", "0 0 3 2", "plain"),
        ("21:9", "0 0 21 9", "wide"),
        ("9:16", "0 0 9 16", "tall"),
        ("", "0 0 1 1", "plain"),
        (None, "0 0 1 1", "plain"),
        ("0:0", "0 0 1 1", "plain"),
        ('1:1" onload="', "0 0 1 1", "plain"),
    ],
)
def test_a_frame_takes_the_shape_that_was_asked_for(
    ratio: str | None, box: str, shape: str
) -> None:
    assert display.view_box(ratio) == box
    assert display.shape(ratio) == shape


@pytest.mark.parametrize(
    ("prompt", "stem"),
    [
        ("A red fox, reading in the rain tonight", "a-red-fox-reading-in-the"),
        ("../../etc/passwd", "etcpasswd"),
        ("你好", "pixel-prompt"),
        ("", "pixel-prompt"),
        ("x" * 900, "x" * 48),
    ],
)
def test_a_file_is_named_after_its_prompt(prompt: str, stem: str) -> None:
    assert display.file_stem(prompt) == stem


def test_an_icon_is_hidden_from_screen_readers() -> None:
    assert 'aria-hidden="true"' in display.icon("pen")
    assert display.icon("pen").endswith('icons.svg#pen"></use></svg>')


@pytest.mark.parametrize(
    ("ratio", "total", "wide"),
    [
        ("1:1", 1, "44rem"),
        ("1:1", 2, "min(46vw, 44rem)"),
        ("1:1", 3, "30rem"),
        ("1:1", 8, "22rem"),
        ("21:9", 8, "min(46vw, 44rem)"),
        ("9:16", 8, "22rem"),
    ],
)
def test_few_pictures_are_told_to_be_large(ratio: str, total: int, wide: str) -> None:
    told = display.sizes({"parameters": {"aspect_ratio": ratio}, "total": total})
    assert told.endswith(f", {wide}")
    assert told.startswith("(max-width: 40rem) ")
