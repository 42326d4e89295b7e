"""docs/providers.md says what the code does."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from providers.addresses import PrivateHosts
from providers.base import Adapter
from providers.catalogue import load
from providers.entries import CatalogueModel
from providers.kinds import COMPATIBLE, DEMO
from providers.messages import Account, ImageRequest
from providers.painters import PAINTERS
from providers.registry import ADAPTERS, LABELS
from providers.slots import read_slots
from providers.transport import Transport

PAGE = (Path(__file__).parents[1] / "docs" / "providers.md").read_text(encoding="utf-8")
FATES = "| aspect ratio | negative prompt | steps | guidance | seed |"
NAMES = ("aspectRatio", "negativePrompt", "steps", "guidance", "seed")
REQUEST = ImageRequest(
    "a red fox", negative_prompt="rain", aspect_ratio="16:9", steps=20, guidance=4.0, seed=7
)
KINDS = list(LABELS)


def section(kind: str) -> str:
    """What is said of a kind, from its heading to the next one."""
    heading = re.escape(f"## {LABELS[kind]} (`{kind}`)\n")
    found = re.findall(rf"^{heading}(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert len(found) == 1, f"{kind} has {len(found)} sections"
    return str(found[0])


def tables(text: str) -> Iterator[list[list[str]]]:
    """Every table, as rows of cells, its heading first."""
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        rows = [re.split(r"(?<!\\)\|", line.strip("|\n")) for line in block.splitlines()]
        yield [[cell.strip() for cell in row] for n, row in enumerate(rows) if n != 1]


def rows_under(text: str, column: str) -> list[list[str]]:
    return [row for heading, *rows in tables(text) if column in heading for row in rows]


def ids_in(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def price_of(model: CatalogueModel) -> str:
    if model.price_micros is None:
        return "unknown"
    return "$" + f"{model.price_micros / 1_000_000:.6f}".rstrip("0").rstrip(".")


def adapter(kind: str, name: str) -> Adapter:
    """An adapter for a model, or for a server's flavour."""
    options = {"flavour": name} if kind == COMPATIBLE and name in load().families else {"delay": 0}
    account = Account(kind, "key", "https://example.com/v1", options=options)
    return ADAPTERS[kind](account, name, Transport(timeout=20))


def fates(kind: str, name: str) -> list[str]:
    """What becomes of each parameter, in the order of the table's columns."""
    asked = adapter(kind, name)
    if kind == DEMO:
        told = asked.generate(REQUEST).parameters
    else:
        asked.prompt(REQUEST), asked.size(REQUEST), asked.parameters(REQUEST)
        told = asked.report.complete(REQUEST)
    return [told[parameter]["fate"] for parameter in NAMES]


def test_every_kind_has_a_section_and_an_adapter() -> None:
    assert set(KINDS) == set(ADAPTERS)
    found = re.findall(r"^## .+ \(`(.+)`\)$", PAGE, re.MULTILINE)
    assert sorted(found) == sorted(KINDS)


def test_it_is_as_old_as_the_catalogue() -> None:
    assert f"as of {load().as_of}" in " ".join(PAGE.split())


@pytest.mark.parametrize("kind", KINDS)
def test_a_section_says_how_to_get_a_key_what_it_costs_and_where_it_ends(kind: str) -> None:
    text = section(kind)
    for word in ("**Key.**", "rices", "**Limits.**", "MODEL_COUNT="):
        assert word in text, word
    assert ADAPTERS[kind].default_base_url in text


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != DEMO])
def test_every_model_that_answers_is_listed_at_its_price(kind: str) -> None:
    catalogue = load()
    listed = {
        ids_in(model_id)[0]: price for model_id, _, price, _ in rows_under(section(kind), "price")
    }
    for model in catalogue.images(kind):
        if not model.is_retired(catalogue.as_of):
            assert model.id in listed, f"{model.id} is missing"
    for model_id, price in listed.items():
        assert price == price_of(catalogue.model(kind, model_id)), model_id


@pytest.mark.parametrize("kind", KINDS)
def test_what_becomes_of_each_parameter_is_true(kind: str) -> None:
    rows = rows_under(section(kind), "guidance")
    assert rows
    for row in rows:
        told = [re.split(r"\W", cell)[0] for cell in row[1:]]
        for name in ids_in(row[0]):
            assert told == fates(kind, name), name


def test_every_family_that_is_in_use_has_a_row() -> None:
    catalogue = load()
    for kind in catalogue.kinds:
        rows = rows_under(section(kind), "guidance")
        shown = {adapter(kind, name).family.name for row in rows for name in ids_in(row[0])}
        used = {m.family for m in catalogue.images(kind) if not m.is_retired(catalogue.as_of)}
        assert used <= shown


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_leads_to_this_kind(kind: str) -> None:
    examples = re.findall(r"^```\n(.*?)^```$", section(kind), re.MULTILINE | re.DOTALL)
    for example in examples:
        source = dict(line.split("=", 1) for line in example.splitlines())
        hosts = PrivateHosts.parse(source.get("ALLOWED_PRIVATE_HOSTS", "").split(","))
        slots, problems = read_slots(source, private_hosts=hosts)
        assert problems == []
        assert slots
        for slot in slots:
            assert slot.route is not None
            assert slot.route.kind == kind, slot.name
            assert slot.route.enabled


def test_every_enhancer_is_named_where_its_kind_is() -> None:
    for kind, model_id in load().chat.items():
        assert f"`{model_id}`" in section(kind)


def test_every_painter_and_every_flavour_is_named() -> None:
    for name in PAINTERS:
        assert f"`{name}`" in section(DEMO)
    for family in load().families.values():
        if family.kind == COMPATIBLE:
            assert f"`{family.name}`" in section(COMPATIBLE)
