"""Accounts with providers: their keys, which go in and never come out, and how each is doing."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from generation.admin.doing import DOING, Doing
from generation.admin.money import accounts_spent_this_month
from generation.checkup import state_of_account
from generation.model_health import Health, account_health
from providers.audit import Audited, masked
from providers.encryption import CannotDecrypt
from providers.models import Provider
from providers.registry import ADAPTERS, LABELS


class ProviderForm(forms.ModelForm[Provider]):
    """A provider with a write-only key: an empty field keeps the one that is stored."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=[(kind, _(LABELS.get(kind, kind))) for kind in ADAPTERS]
    )
    new_key = forms.CharField(
        label=_("Key"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Stored encrypted and never shown again. Empty keeps the stored key."),
    )
    forget_key = forms.BooleanField(label=_("Forget the stored key"), required=False)

    class Meta:
        model = Provider
        fields = ("name", "kind", "base_url", "region", "options", "concurrency", "paused_until")

    def clean_new_key(self) -> str:
        key: str = self.cleaned_data["new_key"].strip()
        if any(not 33 <= ord(character) <= 126 for character in key):
            raise forms.ValidationError(
                _("A key holds no spaces, line breaks or accented letters.")
            )
        return key

    def save(self, commit: bool = True) -> Provider:
        if self.cleaned_data["forget_key"]:
            self.instance.key = ""
        if self.cleaned_data["new_key"]:
            self.instance.key = self.cleaned_data["new_key"]
        return super().save(commit)


@admin.register(Provider)
class ProviderAdmin(Doing[Provider], Audited[Provider]):
    nothing_yet = _("No account yet. Add one with its key, then choose one of its models.")
    form = ProviderForm
    untold = ("options",)
    list_display = ("name", "kind", "masked_key", "state", *DOING, "model_count")
    search_fields = ("name", "base_url")
    fields = (
        "name", "kind", "new_key", "forget_key", "base_url", "region", "options", "concurrency",
        "paused_until",
    )  # fmt: skip

    def healths(self, ids: Iterable[UUID]) -> Mapping[UUID, Health]:
        return account_health(ids)

    def spendings(self) -> Mapping[UUID, int]:
        return accounts_spent_this_month()

    @admin.display(description=_("state"))
    def state(self, provider: Provider) -> str:
        """What is wrong and what to do, or that nothing is."""
        if not self.model_count(provider):
            return str(_("It has no image model yet. Add one."))
        return state_of_account(provider) or str(_("ready"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Provider]:
        return super().get_queryset(request).annotate(model_count=Count("models"))

    def response_post_save_add(self, request: HttpRequest, obj: Provider) -> HttpResponseRedirect:
        """An account alone draws nothing, so one of its models comes next."""
        address = reverse("admin:providers_imagemodel_add", current_app=self.admin_site.name)
        return redirect(f"{address}?provider={obj.pk}")

    @admin.display(description=_("models"), ordering="model_count")
    def model_count(self, provider: Provider) -> int:
        count: int = getattr(provider, "model_count", 0)
        return count

    @admin.display(description=_("key"))
    def masked_key(self, provider: Provider) -> str:
        try:
            key = provider.key
        except CannotDecrypt:
            return str(_("cannot be decrypted: see FIELD_ENCRYPTION_KEYS"))
        return masked(key) if key else str(_("none"))

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> list[Any]:
        message = super().construct_change_message(request, form, formsets, add)
        if add and form.cleaned_data["new_key"]:
            message.append({"changed": {"fields": [self.told(form, "new_key")]}})
        return message

    def told(self, form: Any, name: str) -> str:
        if name == "forget_key":
            return "key: forgotten"
        if name == "new_key":
            return f"key: replaced, ends {masked(form.cleaned_data['new_key'])}"
        return super().told(form, name)
