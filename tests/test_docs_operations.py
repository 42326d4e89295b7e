"""The dashboard, the alerts and docs/operations.md speak of figures that exist."""

import json
import re
from typing import Any

import pytest
import yaml

from generation import figures
from tests.served import ROOT

pytestmark = pytest.mark.django_db

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
BOARD = json.loads((ROOT / "docs" / "grafana" / "pixelprompt.json").read_text(encoding="utf-8"))
BLOCKS = [yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]
NAME = re.compile(r"pixelprompt_[a-z_]+")
SELECTOR = re.compile(r"(pixelprompt_[a-z_]+)\{([^}]*)\}")


def existing() -> dict[str, set[str]]:
    """The labels of each figure, a histogram's parts included."""
    found = {}
    for family in figures.collect():
        labels = set(vars(family)["_labelnames"])
        found[family.name] = labels
        if family.type == "gaugehistogram":
            found[f"{family.name}_bucket"] = labels | {"le"}
    return found


def questions() -> list[str]:
    """Every expression of the dashboard and of the alerts."""
    asked = [target["expr"] for panel in BOARD["panels"] for target in panel["targets"]]
    (rules,) = (block["groups"][0]["rules"] for block in BLOCKS if "groups" in block)
    return asked + [rule["expr"] for rule in rules]


def test_every_figure_that_is_asked_for_exists() -> None:
    known = existing()
    asked = set(NAME.findall(" ".join(questions())))
    assert asked <= set(known)
    assert len(asked) > 10
    for figure, selector in SELECTOR.findall(" ".join(questions())):
        assert set(re.findall(r"(\w+)(?:=|!)", selector)) <= known[figure]


def test_every_legend_names_a_label_of_its_figure() -> None:
    known = existing()
    for target in (target for panel in BOARD["panels"] for target in panel["targets"]):
        labels = {label for name in NAME.findall(target["expr"]) for label in known[name]}
        assert set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) <= labels


def test_every_figure_is_on_the_page_with_its_labels() -> None:
    rows = dict(re.findall(r"^\| `(pixelprompt_\w+)` \|([^|]*)\|", PAGE, re.MULTILINE))
    known = {name: labels for name, labels in existing().items() if not name.endswith("_bucket")}
    assert set(rows) == set(known)
    for name, labels in known.items():
        assert set(re.findall(r"`(\w+)`", rows[name])) - {"le"} == labels


def test_panels_do_not_overlap_and_have_ids_of_their_own() -> None:
    panels: list[dict[str, Any]] = BOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for place in (panel["gridPos"] for panel in panels):
        columns = range(place["x"], place["x"] + place["w"])
        cells = {(x, y) for x in columns for y in range(place["y"], place["y"] + place["h"])}
        assert not taken & cells
        assert max(columns) < 24
        taken |= cells
