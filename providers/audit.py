"""The desk's changes on record: each with its old and its new value, and of a key only its end."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, TypeVar

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import override

Row = TypeVar("Row", bound=Model)
MOST = 80  # characters of a value that are told
TOO_SHORT = 12  # characters of a key, of which nothing is told


class Audited(admin.ModelAdmin[Row]):
    """A desk whose log tells values. Those of `untold` fields, and of passwords, it never tells."""

    untold: ClassVar[Sequence[str]] = ()

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> list[Any]:
        message: list[Any] = super().construct_change_message(request, form, formsets, add)
        with override(None):  # as Django does: the log is for readers of every language
            told = [self.told(form, name) for name in form.changed_data]
        for part in message:
            if "name" not in part.get("changed", {"name": "an inline"}):
                part["changed"]["fields"] = told
        return message

    def told(self, form: Any, name: str) -> str:
        """What a changed field says in the log."""
        field = form.fields.get(name)
        label = str(getattr(field, "label", None) or name)
        if field is None or name in self.untold or isinstance(field.widget, forms.PasswordInput):
            return label
        before, after = form.get_initial_for_field(field, name), form.cleaned_data.get(name)
        return f"{label}: {shown(field, before)} → {shown(field, after)}"

    def record(self, request: HttpRequest, rows: Iterable[Row], message: str | Promise) -> None:
        """Note for each of these rows what an action did."""
        for row in rows:
            self.log_change(request, row, str(message))


def shown(field: forms.Field, value: Any) -> str:
    """A value as the form showed it, on one line of bounded length."""
    if isinstance(field, forms.ModelMultipleChoiceField):
        text = ", ".join(str(each) for each in value or ())
    elif isinstance(field, forms.ModelChoiceField):
        text = str(chosen(field, value) or "")
    elif isinstance(field, forms.ChoiceField):
        text = str({str(key): name for key, name in flat(field.choices)}.get(str(value), value))
    elif isinstance(value, bool):
        text = "yes" if value else "no"
    else:
        text = "" if value is None else str(field.prepare_value(value))
    line = " ".join(text.split())
    return f"“{line[:MOST]}{'…' if len(line) > MOST else ''}”" if line else "nothing"


def chosen(field: forms.ModelChoiceField[Any], value: Any) -> Any:
    """The row: forms know the old one by its key only."""
    if value is None or isinstance(value, Model):
        return value
    return field.queryset.filter(pk=value).first() if field.queryset is not None else None


def flat(choices: Any) -> Iterable[tuple[Any, Any]]:
    for key, name in choices:
        if isinstance(name, list | tuple):
            yield from name
        else:
            yield key, name


def masked(key: str) -> str:
    """The last four characters of a long key; nothing of a short one."""
    return f"…{key[-4:]}" if len(key) >= TOO_SHORT else "…"
