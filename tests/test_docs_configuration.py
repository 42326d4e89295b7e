"""docs/configuration.md and .env.example hold every setting, and no other."""

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest

from providers.slots import MODEL_FIELDS
from tests.served import ROOT

PAGE = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
READ = re.compile(r"""(?:environ|source)\.get\(\s*"([A-Z0-9_]+)",?""")
ALIASES = {"AWS_DEFAULT_REGION"}
FOR_TESTS = {"PIXELPROMPT_FAILPOINT"}
NOT_IN_A_FILE = {"PIXELPROMPT_ENV_FILE"}
ROWS = dict(re.findall(r"^\| `(\w+)` \|(.*)\|$", PAGE, re.MULTILINE))


def env_calls() -> Iterator[ast.Call]:
    """Every `env.str("NAME", default)` and the like in the settings."""
    tree = ast.parse((ROOT / "pixelprompt" / "settings.py").read_text())
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name("env")), args=[ast.Constant(str()), *_]
            ):
                yield node


def defaults() -> dict[str, Any]:
    """What is read in the settings, with its default where that is written there."""
    found = {}
    for call in env_calls():
        name, *rest = call.args
        assert isinstance(name, ast.Constant)
        constant = rest and isinstance(rest[0], ast.Constant)
        found[str(name.value)] = ast.literal_eval(rest[0]) if constant else None
    return found


def variables() -> set[str]:
    sources = [*(ROOT / "pixelprompt").rglob("*.py"), ROOT / "providers" / "slots.py"]
    found = {name for path in sources for name in READ.findall(path.read_text())}
    found |= {f"MODEL_i_{field}" for field in MODEL_FIELDS}
    return (found | set(defaults())) - ALIASES - FOR_TESTS


def test_the_table_holds_every_setting_and_no_other() -> None:
    assert set(ROWS) == variables()
    assert len(ROWS) > 40


@pytest.mark.parametrize("name", sorted(ROWS))
def test_every_setting_is_in_the_example(name: str) -> None:
    if name not in NOT_IN_A_FILE:
        shown = name.replace("_i_", "_1_")
        assert re.search(rf"^#?{shown}=", EXAMPLE, re.MULTILINE)


@pytest.mark.parametrize("name", sorted(defaults()))
def test_the_table_tells_the_default(name: str) -> None:
    default = defaults()[name]
    if default not in (None, ""):
        told = str(default).lower() if isinstance(default, bool) else str(default)
        assert f"`{told}`" in ROWS[name].rpartition("|")[2]
