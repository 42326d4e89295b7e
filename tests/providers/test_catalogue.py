"""The catalogue: what it says is plausible, what it must not say is refused."""

from dataclasses import fields
from datetime import date, timedelta

import pytest

from providers.catalogue import FILE, Catalogue, CatalogueModel, Family, Parameter, load, parse
from providers.entries import Alias, normal, sides
from providers.kinds import CHAT_KINDS, COMPATIBLE, DEMO, KINDS
from providers.messages import ASPECT_RATIOS
from providers.sizes import value_of

CATALOGUE = load()
DAY = date(2026, 11, 23)
LONGEST_NOTE, LONGEST_NAME, LONGEST_ID, LONGEST_CALL = 300, 100, 200, 280

SMALL = """
as_of = 2026-11-23
aliases = [{ names = ["Brush"], kind = "acme", id = "brush-2", warn = "Brush 1 is gone." }]
[chat]
acme = "talk-1"
[default_family]
acme = "brush"
[sources]
acme = "Acme's price page"
[image.acme]
"brush-2" = { label = "Brush 2", family = "brush", price_micros = 40_000 }
"brush-1" = { label = "Brush 1", family = "brush", status = "retired", retires = 2026-05-12, replacement = "brush-2" }
[text.acme]
"talk-1" = { label = "Talk 1" }
[edit]
[vector]
[families.brush]
kind = "acme"
size_mode = "pixels"
size_fields = ["size"]
sizes = ["1024x1024"]
timeout = 60
steps = { field = "steps", min = 1, max = 50 }
[families.fine]
like = "brush"
timeout = 90
"""  # noqa: E501


def id_of(row: CatalogueModel | Family) -> str:
    return row.id if isinstance(row, CatalogueModel) else row.name


every_model = pytest.mark.parametrize("model", CATALOGUE.models, ids=id_of)
every_family = pytest.mark.parametrize("family", CATALOGUE.families.values(), ids=id_of)


def model_of(catalogue: Catalogue, kind: str, model_id: str) -> CatalogueModel:
    model = catalogue.find(kind, model_id)
    assert model is not None
    return model


# What the shipped file says


def test_every_kind_but_the_demo_is_described() -> None:
    assert set(CATALOGUE.default_family) == set(KINDS) - {DEMO}
    assert {model.kind for model in CATALOGUE.images()} == set(KINDS) - {DEMO}


def test_every_chat_default_answers_and_belongs_to_a_kind_that_can_chat() -> None:
    assert set(CATALOGUE.chat) < set(CHAT_KINDS)
    for kind, model_id in CATALOGUE.chat.items():
        assert model_of(CATALOGUE, kind, model_id).status == "live"


def test_every_key_is_explained_at_the_top_of_the_file() -> None:
    header = FILE.read_text(encoding="utf-8").split("as_of =")[0]
    given_by_place = {"name", "id", "purpose"}
    keys = {column.name for row in (CatalogueModel, Family, Alias) for column in fields(row)}
    assert [key for key in sorted(keys - given_by_place) if key not in header] == []


@every_model
def test_every_price_is_plausible(model: CatalogueModel) -> None:
    if model.price_micros is not None:
        assert 1_000 <= model.price_micros <= 500_000
    for per_million in (model.input_micros, model.output_micros):
        assert per_million is None or 10_000 <= per_million <= 100_000_000
    assert (model.input_micros is None) == (model.output_micros is None)


@every_model
def test_every_date_is_plausible(model: CatalogueModel) -> None:
    if model.retires:
        assert date(2025, 1, 1) <= model.retires <= date(2028, 12, 31)
        assert model.status != "retired" or model.retires <= CATALOGUE.as_of


@every_model
def test_every_row_fits_where_it_is_shown_and_stored(model: CatalogueModel) -> None:
    assert 0 < len(model.label) <= LONGEST_NAME
    assert model.id == model.id.lower()
    assert len(model.id) <= LONGEST_ID
    assert len(model.note) <= LONGEST_NOTE
    assert model.source


