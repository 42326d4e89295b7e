"""What prompts may not hold: blocked terms, allowed phrases, and a box to try a prompt."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from generation.gates.content import Match
from generation.gates.screening import in_force
from generation.gates.terms import is_well_formed
from generation.models import AllowedPhrase, BlockedTerm
from generation.models.job import MAX_PROMPT
from providers.audit import Audited
from providers.labels import Labelled

ILL_FORMED = _(
    "Write words of letters, at least three letters in all, with single spaces or hyphens "
    "between them and perhaps a * at the end, for any ending."
)


class WordsForm(forms.ModelForm[Any]):
    """A text that the filter can find."""

    def clean_text(self) -> str:
        text = " ".join(str(self.cleaned_data["text"]).split()).lower()
        if not is_well_formed(text):
            raise forms.ValidationError(ILL_FORMED)
        return text


class TryForm(forms.Form):
    prompt = forms.CharField(
        label=_("Prompt"),
        max_length=MAX_PROMPT,
        widget=forms.Textarea({"rows": 4, "cols": 80, "autofocus": True}),
    )


class SwitchedAdmin(Labelled[Any], Audited[Any]):
    """Rows that can be switched off and on together."""

    form = WordsForm
    list_editable = ("enabled",)
    search_fields = ("text",)
    list_per_page = 200
    actions = ("switch_off", "switch_on")

    @admin.action(description=_("Switch off"))
    def switch_off(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        self.record(request, rows.filter(enabled=True), _("Switched off."))
        rows.update(enabled=False)

    @admin.action(description=_("Switch on"))
    def switch_on(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        self.record(request, rows.filter(enabled=False), _("Switched on."))
        rows.update(enabled=True)


@admin.register(BlockedTerm)
class BlockedTermAdmin(SwitchedAdmin):
    nothing_yet = _("No term is blocked. Add words that no prompt may hold.")
    list_display = fields = ("text", "category", "enabled")
    list_filter = ("category", "enabled")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.try_prompt)
        return [path("try/", view, name="generation_blockedterm_try"), *super().get_urls()]

    def try_prompt(self, request: HttpRequest) -> HttpResponse:
        """Show which terms a prompt holds and where, or that it passes. Nothing is kept."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = TryForm(request.POST or None)
        context = self.admin_site.each_context(request) | {
            "title": _("Try a prompt"),
            "opts": self.opts,
            "form": form,
        }
        if form.is_valid():
            prompt = form.cleaned_data["prompt"]
            matches = in_force().matches(prompt)
            found = [row(prompt, match) for match in matches]
            context |= {"found": found, "parts": list(parts(prompt, matches)), "tried": True}
        return TemplateResponse(request, "admin/try_prompt.html", context)


@admin.register(AllowedPhrase)
class AllowedPhraseAdmin(SwitchedAdmin):
    nothing_yet = _("No phrase is excepted. Add harmless ones that hold a blocked term.")
    list_display = fields = ("text", "enabled")
    list_filter = ("enabled",)


def row(prompt: str, match: Match) -> dict[str, Any]:
    return {
        "words": prompt[match.start : match.end],
        "term": match.term,
        "category": BlockedTerm.Category(match.category).label,
        "first": match.start + 1,
        "last": match.end,
    }


def parts(prompt: str, matches: Iterable[Match]) -> Iterable[tuple[str, bool]]:
    """The prompt cut where matches begin and end; each part, and whether a match covers it."""
    spans = [(match.start, match.end) for match in matches]
    cuts = sorted({0, len(prompt)}.union(*spans))
    for start, end in pairwise(cuts):
        yield prompt[start:end], any(first <= start < last for first, last in spans)
