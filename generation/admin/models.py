"""Image models: what visitors choose from, how each is doing, and a real test call."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from generation import trial
from generation.admin.doing import DOING, Doing
from generation.admin.money import spent_this_month
from generation.checkup import state_of
from generation.model_health import Health, health_of
from generation.templatetags.display import price
from providers.audit import Audited
from providers.catalogue import load
from providers.labels import Labelled
from providers.models import ImageModel
from providers.routing import Route, UnroutableName, resolve

PRICE_AND_LIMITS = (
    "price_micros", "assumed_micros", "daily_cap_micros", "monthly_cap_micros", "timeout",
    "options",
)  # fmt: skip


class CatalogueInput(forms.TextInput):
    """A text field that offers the catalogue's image models and takes any other id."""

    template_name = "admin/catalogue_input.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        attrs = (attrs or {}) | {"list": "catalogue-models"}
        return super().get_context(name, value, attrs) | {"models": load().images()}


class ImageModelForm(forms.ModelForm[ImageModel]):
    """A model picked from the catalogue brings its name, price and time limit along."""

    name = forms.CharField(
        label=_("Name"), required=False, max_length=100, help_text=_("Empty: the catalogue's name.")
    )

    class Meta:
        model = ImageModel
        fields = (
            "provider", "model_id", "name", "slug", "position", "enabled", "price_micros",
            "assumed_micros", "daily_cap_micros", "monthly_cap_micros", "timeout", "options",
            "resting_until",
        )  # fmt: skip
        widgets = {"model_id": CatalogueInput}  # noqa: RUF012 - Django's own way

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned: dict[str, Any] = self.cleaned_data
        if "price_micros" in self.changed_data:
            self.instance.note = ""
        provider, model_id = cleaned.get("provider"), cleaned.get("model_id")
        if provider and model_id and {"provider", "model_id"} & set(self.changed_data):
            self.carry_over(self.routed(provider.kind, provider.base_url, model_id))
        return cleaned

    def routed(self, kind: str, base_url: str, model_id: str) -> Route | None:
        try:
            return resolve("", kind=kind, model_id=model_id, base_url=base_url)
        except UnroutableName as problem:
            self.add_error("model_id", str(problem))
            return None

    def carry_over(self, route: Route | None) -> None:
        """What the catalogue knows fills what was left empty."""
        if route is None:
            return
        cleaned: dict[str, Any] = self.cleaned_data
        cleaned["model_id"] = route.model_id
        cleaned["name"] = cleaned["name"] or route.label
        if cleaned["price_micros"] is None:
            cleaned["price_micros"] = route.price_micros
        self.instance.note = route.warning[:300]


@admin.register(ImageModel)
class ImageModelAdmin(Doing[ImageModel], Labelled[ImageModel], Audited[ImageModel]):
    nothing_yet = _("No image model yet. Add an account first, then one of its models.")
    form = ImageModelForm
    untold = ("options",)
    list_display = (
        "name", "test_link", "position", "enabled", "state", "shown_price", *DOING, "source",
    )  # fmt: skip
    list_editable = ("position", "enabled")
    list_select_related = ("provider",)
    search_fields = ("name", "slug", "model_id")
    readonly_fields = ("state", "test_link")
    actions = ("wake",)
    fieldsets = (
        (None, {"fields": ("provider", "model_id", "name", "slug", "position", "enabled")}),
        (_("Price and limits"), {"fields": PRICE_AND_LIMITS}),
        (_("State"), {"fields": ("state", "resting_until", "test_link")}),
    )

    @admin.display(description=_("drawn by"), ordering="provider__name")
    def source(self, model: ImageModel) -> str:
        """The account, and the model's id there."""
        return format_html("{} <code>{}</code>", model.provider, model.model_id)

    def get_urls(self) -> list[URLPattern]:
        test = self.admin_site.admin_view(self.test)
        own = [path("<uuid:pk>/test/", test, name="providers_imagemodel_test")]
        return own + super().get_urls()

    def healths(self, ids: Iterable[UUID]) -> Mapping[UUID, Health]:
        return health_of(ids)

    def spendings(self) -> Mapping[UUID, int]:
        return spent_this_month()

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changes = super().get_changelist_instance(request)
        real = ImageModel.objects.real().exists()
        for model in changes.result_list:
            model.real = real
        return changes

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImageModel]:
        return super().get_queryset(request).select_related("provider")

    def response_post_save_add(self, request: HttpRequest, obj: ImageModel) -> HttpResponseRedirect:
        """A new model is tested next; the page asks before it calls."""
        return redirect("admin:providers_imagemodel_test", obj.pk)

    @admin.display(description=_("price"), ordering="price_micros")
    def shown_price(self, model: ImageModel) -> str:
        return price(0 if model.demo else model.price_micros)

    @admin.display(description=_("state"))
    def state(self, model: ImageModel) -> str:
        """What is wrong and what to do, or that nothing is."""
        real = getattr(model, "real", None)
        real = ImageModel.objects.real().exists() if real is None else real
        return state_of(model, real=real) or str(_("ready"))

    @admin.action(description=_("Wake: forget failures and try again at once"))
    def wake(self, request: HttpRequest, models: QuerySet[ImageModel]) -> None:
        tired = models.exclude(failures=0, resting_until=None)
        self.record(request, tired, _("Woken: failures and rest forgotten."))
        models.update(failures=0, resting_until=None)

    @admin.display(description=_("test"))
    def test_link(self, model: ImageModel) -> SafeString | str:
        if model._state.adding:
            return str(_("Save the model first."))
        address = reverse("admin:providers_imagemodel_test", args=[model.pk])
        return format_html('<a class="button" href="{}">{}</a>', address, _("Test"))

    def test(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Ask first, because a test may cost money; then call and show what came of it."""
        model = get_object_or_404(ImageModel.objects.select_related("provider"), pk=pk)
        if not self.has_change_permission(request, model):
            raise PermissionDenied
        if model.unavailable:
            messages.error(request, f"{model.name}: {model.unavailable}")
            return redirect("admin:providers_imagemodel_change", model.pk)
        done = trial.draw_once(model) if request.method == "POST" else None
        if done is not None:
            self.record(request, [model], _("Tested: %(told)s") % {"told": done.told})
        context = self.admin_site.each_context(request) | {
            "title": _("Test %(model)s") % {"model": model.name},
            "model": model,
            "opts": self.opts,
            "prompt": trial.PROMPT,
            "trial": done,
        }
        return TemplateResponse(request, "admin/test_model.html", context)
