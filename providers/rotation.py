"""Sealing every provider key again, with the first of FIELD_ENCRYPTION_KEYS."""

from collections import Counter
from enum import StrEnum

from providers import encryption
from providers.encryption import CannotDecrypt
from providers.models import Provider


class Outcome(StrEnum):
    ROTATED = "sealed anew"
    CURRENT = "sealed with the newest key already"
    UNREADABLE = "cannot be decrypted"


def rotate() -> tuple[Counter[Outcome], list[str]]:
    """Counts by outcome, and a sentence for each key that no configured key opens.

    Each row changes only if it is still as it was read, so that two rotations at once, or an
    operator who enters a key meanwhile, do each other no harm.
    """
    counts: Counter[Outcome] = Counter()
    problems = []
    for provider in Provider.objects.exclude(sealed_key=""):
        try:
            counts[reseal(provider)] += 1
        except CannotDecrypt as problem:
            counts[Outcome.UNREADABLE] += 1
            problems.append(f"{provider.name}: its key cannot be decrypted. {problem}")
    return counts, problems


def reseal(provider: Provider) -> Outcome:
    before = provider.sealed_key
    if encryption.newest(before):
        return Outcome.CURRENT
    provider.key = provider.key
    same = Provider.objects.filter(pk=provider.pk, sealed_key=before)
    return Outcome.ROTATED if same.update(sealed_key=provider.sealed_key) else Outcome.CURRENT
