"""The operator's desk for limits: rates, the whitelist, and tokens of proxies."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from generation.models import Limit, ProxyToken, Whitelisted
from providers.audit import Audited
from providers.labels import Labelled


@admin.register(Limit)
class LimitAdmin(Labelled[Limit], Audited[Limit]):
    """Changed in the list itself, in force from the next request on."""

    list_display = ("shown_name", "allowed", "period")
    list_editable = ("allowed", "period")
    list_display_links = None
    fields = ("shown_name", "allowed", "period")
    readonly_fields = ("shown_name",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("what"), ordering="name")
    def shown_name(self, limit: Limit) -> str:
        return str(limit)


@admin.register(Whitelisted)
class WhitelistAdmin(Audited[Whitelisted]):
    nothing_yet = _("Limits hold for every address. Add those that none shall hold for.")
    list_display = ("network", "note")
    search_fields = ("network", "note")


@admin.register(ProxyToken)
class ProxyTokenAdmin(Audited[ProxyToken]):
    """A token is shown once, on the page that answers its making. Deleting it takes it back."""

    nothing_yet = _(
        "No proxy is trusted. A front end of your own that calls the API needs a token."
    )
    list_display = ("name", "created_at")
    fields = ("name",)

    def save_model(self, request: HttpRequest, obj: ProxyToken, form: Any, change: bool) -> None:
        if not change:
            request.META["generation.token"] = obj.issue()
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: ProxyToken, post_url_continue: str | None = None
    ) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "title": _("Proxy token for %(name)s") % {"name": obj.name},
            "opts": self.opts,
            "token": request.META.pop("generation.token"),
        }
        return TemplateResponse(request, "admin/proxy_token.html", context)