@every_model
def test_an_image_model_without_a_price_is_unverified_or_on_its_way_out(
    model: CatalogueModel,
) -> None:
    if model.purpose == "image" and model.price_micros is None:
        assert not model.verified or model.status in ("deprecated", "retired")


@every_model
def test_every_label_and_every_id_find_their_own_row(model: CatalogueModel) -> None:
    assert CATALOGUE.find(model.kind, model.id.upper()) is model
    assert CATALOGUE.named(model.label, model.kind) is model
    assert CATALOGUE.named(model.id, model.kind) is model


@every_family
def test_every_family_is_used_or_a_default_or_a_flavour(family: Family) -> None:
    used = {model.family for model in CATALOGUE.models} | set(CATALOGUE.default_family.values())
    assert family.name in used or family.kind == COMPATIBLE


@every_family
def test_every_limit_is_plausible(family: Family) -> None:
    assert 30 <= family.timeout <= LONGEST_CALL
    assert set(family.formats) <= {"png", "jpeg", "webp"}
    assert family.formats
    assert family.prompt_max is None or 1_000 <= family.prompt_max <= 32_000
    assert bool(family.regions) == (family.kind == "bedrock")
    assert bool(family.endpoint) == (family.kind == "stability")
    for text in family.sizes:
        assert all(256 <= side <= 4096 for side in sides(text))
    assert all(1 / 8 <= value_of(ratio) <= 8 for ratio in family.ratios)
    for numbers in (family.side_step, family.side_min, family.side_max):
        assert numbers is None or 8 <= numbers <= 4096
    assert family.area in (None, 1024 * 1024)


@every_family
@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("steps", 1, 100),
        ("guidance", 1, 20),
        ("seed", 0, 2**32 - 1),
        ("negative_prompt", 1_000, 10_000),
    ],
)
def test_every_range_is_plausible(family: Family, name: str, least: int, most: int) -> None:
    parameter: Parameter | None = getattr(family, name)
    if parameter is None:
        return
    assert parameter.field
    given = [n for n in (parameter.min, parameter.default, parameter.max) if n is not None]
    assert given == sorted(given)
    assert all(least <= number <= most for number in given)


@every_family
@pytest.mark.parametrize("ratio", [None, *ASPECT_RATIOS])
def test_every_shape_that_can_be_asked_for_is_allowed(family: Family, ratio: str | None) -> None:
    sent = family.size_for(ratio)
    assert tuple(sent) == family.size_fields
    if family.size_mode == "ratio":
        assert set(sent.values()) <= set(family.ratios)
        return
    width, height = family.pixels(ratio or "1:1")
    asked = value_of(ratio or "1:1")
    assert (width > height) == (asked > 1)
    assert (width < height) == (asked < 1)
    if family.sizes:
        assert f"{width}x{height}" in family.sizes
        return
    step, least, most = family.side_step or 1, family.side_min or 1, family.side_max or 10**6
    assert width % step == height % step == 0
    assert least <= min(width, height) <= max(width, height) <= most
    assert (family.area_min or 0) <= width * height <= (family.area or 0)
    assert width * height <= (family.area_max or 10**9)
    assert asked * 0.9 <= width / height <= asked * 1.1


@every_family
def test_a_square_is_asked_for_when_nothing_is(family: Family) -> None:
    assert family.size_for() == family.size_for("1:1")


# How it is read


def test_a_model_is_found_whatever_its_case_and_on_bedrock_with_a_region_profile() -> None:
    row = model_of(CATALOGUE, "bedrock", "stability.sd3-5-large-v1:0")
    assert CATALOGUE.find("bedrock", "US.Stability.SD3-5-large-v1:0") is row
    assert CATALOGUE.find("bedrock", "stability.stable-image-inpaint-v1:0") is not None
    assert CATALOGUE.find("openai", "us.gpt-image-2") is None
    assert CATALOGUE.find("bfl", "gpt-image-2") is None


