"""What lists are filtered by."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _


class NamedBlank(admin.AllValuesFieldListFilter):
    """Every value there is; the empty one has a name, so that it can be seen and chosen."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice in super().choices(changelist):
            yield {**choice, "display": choice["display"] or _("none")}
