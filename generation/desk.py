"""The operator's desk: Django's admin, arranged by what an operator does, with a first page."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from generation.models import SpendingLimits
from generation.overview import overview

PLACES = (
    (_("What draws"), ("Provider", "ImageModel", "ChatModel")),
    (_("What was drawn"), ("Job", "Result", "Picture")),
    (_("Money"), ("SpendingLimits", "SpendWindow", "Attempt")),
    (_("What is allowed"), ("Limit", "Whitelisted", "ProxyToken", "BlockedTerm", "AllowedPhrase")),
    (_("Who works here"), ("User", "Group", "LogEntry")),
)


class Desk(AdminSite):
    site_header = site_title = "Pixel Prompt"
    index_title = _("Desk")
    enable_nav_sidebar = True

    def get_urls(self) -> list[URLPattern | URLResolver]:
        switch = self.admin_view(require_POST(self.switch))
        return [path("switch/", switch, name="switch"), *super().get_urls()]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        may_switch = request.user.has_perm("generation.change_spendinglimits")
        context = overview() | {"may_switch": may_switch} | (extra_context or {})
        return super().index(request, context)

    def switch(self, request: HttpRequest) -> HttpResponseRedirect:
        """Stop all paid calls, or allow them again."""
        if not request.user.has_perm("generation.change_spendinglimits"):
            raise PermissionDenied
        stopped = request.POST.get("stopped") == "on"
        limits, _made = SpendingLimits.objects.update_or_create(
            pk=SpendingLimits.ONLY, defaults={"stopped": stopped}
        )
        told = _("All paid calls are stopped.") if stopped else _("Paid calls are allowed again.")
        LogEntry.objects.log_actions(request.user.pk or 0, [limits], CHANGE, str(told))
        messages.success(request, told)
        return redirect("admin:index")

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """Grouped by what an operator wants to do; what has no place here comes last."""
        found = super().get_app_list(request, app_label)
        if app_label is not None:
            return found
        models = {model["object_name"]: model for app in found for model in app["models"]}
        known = {name for _title, names in PLACES for name in names}
        rest = tuple(name for name in models if name not in known)
        return [
            {
                "name": title,
                "app_label": f"place-{number}",
                "app_url": reverse("admin:index", current_app=self.name),
                "has_module_perms": True,
                "models": [models[name] for name in names if name in models],
            }
            for number, (title, names) in enumerate((*PLACES, (_("More"), rest)))
            if any(name in models for name in names)
        ]
