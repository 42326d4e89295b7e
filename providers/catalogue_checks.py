"""What must hold between the rows of the catalogue. Each check yields sentences about the rows."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from providers.entries import SIZE_MODES, STATUSES, Alias, CatalogueModel, Family, id_key, normal

ModelById = Mapping[tuple[str, str], CatalogueModel]

_SIZE = re.compile(r"\d{2,5}x\d{2,5}")
_RATIO = re.compile(r"\d+(\.\d+)?:\d+(\.\d+)?")


def family_problems(families: Collection[Family]) -> Iterator[str]:
    """Sizes that could not be asked for."""
    for family in families:
        where = f"families.{family.name}"
        if family.size_mode not in SIZE_MODES:
            yield f"{where}: size_mode must be one of {', '.join(SIZE_MODES)}"
        if family.size_mode == "pixels" and bool(family.sizes) == bool(family.side_step):
            yield f"{where}: pixels need either sizes or side_step"
        if family.side_step and not family.area:
            yield f"{where}: side_step needs an area"
        if len(family.size_fields) not in _FIELD_COUNTS.get(family.size_mode, ()):
            yield f"{where}: size_fields does not fit size_mode"
        if (family.size_mode == "ratio") != bool(family.ratios):
            yield f"{where}: ratios go with the size_mode ratio, and with no other"
        for text in (*family.sizes, *family.ratios):
            if not (_SIZE if text in family.sizes else _RATIO).fullmatch(text):
                yield f"{where}: {text!r} is no size and no ratio"


_FIELD_COUNTS = {"pixels": (1, 2), "ratio": (1,), "none": (0,)}


def model_problems(
    models: Collection[CatalogueModel], families: Mapping[str, Family]
) -> Iterator[str]:
    """Rows that name what does not exist, or contradict themselves."""
    by_id = {model.id: model for model in models}
    seen = Counter(id_key(model.kind, model.id) for model in models)
    for model in models:
        where = f"{model.purpose}.{model.kind}.{model.id}"
        if seen[id_key(model.kind, model.id)] > 1:
            yield f"{where}: the id is listed twice"
        if model.base_url and not model.base_url.startswith("https://"):
            yield f"{where}: base_url must start with https://"
        yield from _family_problems(model, families, where)
        yield from _lifecycle_problems(model, by_id, where)


def _family_problems(
    model: CatalogueModel, families: Mapping[str, Family], where: str
) -> Iterator[str]:
    family = families.get(model.family)
    if model.purpose != "image" and model.family:
        yield f"{where}: only image models have a family"
    if model.purpose == "image" and (family is None or family.kind != model.kind):
        yield f"{where}: {model.kind} has no family {model.family!r}"


def _lifecycle_problems(
    model: CatalogueModel, by_id: Mapping[str, CatalogueModel], where: str
) -> Iterator[str]:
    if model.status not in STATUSES:
        yield f"{where}: status must be one of {', '.join(STATUSES)}"
    if model.status in ("live", "preview") and (model.retires or model.replacement):
        yield f"{where}: a {model.status} model has neither retires nor replacement"
    heir = by_id.get(model.replacement)
    if model.replacement and heir is None:
        yield f"{where}: the replacement {model.replacement!r} does not exist"
    if heir and (heir.purpose != model.purpose or heir.status not in ("live", "preview")):
        yield f"{where}: the replacement {heir.id!r} is no living {model.purpose} model"


def alias_problems(aliases: Collection[Alias], models: ModelById) -> Iterator[str]:
    """Names that lead nowhere, or to two places."""
    seen = Counter(normal(name) for alias in aliases for name in alias.names)
    for alias in aliases:
        where = f"alias {', '.join(alias.names)}"
        yield from (f"{where}: {n!r} is there twice" for n in alias.names if seen[normal(n)] > 1)
        for kind, model_id in {alias.kind: alias.id, **alias.alternatives}.items():
            target = models.get((kind, id_key(kind, model_id)))
            if target is None or target.purpose != "image":
                yield f"{where}: {kind} has no image model {model_id!r}"
            elif kind == alias.kind and alias.enabled == (target.status == "retired"):
                yield f"{where}: enabled must say whether {model_id!r} can be had"


def default_problems(
    chat: Mapping[str, str],
    default_family: Mapping[str, str],
    models: ModelById,
    families: Mapping[str, Family],
) -> Iterator[str]:
    """Defaults that do not exist."""
    for kind, model_id in chat.items():
        model = models.get((kind, id_key(kind, model_id)))
        if model is None or model.purpose != "text" or model.status == "retired":
            yield f"chat: {kind} has no text model {model_id!r}"
    for kind, name in default_family.items():
        if name not in families or families[name].kind != kind:
            yield f"default_family: {kind} has no family {name!r}"
