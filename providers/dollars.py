"""Money in rows is whole millionths of a US dollar; people read and write it in dollars."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db import models

MICROS = 1_000_000
MOST = Decimal(1_000_000)  # dollars; more is a slip of the finger


class DollarsField(forms.DecimalField):
    """Shows 40000 as 0.04 and reads 0.04 as 40000."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs, min_value=0, max_value=MOST, decimal_places=6)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        whole, millionths = divmod(value, MICROS)
        return f"{whole}.{millionths:06d}".rstrip("0").rstrip(".")

    def clean(self, value: Any) -> Any:
        dollars = super().clean(value)
        return None if dollars is None else int(dollars * MICROS)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.to_python(self.prepare_value(initial)), data)


class MicrosField(models.BigIntegerField[int | None, int | None]):
    """Whole millionths of a US dollar; in forms they are dollars."""

    def formfield(self, **kwargs: Any) -> Any:
        kwargs |= {"form_class": DollarsField}
        return models.Field.formfield(self, **kwargs)

    def deconstruct(self) -> Any:
        """In migrations, and so in the database, it is what it stores."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.BigIntegerField", args, kwargs
