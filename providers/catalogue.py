"""What is known about each provider's models: `catalogue.toml`, read once and checked strictly.

The keys are explained at the top of that file. Whatever does not fit raises a `ValueError` that
names the row.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from providers.catalogue_checks import (
    alias_problems,
    default_problems,
    family_problems,
    model_problems,
)
from providers.entries import PURPOSES, Alias, CatalogueModel, Family, Parameter, id_key, normal
from providers.tables import read

__all__ = ["Alias", "Catalogue", "CatalogueModel", "Family", "Parameter", "load", "parse"]

FILE = Path(__file__).with_name("catalogue.toml")


@dataclass(frozen=True)
class Catalogue:
    """All that is known. Look-ups ignore case; prices and dates are those of `as_of`."""

    as_of: date
    models: tuple[CatalogueModel, ...]
    families: Mapping[str, Family]
    aliases: tuple[Alias, ...]
    chat: Mapping[str, str]
    default_family: Mapping[str, str]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of providers that are described here."""
        return tuple(self.default_family)

    def images(self, kind: str = "") -> tuple[CatalogueModel, ...]:
        """The models that draw from words alone, of one kind or of all."""
        return tuple(m for m in self.models if m.purpose == "image" and kind in ("", m.kind))

    def find(self, kind: str, model_id: str) -> CatalogueModel | None:
        """The row of an id; on Bedrock with or without a region profile such as "us."."""
        return self._rows.get((kind, id_key(kind, model_id)))

    def model(self, kind: str, model_id: str) -> CatalogueModel:
        """The row of an id that the catalogue itself names; KeyError for any other."""
        return self._rows[kind, id_key(kind, model_id)]

    def find_anywhere(self, model_id: str) -> CatalogueModel | None:
        """The row of an id, whatever its kind."""
        return next(filter(None, (self.find(kind, model_id) for kind in self.kinds)), None)

    def alias(self, name: str) -> Alias | None:
        """The alias that one of its names stands for."""
        return self._aliases.get(normal(name))

    def named(self, name: str, kind: str = "") -> CatalogueModel | None:
        """The model whose id, or else whose label, reads like this name; of one kind or of any."""
        wanted = normal(name)
        mine = [model for model in self.models if kind in ("", model.kind)]
        by_id = (model for model in mine if normal(model.id) == wanted)
        by_label = (model for model in mine if normal(model.label) == wanted)
        return next(chain(by_id, by_label), None)

    def family(self, kind: str, model_id: str) -> Family:
        """How to ask this model; an id that is not known is asked like its kind's default."""
        model = self.find(kind, model_id)
        return self.families[(model and model.family) or self.default_family[kind]]

    def successor(self, model: CatalogueModel) -> CatalogueModel | None:
        """The model that stands in for a retired one."""
        return self.find_anywhere(model.replacement) if model.replacement else None

    def retiring(self, today: date, within_days: int = 60) -> tuple[CatalogueModel, ...]:
        """Models that answer today and will not in so many days, the next to go first."""
        last = today + timedelta(days=within_days)
        dated = [(model.retires, model) for model in self.models if model.retires]
        ending = [(day, m) for day, m in dated if day <= last and not m.is_retired(today)]
        return tuple(model for _, model in sorted(ending, key=lambda pair: pair[0]))

    @cached_property
    def _rows(self) -> dict[tuple[str, str], CatalogueModel]:
        return {(model.kind, id_key(model.kind, model.id)): model for model in self.models}

    @cached_property
    def _aliases(self) -> dict[str, Alias]:
        return {normal(name): alias for alias in self.aliases for name in alias.names}

    def problems(self) -> Iterator[str]:
        """Sentences about rows that contradict each other."""
        yield from family_problems(self.families.values())
        yield from model_problems(self.models, self.families)
        yield from alias_problems(self.aliases, self._rows)
        yield from default_problems(self.chat, self.default_family, self._rows, self.families)


@dataclass(frozen=True)
class _File:
    """The top of the file."""

    as_of: date
    aliases: tuple[Any, ...]
    chat: Mapping[str, str]
    default_family: Mapping[str, str]
    sources: Mapping[str, str]
    families: Mapping[str, Any]
    image: Mapping[str, Any]
    text: Mapping[str, Any]
    edit: Mapping[str, Any]
    vector: Mapping[str, Any]


@cache
def load() -> Catalogue:
    """The catalogue that is shipped with this code."""
    return parse(FILE.read_text(encoding="utf-8"))


def parse(text: str) -> Catalogue:
    """A catalogue from TOML, or a ValueError with a sentence for each row that is wrong."""
    file = read(_File, tomllib.loads(text), "catalogue")
    catalogue = Catalogue(
        as_of=file.as_of,
        models=tuple(_models(file)),
        families={name: _family(name, file.families) for name in file.families},
        aliases=tuple(read(Alias, row, f"aliases[{i}]") for i, row in enumerate(file.aliases)),
        chat=file.chat,
        default_family=file.default_family,
    )
    problems = list(catalogue.problems())
    if problems:
        raise ValueError("; ".join(problems))
    return catalogue


def _models(file: _File) -> Iterator[CatalogueModel]:
    for purpose in PURPOSES:
        for kind, rows in getattr(file, purpose).items():
            if kind not in file.default_family or kind not in file.sources:
                raise ValueError(f"{purpose}.{kind}: a kind without default_family or sources")
            for model_id, row in _table(rows, f"{purpose}.{kind}").items():
                where = f"{purpose}.{kind}.{model_id}"
                sourced = {"source": file.sources[kind]} | _table(row, where)
                yield read(CatalogueModel, sourced, where, kind=kind, id=model_id, purpose=purpose)


def _family(name: str, tables: Mapping[str, Any]) -> Family:
    where = f"families.{name}"
    table = dict(_table(tables[name], where))
    like = table.pop("like", None)
    if like is None:
        return read(Family, table, where, name=name)
    base = tables.get(like) if isinstance(like, str) else None
    if not isinstance(base, dict) or "like" in base:
        raise ValueError(f"{where}: like must name a family that stands by itself, not {like!r}")
    return read(Family, base | table, where, name=name)


def _table(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{where}: must be a table")
    return value
