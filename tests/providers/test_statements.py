"""A statement that was built once does what the queryset does that it was built from."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.models import Count, F
from django.test.utils import CaptureQueriesContext

from generation.models import SpendWindow
from providers.clock import SteadyNow, from_now
from providers.models import ImageModel, Provider
from providers.statements import Addition, Ask, Change, Look, Slot, whole
from tests.support import make_model

pytestmark = pytest.mark.django_db


def fields(row: Any) -> dict[str, object]:
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_a_look_finds_rows_relations_and_annotations(demo: Provider) -> None:
    made = make_model(demo, "ink", options={"delay": 1})

    def named(name: Any) -> Any:
        rows = ImageModel.objects.filter(name=name).select_related("provider")
        return rows.annotate(clock=SteadyNow(), twice=F("position") * 2)

    look: Look[Any] = Look(named)
    (found,), (plain,) = look(name="ink"), named("ink")
    assert fields(found.provider) == fields(plain.provider)
    assert found.clock <= plain.clock
    found.clock = plain.clock
    ours, theirs = fields(found), fields(plain)
    assert ours.keys() == theirs.keys()
    assert (found, found.options, found.twice) == (made, {"delay": 1}, 200)
    assert look(name="mosaic") == []


def test_the_clock_is_asked_each_time() -> None:
    look: Look[Any] = Look(lambda: Provider.objects.annotate(clock=from_now(60)))
    Provider.objects.create(name="one", kind="demo")
    moments = []
    for _ in range(2):
        with transaction.atomic():
            moments.append(look()[0].clock)
    assert moments[0] < moments[1]
    assert (moments[0] - datetime.now(UTC)).total_seconds() == pytest.approx(60, abs=30)


def test_a_change_tells_how_many_rows_it_met(demo: Provider) -> None:
    models = [make_model(demo, name, position=2) for name in ("ink", "riso")]
    moved = Change(
        lambda provider, steps: (
            ImageModel.objects.filter(provider=provider),
            {"position": F("position") + whole(steps), "resting_until": from_now(9)},
        ),
        "note",
        "options",
    )
    assert moved(provider=demo.pk, steps=3, note="moved", options={"a": [1]}) == 2
    assert moved(provider=uuid4(), steps=3, note="", options={}) == 0
    for model in models:
        model.refresh_from_db()
        assert (model.position, model.note, model.options) == (5, "moved", {"a": [1]})
        assert model.resting_until is not None
        assert model.resting_until > datetime.now(UTC)


def test_an_addition_leaves_the_rest_to_its_defaults() -> None:
    add = Addition(SpendWindow, "scope", "starts", period=SpendWindow.Period.DAY, spent_micros=7)
    add(scope="a", starts=date(2026, 5, 4))
    window = SpendWindow.objects.get()
    told = (window.scope, window.starts, window.period, window.spent_micros, window.reserved_micros)
    assert told == ("a", date(2026, 5, 4), "day", 7, 0)


def test_a_question_is_answered_in_plain_values(demo: Provider) -> None:
    make_model(demo, "ink")
    make_model(demo, "riso")
    count = Ask(
        lambda provider: (
            ImageModel.objects.filter(provider=provider)
            .order_by()
            .values("provider")
            .annotate(all=Count("pk"))
            .values_list("all")
        )
    )
    assert [tuple(row) for row in count(provider=demo.pk)] == [(2,)]
    assert count(provider=uuid4()) == []


def test_it_is_built_once_until_it_is_told_to_forget(demo: Provider) -> None:
    built: list[Slot] = []

    def named(name: Slot) -> Any:
        built.append(name)
        return Provider.objects.filter(name=name)

    look: Look[Provider] = Look(named)
    with CaptureQueriesContext(connection) as queries:
        assert [look(name="Demo"), look(name="x"), look(name="Demo")] == [[demo], [], [demo]]
    assert (len(built), len(queries)) == (1, 3)
    look.forget()
    assert (look(name="Demo"), len(built)) == ([demo], 2)