def test_a_model_that_is_not_known_is_asked_like_the_default_of_its_kind() -> None:
    assert CATALOGUE.family("bfl", "flux-2-flex").name == "flux-2-flex"
    assert CATALOGUE.family("bfl", "flux-9").name == "flux-2"
    assert CATALOGUE.family("bedrock", "us.stability.sd3-5-large-v1:0").name == "bedrock-sd3"


def test_only_models_that_draw_from_words_are_offered() -> None:
    offered = CATALOGUE.images("recraft")
    assert {model.kind for model in offered} == {"recraft"}
    assert not any("vector" in model.id for model in offered)
    assert set(offered) < set(CATALOGUE.images())


def test_what_ends_within_sixty_days_is_told_in_order() -> None:
    ending = CATALOGUE.retiring(DAY)
    assert [model.id for model in ending[:3]] == [
        "gpt-image-1.5",
        "gpt-image-1-mini",
        "chatgpt-image-latest",
    ]
    days = [model.retires for model in ending if model.retires]
    assert days == sorted(days)
    assert all(DAY < day <= DAY + timedelta(days=60) for day in days)
    assert CATALOGUE.retiring(DAY, within_days=7) == ()


def test_a_deprecated_model_is_retired_from_its_day_on() -> None:
    model = model_of(CATALOGUE, "openai", "gpt-image-1.5")
    assert not model.is_retired(date(2026, 11, 30))
    assert model.is_retired(date(2026, 12, 1))
    assert CATALOGUE.successor(model) is CATALOGUE.find("openai", "gpt-image-2.5-flare")
    assert model not in CATALOGUE.retiring(date(2026, 12, 1))


@pytest.mark.parametrize("name", ["DALL·E 3", "dall_e__3", " Dall-E - 3\t", "DALL\u2011E 3"])
def test_names_are_compared_in_lower_case_with_one_kind_of_space(name: str) -> None:
    assert normal(name) == "dall e 3"


@pytest.mark.parametrize(("given", "fitted"), [(-3, 1), (7, 7), (900, 50), (2.5, 2.5)])
def test_a_number_is_fitted_into_its_range(given: float, fitted: float) -> None:
    assert Parameter("steps", min=1, max=50).fit(given) == fitted
    assert Parameter("free").fit(given) == given


def test_the_file_is_read_once_and_cannot_be_changed_by_a_reader() -> None:
    assert load() is CATALOGUE
    fixed = CATALOGUE.family("openai", "gpt-image-2").fixed
    assert {"quality": "medium"}.items() <= fixed.items()
    with pytest.raises(TypeError):
        fixed["quality"] = "max"  # type: ignore[index]


# What is refused


def test_a_small_file_is_read() -> None:
    catalogue = parse(SMALL)
    brush = model_of(catalogue, "acme", "brush-2")
    assert (brush.purpose, brush.source, brush.price_micros) == (
        "image",
        "Acme's price page",
        40000,
    )
    assert catalogue.families["fine"].timeout == 90
    assert catalogue.families["fine"].sizes == ("1024x1024",)


