"""Screening prompts with the terms in force, which are compiled once per change of theirs."""

import logging
from threading import Lock

from generation.gates.content import ContentFilter
from generation.models import AllowedPhrase, BlockedTerm

log = logging.getLogger(__name__)


class Inappropriate(Exception):
    """A text that holds a blocked term. It does not say which."""


def check(prompt: str) -> None:
    """Let a prompt pass, or raise Inappropriate. The log tells the categories and no word of it.

    Only what is to be drawn is checked: a negative prompt names what to keep out of the picture,
    and naming it there is no offence.
    """
    matches = in_force().matches(prompt)
    if matches:
        log.info("A text was refused: %s", ", ".join(sorted({match.category for match in matches})))
        raise Inappropriate


class Compiled:
    """The filter of this process and the terms' versions that it was made from."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.made: tuple[object, ContentFilter] | None = None

    def get(self) -> ContentFilter:
        versions = (BlockedTerm.objects.version(), AllowedPhrase.objects.version())
        with self.lock:
            if self.made is None or self.made[0] != versions:
                self.made = versions, from_rows()
            return self.made[1]


compiled = Compiled()


def in_force() -> ContentFilter:
    """The filter by the terms as they are now: an edit counts at once, in every process."""
    return compiled.get()


def from_rows() -> ContentFilter:
    blocked = BlockedTerm.objects.filter(enabled=True).values_list("text", "category")
    allowed = AllowedPhrase.objects.filter(enabled=True).values_list("text", flat=True)
    return ContentFilter(blocked, allowed)
