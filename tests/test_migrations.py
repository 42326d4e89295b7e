"""The release before runs on beside a new one: no migration may take away what it needs."""

from typing import Any

import pytest
from django.db import migrations as m
from django.db import models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from tests.additive import Setting, judged, problems

# The last migrations of the newest release; whoever makes a release sets them. Before the first
# one: what was there when this rule came.
RELEASED = {"generation": "0015_names", "providers": "0004_dollars"}
# A migration that takes away what no release in use needs any more, and why that is so.
ALLOWED: dict[tuple[str, str], str] = {}


def since_the_release() -> list[tuple[str, str]]:
    loader = MigrationLoader(None)
    known = {node for end in RELEASED.items() for node in loader.graph.forwards_plan(end)}
    return sorted(node for node in loader.graph.nodes if node[0] in RELEASED and node not in known)


def test_a_release_can_live_with_the_next_one_s_migrations() -> None:
    found = {
        name: told
        for name in since_the_release()
        if name not in ALLOWED and (told := list(problems(name, RELEASED)))
    }
    assert found == {}


def test_what_is_allowed_exists() -> None:
    assert set(ALLOWED) <= set(since_the_release())


def test_the_rule_sees_what_was_done_before_it() -> None:
    """Some migrations of the time without a release would not be allowed any more."""
    early = {"generation": "0001_initial", "providers": "0001_initial"}
    told = " ".join(problems(("generation", "0014_results_in_line"), early))
    assert "rows are inserted without it" in told
    assert list(problems(("generation", "0007_lost_pictures"), early)) == []


def judge(operation: Operation) -> str:
    loader = MigrationLoader(None)
    state = loader.project_state(list(RELEASED.items()))
    return " ".join(judged(operation, Setting("generation", state, state)))


def column(**options: Any) -> models.Field[Any, Any]:
    return models.CharField(max_length=40, **options)


def job(**options: Any) -> models.Field[Any, Any]:
    return models.ForeignKey("generation.job", models.CASCADE, **options)


def model() -> models.Field[Any, Any]:
    return models.ForeignKey("providers.imagemodel", models.PROTECT, null=True)


UNIQUE_SEED = models.UniqueConstraint(fields=["seed"], name="job_seed")
WITHOUT_CONTROL = m.RemoveField("job", "control")


@pytest.mark.parametrize(
    "operation",
    [
        m.AddField("job", "mood", column(null=True)),
        m.AddField("job", "mood", column(db_default="calm")),
        m.AddField("job", "of", job(null=True, db_constraint=False)),
        m.CreateModel("Mood", [("name", column()), ("rank", column(unique=True))]),
        m.AddIndex("job", models.Index(fields=["seed"], name="job_seed")),
        m.AlterField("job", "prompt", models.TextField("words")),
        m.AlterField("result", "model", model()),
        m.AlterField("job", "aspect_ratio", models.CharField(max_length=9)),
        m.RunPython(m.RunPython.noop, m.RunPython.noop),
        m.SeparateDatabaseAndState(None, [WITHOUT_CONTROL]),
    ],
)
def test_what_only_adds_is_allowed(operation: Operation) -> None:
    assert judge(operation) == ""


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (m.AddField("job", "mood", column()), "rows are inserted without it"),
        (m.AddField("job", "mood", column(default="calm")), "rows are inserted without it"),
        (m.AddField("job", "mood", column(null=True, unique=True)), "a unique column"),
        (m.AddField("vote", "of", job(null=True)), "could not be deleted"),
        (m.CreateModel("Mood", [("job", job())]), "could not be deleted"),
        (WITHOUT_CONTROL, "would not know of this"),
        (m.RenameField("job", "control", "grip"), "would not know of this"),
        (m.RenameModel("job", "order"), "would not know of this"),
        (m.DeleteModel("vote"), "would not know of this"),
        (m.AlterField("job", "seed", models.BigIntegerField()), "empty values are refused"),
        (m.AlterField("job", "seed", models.TextField(null=True)), "another type"),
        (m.AlterField("job", "aspect_ratio", models.CharField(max_length=7)), "longer values"),
        (m.AlterField("job", "prompt", models.TextField(unique=True)), "equal values"),
        (m.AlterField("job", "created_at", models.DateTimeField()), "no db_default any more"),
        (m.AddConstraint("job", UNIQUE_SEED), "may be refused"),
        (m.RunPython(m.RunPython.noop), "no way back"),
        (m.RunSQL("DROP TABLE generation_vote"), "no way back"),
        (m.RunSQL("DROP TABLE generation_vote", m.RunSQL.noop), "nobody but you"),
        (m.SeparateDatabaseAndState([WITHOUT_CONTROL]), "would not know"),
    ],
)
def test_what_an_old_release_could_not_live_with_is_refused(
    operation: Operation, words: str
) -> None:
    assert words in judge(operation)