@pytest.mark.parametrize(
    ("right", "wrong", "sentence"),
    [
        ("as_of = 2026-11-23", "as_of = 2026-13-41", "line 2"),
        ("as_of = 2026-11-23", 'as_of = "today"', "catalogue: as_of must be a date"),
        ("as_of = 2026-11-23", "as_of = 2026-11-23T10:00:00", "as_of must be a date"),
        ("as_of = 2026-11-23", "", "catalogue: missing key as_of"),
        ("[edit]", "[edits]", "catalogue: unknown key edits"),
        ("[edit]", "[edit]\nacme = 1", "edit.acme: must be a table"),
        ("[edit]", "[edit.other]", "edit.other: a kind without"),
        ("price_micros = 40_000", "price = 40_000", "image.acme.brush-2: unknown key price"),
        ("price_micros = 40_000", "price_micros = 0", "image.acme.brush-2: price_micros must be"),
        ("price_micros = 40_000", "price_micros = 0.04", "price_micros must be a whole number"),
        ("price_micros = 40_000", "price_micros = true", "price_micros must be a whole number"),
        ("price_micros = 40_000", 'id = "x"', "image.acme.brush-2: unknown key id"),
        ("price_micros = 40_000", 'base_url = "http://a"', "brush-2: base_url must start with"),
        ('label = "Brush 2", ', "", "image.acme.brush-2: missing key label"),
        ('label = "Brush 2"', "label = 2", "image.acme.brush-2: label must be text"),
        ('{ label = "Talk 1" }', '"Talk"', "text.acme.talk-1: must be a table"),
        ('label = "Talk 1"', 'label = "T", family = "brush"', "talk-1: only image models have"),
        ('label = "Talk 1"', 'label = "T", retires = 2027-01-01', "talk-1: a live model has"),
        ('"Brush 2", family = "brush"', '"B"', "brush-2: acme has no family ''"),
        ('"Brush 2", family = "brush"', '"B", family = "pen"', "acme has no family 'pen'"),
        ("retires = 2026-05-12", 'retires = "May"', "brush-1: retires must be a date"),
        ('status = "retired"', 'status = "dead"', "brush-1: status must be one of"),
        ('replacement = "brush-2"', 'replacement = "pen-2"', "brush-1: the replacement 'pen-2'"),
        ('replacement = "brush-2"', 'replacement = "talk-1"', "is no living image model"),
        ('replacement = "brush-2"', 'replacement = "brush-1"', "is no living image model"),
        ('"brush-1" =', '"BRUSH-2" =', "image.acme.BRUSH-2: the id is listed twice"),
        ('id = "brush-2", warn', 'id = "pen-2", warn', "alias Brush: acme has no image model"),
        ('id = "brush-2", warn', 'id = "talk-1", warn', "alias Brush: acme has no image model"),
        ('id = "brush-2", warn', 'id = "brush-1", warn', "alias Brush: enabled must say"),
        ('["Brush"]', '["Brush", "brush"]', "is there twice"),
        ('["Brush"]', '"Brush"', r"aliases\[0\]: names must be a list of texts"),
        ("warn =", "warning =", r"aliases\[0\]: unknown key warning"),
        ('warn = "', 'alternatives = { acme = 1 }, warn = "', "must be a table of texts"),
        ('acme = "talk-1"', 'acme = "brush-2"', "chat: acme has no text model 'brush-2'"),
        ('acme = "brush"', 'acme = "pen"', "default_family: acme has no family 'pen'"),
        ("timeout = 60", "", "families.brush: missing key timeout"),
        ("timeout = 60", "timeout = 60\nname = 'x'", "families.brush: unknown key name"),
        ('size_mode = "pixels"', 'size_mode = "some"', "families.brush: size_mode must be"),
        ('size_mode = "pixels"', 'size_mode = "none"', "brush: size_fields does not fit"),
        ('sizes = ["1024x1024"]', 'ratios = ["1:1"]', "brush: pixels need either"),
        ('sizes = ["1024x1024"]', "side_step = 16", "brush: side_step needs an area"),
        ('sizes = ["1024x1024"]', 'sizes = ["square"]', "'square' is no size"),
        ("min = 1, max", "least = 1, max", "families.brush: steps: unknown key least"),
        ("min = 1, max", 'min = "1", max', "families.brush: steps: min must be a number"),
        ('like = "brush"', 'like = "fine"', "families.fine: like must name a family"),
        ('like = "brush"', 'like = ["brush"]', "families.fine: like must name a family"),
    ],
)
def test_a_wrong_row_is_named(right: str, wrong: str, sentence: str) -> None:
    assert right in SMALL
    with pytest.raises(ValueError, match=sentence):
        parse(SMALL.replace(right, wrong))
