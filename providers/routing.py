"""From the name that an operator typed to the provider and the model id that it means.

In this order: an explicit kind; a known word before a colon; a slash, which says that the id
belongs to an aggregator; an id of the catalogue; an alias or a label; how a name begins; a base
URL. Nothing unknown is ever sent to a default host.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from providers.catalogue import Alias, CatalogueModel, load
from providers.entries import id_key
from providers.kinds import (
    CHAT_KINDS,
    COMPATIBLE,
    DEMO,
    KINDS,
    UnroutableName,
    beginning_of,
    kind_named,
    shown,
    supported,
)

__all__ = ["KINDS", "Route", "UnroutableName", "resolve", "resolve_chat"]

# An id becomes part of an address at most providers.
_ID = re.compile(r"[A-Za-z0-9](?!.*\.\.)[A-Za-z0-9._:/@+-]{0,199}")

_REFUSALS = {
    "text": "is a text model and cannot draw. Name an image model.",
    "edit": "changes pictures and cannot draw from words alone. Name an image model.",
    "vector": "draws SVG, which is not accepted here. Name a model that draws pixels.",
}


@dataclass(frozen=True, slots=True)
class Route:
    """Where a name leads. `label` is the catalogue's name for the model, else the one typed.

    `base_url` "" is the kind's own. `price_micros` None is unknown. `warning` is text for the
    operator. Not `enabled`: nothing draws under this name any more, and the warning says why.
    """

    kind: str
    model_id: str
    label: str
    price_micros: int | None = None
    warning: str = ""
    enabled: bool = True
    base_url: str = ""


@dataclass(frozen=True, slots=True)
class _Request:
    """What was asked for: `text` is the id if one was given, else the name."""

    text: str
    name: str
    id_given: bool
    base_url: str
    configured: frozenset[str]
    today: date


def resolve(
    name: str,
    *,
    kind: str = "",
    model_id: str = "",
    base_url: str = "",
    configured: Collection[str] = (),
    today: date | None = None,
) -> Route:
    """The route of an image model, or UnroutableName.

    `configured` are the kinds that have an account: a model that is to be had at several kinds is
    taken from one of these. A retired model leads to its successor, with a warning; only an id
    that comes with a kind and a base URL is kept, since the server there may well have it.
    """
    asked = _Request(
        text=model_id.strip() or name.strip(),
        name=name.strip(),
        id_given=bool(model_id.strip()),
        base_url=base_url.strip(),
        configured=frozenset(map(kind_named, configured)),
        today=today or date.today(),
    )
    if kind.strip():
        return _at(supported(kind_named(kind), kind), asked)
    word, colon, rest = asked.text.partition(":")
    if colon and kind_named(word):
        name = asked.name if asked.id_given else rest.strip()
        return _at(supported(kind_named(word), word), replace(asked, text=rest.strip(), name=name))
    return _anywhere(asked)


def resolve_chat(kind: str, model_id: str = "", *, today: date | None = None) -> str:
    """The id of the model that enhances prompts at this kind, or UnroutableName.

    Without an id the catalogue chooses. A retired id leads to its successor.
    """
    kind = supported(kind_named(kind), kind)
    if kind not in CHAT_KINDS:
        raise UnroutableName(f"{kind} cannot enhance prompts. Name one of {', '.join(CHAT_KINDS)}.")
    text = model_id.strip() or load().chat.get(kind, "")
    if not text:
        raise UnroutableName(f"{kind} has no chat model of its own. Give the model's id.")
    known = load().find(kind, text) or load().find_anywhere(text)
    if known and known.purpose != "text":
        raise UnroutableName(f"{known.label} ({known.id}) cannot chat. Give a chat model's id.")
    if known is None or known.kind != kind:
        return _checked_id(kind, text)
    heir = load().successor(known) if known.is_retired(today or date.today()) else None
    return heir.id if heir else _sent_id(known, text)


def _at(kind: str, asked: _Request) -> Route:
    """The route when the kind is certain."""
    if not asked.text:
        raise UnroutableName(f"{kind} needs the name or the id of a model.")
    if kind == DEMO:
        return Route(DEMO, asked.text, asked.name or asked.text, 0, base_url=asked.base_url)
    pinned = bool(asked.base_url)
    exact = load().find(kind, asked.text)
    if exact or asked.id_given:
        return _settled(exact, asked, pinned) if exact else _as_typed(kind, asked)
    alias = load().alias(asked.text)
    if alias and alias.id_at(kind):
        return _aliased(alias, kind, asked, pinned)
    named = load().named(asked.text, kind)
    return _settled(named, asked, pinned) if named else _as_typed(kind, asked)


def _anywhere(asked: _Request) -> Route:
    """The route when only the name can tell the kind."""
    if not asked.text:
        raise UnroutableName("A model needs a name or an id.")
    if "/" in asked.text:
        return _unknown(asked)
    exact = load().find_anywhere(asked.text)
    if exact:
        return _settled(exact, asked)
    alias = load().alias(asked.text)
    if alias:
        return _aliased(alias, _available(alias, asked.configured), asked)
    named = load().named(asked.text)
    return _settled(named, asked) if named else _by_beginning(asked)


def _by_beginning(asked: _Request) -> Route:
    beginning = beginning_of(asked.text)
    if beginning is None:
        return _unknown(asked)
    alias = load().alias(beginning.alias)
    if alias:
        return _aliased(alias, alias.kind, asked)
    if not beginning.kind:
        raise UnroutableName(f"{shown(asked.text)} {_REFUSALS['text']}")
    kind = supported(beginning.kind, asked.text)
    if kind == "stability" and "bedrock" in asked.configured and kind not in asked.configured:
        kind = "bedrock"
    return _as_typed(kind, replace(asked, base_url=asked.base_url or beginning.base_url))


def _unknown(asked: _Request) -> Route:
    if asked.base_url:
        return _as_typed(COMPATIBLE, asked)
    raise UnroutableName(
        f"{shown(asked.text)} does not tell whose model it is. "
        f"Name a provider ({', '.join(KINDS)}) or a base URL."
    )


def _available(alias: Alias, configured: frozenset[str]) -> str:
    """The alias's own kind, unless only another one that has the model is configured."""
    offering = [alias.kind, *alias.alternatives]
    return next((kind for kind in offering if kind in configured), alias.kind)


