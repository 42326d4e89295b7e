"""The operator's desk for money: caps, the switch, and what was spent."""

from collections import Counter
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from generation.admin.filters import NamedBlank
from generation.models import SpendingLimits, SpendWindow
from generation.models.money import ALL, today
from generation.templatetags.display import dollars
from providers.audit import Audited
from providers.models import ImageModel


@admin.register(SpendingLimits)
class SpendingLimitsAdmin(Audited[SpendingLimits]):
    """The one row there is. Caps hold for what is accepted from now on."""

    fields = (
        "stopped", "daily_cap_micros", "monthly_cap_micros", "enhancement_micros",
        "spent_today", "spent_this_month",
    )  # fmt: skip
    readonly_fields = ("spent_today", "spent_this_month")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row, _made = SpendingLimits.objects.get_or_create(pk=SpendingLimits.ONLY)
        return redirect("admin:generation_spendinglimits_change", row.pk)

    @admin.display(description=_("today"))
    def spent_today(self, limits: SpendingLimits) -> str:
        return over_all(SpendWindow.Period.DAY)

    @admin.display(description=_("this month"))
    def spent_this_month(self, limits: SpendingLimits) -> str:
        return over_all(SpendWindow.Period.MONTH)


class Now(admin.SimpleListFilter):
    """Today and this month, or all there ever was."""

    title = _("time")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("now", _("today and this month"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.around(today()) if self.value() == "now" else queryset


@admin.register(SpendWindow)
class SpendWindowAdmin(admin.ModelAdmin[SpendWindow]):
    nothing_yet = _("Nothing that costs money was asked for yet.")
    list_display = ("starts", "period", "who", "spent", "reserved", "cap", "left")
    list_display_links = None
    list_filter = (Now, "period", ("name", NamedBlank))
    date_hierarchy = "starts"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list of one page, with the caps that hold now for windows that are open now."""
        changes = super().get_changelist_instance(request)
        caps = caps_by_place()
        now = set(SpendWindow.objects.around(today()).values_list("pk", flat=True))
        for window in changes.result_list:
            window.cap = caps.get((window.scope, window.period)) if window.pk in now else None
        return changes

    @admin.display(description=_("model"), ordering="name")
    def who(self, window: SpendWindow) -> str:
        return window.name or str(_("all models"))

    @admin.display(description=_("spent"), ordering="spent_micros")
    def spent(self, window: SpendWindow) -> str:
        return dollars(window.spent_micros)

    @admin.display(description=_("reserved"), ordering="reserved_micros")
    def reserved(self, window: SpendWindow) -> str:
        return dollars(window.reserved_micros)

    @admin.display(description=_("cap"))
    def cap(self, window: SpendWindow) -> str:
        cap = getattr(window, "cap", None)
        return "" if cap is None else dollars(cap)

    @admin.display(description=_("left"))
    def left(self, window: SpendWindow) -> str:
        cap = getattr(window, "cap", None)
        if cap is None:
            return ""
        return dollars(max(0, cap - window.spent_micros - window.reserved_micros))


def caps_by_place() -> dict[tuple[str, str], int | None]:
    """The caps in force now, by scope and period."""
    limits = SpendingLimits.objects.current()
    holders: list[tuple[str, SpendingLimits | ImageModel]] = [(ALL, limits)]
    holders += [(str(model.pk), model) for model in ImageModel.objects.all()]
    days = {(scope, "day"): holder.daily_cap_micros for scope, holder in holders}
    return days | {(scope, "month"): holder.monthly_cap_micros for scope, holder in holders}


def spent_this_month() -> dict[UUID, int]:
    """In micros, by image model."""
    windows = SpendWindow.objects.around(today()).filter(period=SpendWindow.Period.MONTH)
    spent = windows.exclude(scope=ALL).values_list("scope", "spent_micros")
    return {UUID(scope): micros for scope, micros in spent}


def accounts_spent_this_month() -> Counter[UUID]:
    """The same by account, each over the image models that it has now."""
    spent: Counter[UUID] = Counter()
    of_models = spent_this_month()
    owned = ImageModel.objects.filter(pk__in=of_models).values_list("pk", "provider_id")
    for model, provider in owned:
        spent[provider] += of_models[model]
    return spent


def over_all(period: str) -> str:
    window = SpendWindow.objects.around(today()).filter(scope=ALL, period=period).first()
    spent, reserved = (window.spent_micros, window.reserved_micros) if window else (0, 0)
    told = {"spent": dollars(spent), "reserved": dollars(reserved)}
    return str(_("%(spent)s spent, %(reserved)s reserved for what waits") % told)
