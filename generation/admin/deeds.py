"""What operators do about jobs, by buttons on a job's page and in lists.

These are the changes that a job's maker may ask for, through the same gates: the filter, the queue
bound, the models that can draw, the budget. Only the limits of visitors neither hold nor count an
operator, who sets them. Each change is in the admin's log.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from generation import changes
from generation.api.errors import Refusal
from generation.api.views import refusals
from generation.models import Job, Result
from generation.templatetags.display import price
from providers.audit import Audited
from providers.models import ImageModel

MOST_REASONS = 5
Row = TypeVar("Row", bound=Model)


class ModelChoices(forms.ModelMultipleChoiceField[ImageModel]):
    """What can be drawn with: name, provider, price, or why not."""

    def label_from_instance(self, model: Any) -> str:
        told = model.unavailable or price(0 if model.demo else model.price_micros)
        return f"{model.name} · {model.provider} · {told}"


class RunAgainForm(forms.Form):
    """`key` makes a form that is sent twice one order."""

    models = ModelChoices(
        label=_("models"),
        queryset=ImageModel.objects.none(),
        required=False,
        to_field_name="slug",
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: each job by the models that drew it before."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["models"].queryset = ImageModel.objects.offered()  # type: ignore[attr-defined]

    @property
    def slugs(self) -> list[str]:
        return [model.slug for model in self.cleaned_data["models"]]


class JobDeeds(Audited[Job]):
    """The actions of jobs."""

    actions = ("retry", "cancel", "run_again", "hide", "show")

    @admin.action(description=_("Retry what failed"), permissions=["change"])
    def retry(self, request: HttpRequest, jobs: QuerySet[Job]) -> HttpResponse | None:
        failed = Result.objects.filter(job__in=jobs.values("pk"), state=Result.State.ERROR)
        retry(self, request, failed.latest_round())
        return back(request)

    @admin.action(description=_("Cancel what waits"), permissions=["change"])
    def cancel(self, request: HttpRequest, jobs: QuerySet[Job]) -> HttpResponse | None:
        counts = {job: changes.cancel(job) for job in jobs}
        ended = sum(counts.values())
        self.record(request, [job for job, count in counts.items() if count], _("Cancelled."))
        told = ngettext("%d result was cancelled.", "%d results were cancelled.", ended) % ended
        self.message_user(request, told if ended else _("Nothing was waiting."))
        return back(request)

    @admin.action(description=_("Run again with…"), permissions=["change"])
    def run_again(self, request: HttpRequest, jobs: QuerySet[Job]) -> HttpResponse | None:
        """Ask first which models shall draw, because each picture is paid for anew."""
        form = RunAgainForm(request.POST if "run" in request.POST else None)
        if not form.is_valid():
            context = self.admin_site.each_context(request) | {
                "title": _("Run again"),
                "opts": self.opts,
                "jobs": jobs,
                "form": form,
            }
            return TemplateResponse(request, "admin/run_again.html", context)
        made = self.order_again(request, jobs, form)
        return redirect("admin:generation_job_change", made[0].pk) if len(made) == 1 else None

    def order_again(
        self, request: HttpRequest, jobs: Iterable[Job], form: RunAgainForm
    ) -> list[Job]:
        key = form.cleaned_data["key"]

        def rerun(job: Job) -> Job:
            return changes.rerun(job, form.slugs, None, key=f"{key}/{job.pk}")

        made, refused = each(jobs, rerun)
        for job, again in made.items():
            self.record(request, [job], _("Run again as %(id)s.") % {"id": again.pk})
        told = ngettext("%d job runs again.", "%d jobs run again.", len(made)) % len(made)
        tell(request, told if made else "", refused)
        return list(made.values())

    @admin.action(description=_("Hide from the gallery"), permissions=["change"])
    def hide(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        self.record(request, jobs, _("Hidden from the gallery."))
        jobs.update(hidden=True)

    @admin.action(description=_("Show in the gallery again"), permissions=["change"])
    def show(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        self.record(request, jobs, _("Shown in the gallery again."))
        jobs.update(hidden=False)


class ResultDeeds(Audited[Result]):
    """The action of results. Whoever may change a job may have its results drawn anew."""

    actions = ("retry",)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("generation.change_job")

    @admin.action(description=_("Retry what failed"), permissions=["retry"])
    def retry(self, request: HttpRequest, results: QuerySet[Result]) -> HttpResponse | None:
        retry(self, request, results)
        return back(request)


def retry(desk: Audited[Any], request: HttpRequest, results: QuerySet[Result]) -> None:
    """Have results drawn anew, and say what came of it."""
    fresh, refused = each(results.select_related("job"), lambda result: changes.retry(result, None))
    names = defaultdict(list)
    for result in fresh:
        names[result.job].append(result.name)
    for job, models in names.items():
        desk.record(request, [job], _("Retried: %(models)s.") % {"models": ", ".join(models)})
    told = ngettext("%d picture is drawn anew.", "%d pictures are drawn anew.", len(fresh))
    done = told % len(fresh) if fresh else "" if refused else _("Nothing here has failed.")
    tell(request, done, refused)


def each(
    rows: Iterable[Row], change: Callable[[Row], Job | Result]
) -> tuple[dict[Row, Any], dict[str, list[str]]]:
    """Change row after row: what each became, and the rows' names by the reason of a refusal."""
    made, refused = {}, defaultdict(list)
    for row in rows:
        try:
            with refusals():
                made[row] = change(row)
        except Refusal as refusal:
            refused[refusal.message].append(row.name if isinstance(row, Result) else str(row))
    return made, refused


def tell(request: HttpRequest, done: Any, refused: dict[str, list[str]]) -> None:
    if done:
        messages.success(request, done)
    for reason, names in list(refused.items())[:MOST_REASONS]:
        shown = ", ".join([*dict.fromkeys(names)][:MOST_REASONS])
        messages.error(request, _("Refused for %(count)d (%(names)s): %(reason)s")
            % {"count": len(names), "names": shown, "reason": reason})  # fmt: skip


def back(request: HttpRequest) -> HttpResponse | None:
    """To the page of the job that a button was pressed on; None: to the list."""
    job = request.POST.get("job", "")
    return redirect("admin:generation_job_change", job) if job else None