def _aliased(alias: Alias, kind: str, asked: _Request, pinned: bool = False) -> Route:
    route = _settled(load().model(kind, alias.id_at(kind)), asked, pinned and alias.enabled)
    if not alias.warn or kind != alias.kind:
        return route
    used = f"{alias.warn} {route.label} ({route.model_id}) is used instead."
    return replace(route, warning=f"{used} {route.warning}".strip())


def _settled(model: CatalogueModel, asked: _Request, pinned: bool = False) -> Route:
    """The route to a model of the catalogue, or to its successor."""
    if model.purpose != "image":
        raise UnroutableName(f"{model.label} ({model.id}) {_REFUSALS[model.purpose]}")
    if not model.is_retired(asked.today):
        return _route(model, asked, _farewell(model))
    gone = f"{model.label} was retired{f' on {model.retires}' if model.retires else ''}"
    if pinned:
        return _route(model, asked, f"{gone}. It is kept, because a base URL was given.")
    heir = load().successor(model)
    if heir:
        return _route(heir, asked, f"{gone}. {heir.label} ({heir.id}) is used instead.")
    warning = f"{gone} and has no successor, so it is switched off. {model.note}".strip()
    return replace(_route(model, asked, warning), enabled=False)


def _farewell(model: CatalogueModel) -> str:
    if model.status != "deprecated":
        return ""
    end = f"will be retired on {model.retires}" if model.retires else "is being phased out"
    return f"{model.label} {end}. Its successor is {model.replacement or 'not known'}."


def _route(model: CatalogueModel, asked: _Request, warning: str) -> Route:
    return Route(
        kind=model.kind,
        model_id=_sent_id(model, asked.text),
        label=model.label,
        price_micros=model.price_micros,
        warning=warning,
        base_url=asked.base_url or model.base_url,
    )


def _sent_id(model: CatalogueModel, text: str) -> str:
    """The model's id, or on Bedrock the region profile of it that was typed."""
    profile = id_key(model.kind, text) == id_key(model.kind, model.id) != text.lower()
    return text.lower() if profile else model.id


def _as_typed(kind: str, asked: _Request) -> Route:
    """The route to an id that the catalogue does not know: it may be newer."""
    known = load().find_anywhere(asked.text)
    if known and known.purpose != "image":
        raise UnroutableName(f"{known.label} ({known.id}) {_REFUSALS[known.purpose]}")
    if kind == COMPATIBLE and not asked.base_url:
        raise UnroutableName(f"{kind} needs a base URL, such as https://example.com/v1.")
    model_id = _checked_id(kind, asked.text)
    return Route(kind, model_id, asked.name or model_id, base_url=asked.base_url)


def _checked_id(kind: str, text: str) -> str:
    """The text, if it can be an id. Servers of one's own may name models as they like."""
    if kind == COMPATIBLE and text.isprintable() and len(text) <= 200:
        return text
    if not _ID.fullmatch(text):
        raise UnroutableName(f"{shown(text)} is not known at {kind}. Give the model's id.")
    return text
