"""Operators write dollars, rows hold millionths, and nothing is lost between the two."""

import pytest
from django.core.exceptions import ValidationError

from providers.dollars import DollarsField

AMOUNTS = [(0, "0"), (1, "0.000001"), (40_000, "0.04"), (2_500_000, "2.5"), (12_000_000, "12")]


@pytest.mark.parametrize(("micros", "dollars"), AMOUNTS)
def test_an_amount_survives_its_form(micros: int, dollars: str) -> None:
    field = DollarsField()
    assert field.prepare_value(micros) == dollars
    assert field.clean(dollars) == micros
    assert not field.has_changed(micros, dollars)
    assert field.has_changed(micros, "7")


def test_nothing_written_is_unknown_and_never_free() -> None:
    assert DollarsField(required=False).clean("") is None


@pytest.mark.parametrize("text", ["-0.01", "0.0000001", "1000001", "NaN", "Infinity", "4 cents"])
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        DollarsField().clean(text)


def test_what_was_refused_is_shown_as_it_was_written() -> None:
    assert DollarsField().prepare_value("4 cents") == "4 cents"
