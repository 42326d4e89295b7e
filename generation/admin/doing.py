"""Columns that tell how a model or an account has been doing, and what it cost."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from generation.model_health import Health
from generation.templatetags.display import dollars, percent, seconds
from providers.models import ImageModel, Provider

Row = TypeVar("Row", ImageModel, Provider)
DOING = ("last_success", "typical_time", "error_rate", "spent")


class Doing(admin.ModelAdmin[Row]):
    """A list whose rows know their health and their spending, asked once a page."""

    def healths(self, ids: Iterable[UUID]) -> Mapping[UUID, Health]:
        raise NotImplementedError

    def spendings(self) -> Mapping[UUID, int]:
        """This month's, in micros."""
        raise NotImplementedError

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changes = super().get_changelist_instance(request)
        found = self.healths([row.pk for row in changes.result_list])
        spent = self.spendings()
        for row in changes.result_list:
            row.health = found[row.pk]
            row.spent = spent.get(row.pk, 0)
        return changes

    @admin.display(description=_("last success"))
    def last_success(self, row: Row) -> str:
        moment: datetime | None = health(row).last_success
        return str(_("%s ago") % timesince(moment, depth=1)) if moment else str(_("never"))

    @admin.display(description=_("time (24 h)"))
    def typical_time(self, row: Row) -> str:
        return seconds(health(row).seconds)

    @admin.display(description=_("failures (24 h)"))
    def error_rate(self, row: Row) -> str:
        return percent(health(row).error_rate)

    @admin.display(description=_("this month"))
    def spent(self, row: Row) -> str:
        return dollars(getattr(row, "spent", 0))


def health(row: ImageModel | Provider) -> Health:
    found: Health = getattr(row, "health", Health())
    return found
