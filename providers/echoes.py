"""A key as a careless server may send it back."""

import json
from base64 import b64encode, urlsafe_b64encode
from functools import lru_cache
from urllib.parse import quote, quote_plus


@lru_cache(maxsize=64)
def spellings(key: str) -> tuple[str, ...]:
    """The key and its parts as they are, in base64, as in an address and as in JSON; the longest
    first."""
    parts = {part for part in (key, *key.split(":")) if part}
    encoded = {
        code(part.encode()).decode().rstrip("=")
        for part in parts
        for code in (b64encode, urlsafe_b64encode)
    }
    quoted = {written for part in parts for written in (quote(part, safe=""), quote_plus(part))}
    escaped = {json.dumps(part)[1:-1] for part in parts}
    return tuple(sorted(parts | encoded | quoted | escaped, key=len, reverse=True))
