"""How figures and strangers' text look on a page. `static/js/format.js` keeps the same rules."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext, ngettext

register = template.Library()

NARROW_UNITS = "\N{NO-BREAK SPACE}"
WIDE, TALL = 1.9, 0.62
JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
INVISIBLE_LETTERS = "\u115f\u1160\u2028\u2029\u3164\uffa0"


@register.filter
def price(micros: int | None) -> str:
    """40000 millionths of a dollar -> "$0.04"; sub-cent prices keep what makes them differ."""
    if micros is None:
        return gettext("price unknown")
    if micros == 0:
        return gettext("free")
    return f"${_dollars(micros)}"


@register.filter
def dollars(micros: int) -> str:
    """What was spent: 0 is "$0", and not free."""
    return price(micros) if micros else "$0"


@register.filter
def percent(share: float | None) -> str:
    """0.125 -> "12%"; None -> ""."""
    return "" if share is None else f"{share:.0%}"


def _dollars(micros: int) -> str:
    if micros < 1_000:
        return f"0.{micros:06d}".rstrip("0")
    thousandths = (micros + 500) // 1_000
    if thousandths < 1_000:
        return f"0.{thousandths:03d}".removesuffix("0")
    cents = (micros + 5_000) // 10_000
    return f"{cents // 100}.{cents % 100:02d}"


@register.filter
def seconds(value: float | None) -> str:
    """12.34 -> "12.3 s"; from a minute on "1 min 5 s"; None -> ""."""
    if value is None:
        return ""
    if value < 59.95:
        tenths = int(value * 10 + 0.5)
        return f"{tenths // 10}.{tenths % 10}{NARROW_UNITS}s"
    minutes, rest = divmod(int(value + 0.5), 60)
    return f"{minutes}{NARROW_UNITS}min {rest}{NARROW_UNITS}s"


@register.filter
def visible(text: str) -> str:
    """Text of a stranger with every control and direction character made harmless and visible."""
    return "".join(_visible_character(character) for character in text)


def _visible_character(character: str) -> str:
    if character in "\n\t" or character in JOINERS:
        return character
    category = unicodedata.category(character)
    if category == "Cc":
        return "\N{REPLACEMENT CHARACTER}"
    if category in {"Cf", "Cs"} or character in INVISIBLE_LETTERS:
        return f"[U+{ord(character):04X}]"
    return character


def _sides(aspect_ratio: str | None) -> tuple[int, int]:
    match = re.fullmatch(r"([1-9]\d{0,3}):([1-9]\d{0,3})", aspect_ratio or "")
    return (int(match[1]), int(match[2])) if match else (1, 1)


@register.filter
def view_box(aspect_ratio: str | None) -> str:
    """The SVG that reserves a picture's place: "3:2" -> "0 0 3 2". Nothing asked for: a square."""
    width, height = _sides(aspect_ratio)
    return f"0 0 {width} {height}"


@register.filter
def shape(aspect_ratio: str | None) -> str:
    """How many pictures fit side by side: few that are "wide", many "tall", else "plain"."""
    width, height = _sides(aspect_ratio)
    if width / height >= WIDE:
        return "wide"
    return "tall" if width / height <= TALL else "plain"


@register.simple_tag
def sizes(job: Mapping[str, Any]) -> str:
    """How wide the pictures of a job are shown, for the browser to choose files by. `job.css` and
    `tiles.css` lay them out: a deck on a phone, else the fewer the larger."""
    form, total = shape(job["parameters"]["aspect_ratio"]), job["total"]
    deck = "66vw" if form == "tall" else "81vw"
    if total == 1:
        rest = "44rem"
    elif total == 2 or (form == "wide" and total != 3):
        rest = "min(46vw, 44rem)"
    else:
        rest = "30rem" if total == 3 and form != "tall" else "22rem"
    return f"(max-width: 40rem) {deck}, {rest}"


@register.filter
def file_stem(prompt: str) -> str:
    """The start of a sensible file name: the prompt's first words, in ASCII."""
    words = slugify(prompt).split("-")
    stem = "-".join(words[:6])[:48].strip("-_")
    return stem or "pixel-prompt"


@register.simple_tag
def estimate(models: Iterable[Mapping[str, Any]], selected: Collection[str]) -> str:
    """What Generate will draw and cost: "6 images · about $0.31"."""
    chosen = [m["price_micros"] for m in models if m["available"] and m["slug"] in selected]
    if not chosen:
        return gettext("choose a model")
    images = ngettext("%(count)s image", "%(count)s images", len(chosen)) % {"count": len(chosen)}
    return f"{images} · {_estimated_price(chosen)}"


def _estimated_price(prices: Collection[int | None]) -> str:
    known = sum(micros or 0 for micros in prices)
    unknown = sum(micros is None for micros in prices)
    if not known:
        return price(None if unknown else 0)
    about = gettext("about %(price)s") % {"price": price(known)}
    if not unknown:
        return about
    return f"{about} + " + gettext("%(count)s unknown") % {"count": unknown}


@register.simple_tag
def progress(job: Mapping[str, Any]) -> str:
    """How far a job is: "4 of 6 done, 1 failed"."""
    done = gettext("%(done)s of %(total)s done") % {
        "done": job["completed"],
        "total": job["total"],
    }
    if not job["failed"]:
        return done
    return f"{done}, " + gettext("%(count)s failed") % {"count": job["failed"]}


@register.simple_tag
def icon(name: str) -> SafeString:
    """One picture of the sprite, for eyes only."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )
