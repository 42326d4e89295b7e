"""Which languages the interface speaks: English, and those that have a catalogue."""

from pathlib import Path

from django.conf.locale import LANG_INFO


def languages(folder: Path) -> list[tuple[str, str]]:
    """The code and the own name of each, as LANGUAGES wants them. A catalogue counts when it is
    compiled; languages that only Django itself speaks would make half a page."""
    found = sorted(file.parts[-3] for file in folder.glob("*/LC_MESSAGES/django.mo"))
    codes = ["en", *(name.replace("_", "-").lower() for name in found)]
    return [(code, LANG_INFO.get(code, {}).get("name_local", code)) for code in codes]
