"""Promises that the pages' sources keep: no inline code, no missing word, no missing icon."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").glob("*.html"))
SCRIPTS = sorted(Path(settings.BASE_DIR, "static", "js").glob("*.js"))
LONGEST_SCRIPT = 150


def source(paths: list[Path]) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_page_holds_code_or_styles_of_its_own(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text, re.IGNORECASE)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"https?://(?!www\.w3\.org)", text)


def test_every_word_that_scripts_say_is_in_the_page() -> None:
    kept = set(re.findall(r'<data value="([\w-]+)">', source(TEMPLATES)))
    said = set(re.findall(r'word\(\s*"([\w-]+)"', source(SCRIPTS)))
    counted = set(re.findall(r'counted\(\s*"([\w-]+)"', source(SCRIPTS)))
    said |= {f"{name}-{count}" for name in counted for count in ("one", "other")}
    assert said == kept


def test_every_icon_is_in_the_sprite() -> None:
    sprite = Path(settings.BASE_DIR, "static", "icons.svg").read_text(encoding="utf-8")
    drawn = set(re.findall(r'id="([\w-]+)"', sprite))
    assert set(re.findall(r'{% icon "([\w-]+)" %}', source(TEMPLATES))) == drawn


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_short_and_hold_neither_markup_nor_class_names(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert len(text.splitlines()) < LONGEST_SCRIPT
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", text)
    assert not re.search(r"classList|className|\beval\b|new Function", text)
    assert not re.search(r"https?://|[\"'`]/[a-z]", text)
