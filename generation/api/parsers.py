"""Reading JSON strictly: what is not plain, bounded JSON is refused before fields are looked at."""

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from generation.api.bodies import MAX_BODY, drain
from generation.api.errors import Refusal, invalid

MAX_DEPTH = 20


class StrictJSONParser(BaseParser):
    """JSON objects of at most 64 KiB and 20 levels. No NaN, no repeated names, no lone surrogates.

    Takes every content type, so that it can answer a wrong one with advice. None at all counts as
    JSON.
    """

    media_type = "*/*"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        kind = (media_type or "").partition(";")[0].strip().lower()
        if kind and kind != "application/json" and not kind.endswith("+json"):
            raise UnsupportedMediaType(kind)
        raw = stream.read(MAX_BODY + 1)
        if len(raw) > MAX_BODY:
            drain(stream)
            raise Refusal("PAYLOAD_TOO_LARGE", f"The request body is larger than {MAX_BODY} bytes.")
        return loads(raw)


def loads(raw: bytes) -> dict[str, Any]:
    try:
        text = raw.decode("utf-8-sig")
        parsed = json.loads(text, parse_constant=refuse_constant, object_pairs_hook=unique)
    except (ValueError, RecursionError) as problem:
        raise Refusal("INVALID_JSON", "Invalid JSON in request body") from problem
    if not isinstance(parsed, dict):
        raise invalid("body", "object", "The request body must be a JSON object.")
    inspect(parsed, MAX_DEPTH)
    return parsed


def refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object without repeated names: readers disagree about which of two values counts."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is repeated")
    return found


def inspect(value: Any, depth: int) -> None:
    """Refuse nesting beyond the bound, and text that is no text: NUL and lone surrogates."""
    if depth == 0:
        raise invalid("body", "depth", f"The request body nests deeper than {MAX_DEPTH} levels.")
    if isinstance(value, str):
        inspect_text(value)
    elif isinstance(value, dict):
        for name, member in value.items():
            inspect_text(name)
            inspect(member, depth - 1)
    elif isinstance(value, list):
        for member in value:
            inspect(member, depth - 1)


def inspect_text(text: str) -> None:
    if "\0" in text:
        raise invalid("body", "text", "The request holds a NUL character, which is no text.")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise invalid("body", "text", "The request holds half of a surrogate pair: broken text.")


class AlwaysJSON(BaseContentNegotiation):
    """The API speaks JSON, whatever the Accept header says, as the first API did."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type
