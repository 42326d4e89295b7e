"""Whether a reader has the current version already."""

from django.utils.http import parse_etags


def matches(if_none_match: str, etag: str) -> bool:
    """Whether the header If-None-Match names this ETag. A weak one of the same value counts."""
    given = [tag.removeprefix("W/") for tag in parse_etags(if_none_match)]
    return etag in given or "*" in given
