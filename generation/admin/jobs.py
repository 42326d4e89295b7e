"""The operator's desk for jobs: what was asked, what came of it, and what it cost."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import F, Max, Model, Prefetch, QuerySet, Window
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from generation.admin.deeds import JobDeeds, ResultDeeds
from generation.admin.filters import NamedBlank
from generation.deletion import ObjectsRemain, delete_jobs, name_of
from generation.models import Attempt, Job, Picture, Result
from generation.models.job import status_of
from generation.snapshots import Addresses, sentence
from generation.templatetags.display import dollars, price, visible

SHEET = 4
STATUS = {
    "pending": _("waiting"),
    "in_progress": _("drawing"),
    "completed": _("completed"),
    "partial": _("partly failed"),
    "failed": _("failed"),
}

REMAINS = _(
    "The storage did not delete the pictures of job %(id)s, so the job stays. Try again when the "
    "storage answers. Jobs before it in the list are deleted."
)


def plain(model: type[Model], field: str) -> Callable[[Any, Any], str]:
    """A read-only field in which a stranger's text has its direction marks made visible."""

    @admin.display(description=model._meta.get_field(field).verbose_name)  # type: ignore[union-attr]
    def shown(desk: Any, row: Any) -> str:
        told = getattr(row, field) or desk.get_empty_value_display()
        return visible(told if isinstance(told, str) else json.dumps(told, ensure_ascii=False))

    return shown


class ReadOnly:
    """Rows that only the work itself changes."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ResultInline(ReadOnly, admin.TabularInline[Result, Job]):
    model = Result
    template = "admin/rows.html"
    fields = (
        "index", "round", "shown_name", "state", "thumbnail", "error_code", "reason", "seconds",
        "again",
    )  # fmt: skip
    readonly_fields = fields
    can_delete = False
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Result]:
        last = Window(Max("round"), partition_by=[F("job"), F("index")])
        return super().get_queryset(request).select_related("picture").annotate(last_round=last)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        able = request.user.has_perm("generation.change_job")
        return self.fields if able else self.fields[:-1]

    @admin.display(description=_("error"))
    def reason(self, result: Result) -> str:
        return sentence(result)

    @admin.display(description=_("model"))
    def shown_name(self, result: Result) -> SafeString:
        address = reverse("admin:generation_result_change", args=[result.pk])
        return format_html('<a href="{}">{}</a>', address, result.name)

    @admin.display(description=_("again"))
    def again(self, result: Result) -> SafeString | str:
        """A button of the form that the job's page holds for it."""
        if result.state != Result.State.ERROR or result.round != getattr(result, "last_round", 0):
            return ""
        button = '<button class="button" form="result-deed" name="{}" value="{}">{}</button>'
        return format_html(button, ACTION_CHECKBOX_NAME, result.pk, _("Retry"))

    @admin.display(description=_("picture"))
    def thumbnail(self, result: Result) -> str:
        return thumbnail(result)

    @admin.display(description=_("seconds"))
    def seconds(self, result: Result) -> str:
        return "" if result.duration is None else f"{result.duration:.1f}"


@admin.register(Job)
class JobAdmin(JobDeeds):
    nothing_yet = _("Nothing has been asked for yet. Write the first prompt in the studio.")
    list_display = (
        "prompt_start", "pictures", "status", "drawn", "listed", "hidden", "created_at",
    )  # fmt: skip
    list_per_page = 25
    list_filter = ("listed", "hidden")
    search_fields = ("prompt", "=id")
    date_hierarchy = "created_at"
    inlines = (ResultInline,)
    fields = (
        "shown_prompt", "shown_negative_prompt", "steps", "guidance", "control", "seed",
        "aspect_ratio", "listed", "hidden", "created_at", "correlation_id",
    )  # fmt: skip
    readonly_fields = tuple(name for name in fields if name not in ("listed", "hidden"))
    shown_prompt = plain(Job, "prompt")
    shown_negative_prompt = plain(Job, "negative_prompt")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        shown = Result.objects.latest_round().select_related("picture").order_by("index")
        return super().get_queryset(request).prefetch_related(Prefetch("results", shown))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        results = Result.objects.filter(job=context["original"]).latest_round()
        states = set(results.values_list("state", flat=True))
        context |= {"failed": "error" in states, "waiting": "pending" in states}
        return super().render_change_form(request, context, *args, **kwargs)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The jobs, and how much goes with them, which needs no permission of its own."""
        jobs = {job.pk: str(job) for job in objs}
        results = Result.objects.filter(job__in=jobs)
        pictures = Picture.objects.filter(result__job__in=jobs)
        counts = {
            queryset.model._meta.verbose_name_plural: queryset.count()
            for queryset in (results, pictures)
        }
        return list(jobs.values()), {_("jobs"): len(jobs)} | counts, set(), []

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Django's own view without the transaction it holds open: the storage takes its time."""
        view = self._delete_view  # type: ignore[attr-defined]  # the stubs know public names only
        return self.or_what_remains(request, view, object_id, extra_context)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return self.or_what_remains(request, super().changelist_view, extra_context)

    def or_what_remains(self, request: HttpRequest, view: Any, *words: Any) -> HttpResponse:
        """What the view answers, or back to the list with the job that could not be deleted."""
        try:
            answer: HttpResponse = view(request, *words)
        except ObjectsRemain as problem:
            self.message_user(request, REMAINS % {"id": problem.job_id}, messages.ERROR)
            return redirect("admin:generation_job_changelist")
        return answer

    def log_deletions(self, request: HttpRequest, queryset: Iterable[Job]) -> list[Any]:
        """Nothing yet: whether a job goes is known when it is gone."""
        return []

    def delete_model(self, request: HttpRequest, obj: Job) -> None:
        self.delete_queryset(request, [obj])

    def delete_queryset(self, request: HttpRequest, queryset: Iterable[Job]) -> None:
        for job in list(queryset):
            delete_jobs([job.pk])
            gone = Job(pk=job.pk, prompt=name_of(job.pk))  # the log outlives the prompt
            super().log_deletions(request, [gone])  # type: ignore[arg-type]  # any iterable

    @admin.display(description=_("drawn"), ordering="image_count")
    def drawn(self, job: Job) -> str:
        return str(_("%(count)s of %(total)s") % {"count": job.image_count, "total": job.total})

    @admin.display(description=_("prompt"))
    def prompt_start(self, job: Job) -> str:
        return visible(job.prompt if len(job.prompt) <= 80 else f"{job.prompt[:79]}…")

    @admin.display(description=_("pictures"))
    def pictures(self, job: Job) -> SafeString:
        drawn = [result for result in job.results.all() if hasattr(result, "picture")]
        shown = format_html_join("", "{}", ([thumbnail(result, 48)] for result in drawn[:SHEET]))
        return format_html('<span class="thumbs">{}</span>', shown)

    @admin.display(description=_("status"))
    def status(self, job: Job) -> str:
        return str(STATUS[status_of([result.state for result in job.results.all()])])


class InDollars:
    """What a call cost, may cost at most, and counts for."""

    @admin.display(description=_("cost"), ordering="cost_micros")
    def cost(self, attempt: Attempt) -> str:
        return price(attempt.cost_micros)

    @admin.display(description=_("price at most"), ordering="ceiling_micros")
    def ceiling(self, attempt: Attempt) -> str:
        return price(attempt.ceiling_micros)

    @admin.display(description=_("counted"), ordering="spent_micros")
    def counted(self, attempt: Attempt) -> str:
        return dollars(attempt.spent_micros)


class AttemptInline(InDollars, ReadOnly, admin.TabularInline[Attempt, Result]):
    model = Attempt
    template = "admin/rows.html"
    fields = (
        "created_at", "state", "cost", "ceiling", "http_status", "error_code", "request_id",
        "detail",
    )  # fmt: skip
    readonly_fields = fields
    can_delete = False
    extra = 0


@admin.register(Result)
class ResultAdmin(ReadOnly, ResultDeeds):
    nothing_yet = _("Nothing has been asked for yet. Write the first prompt in the studio.")
    list_display = ("name", "state", "picture_small", "error_code", "job", "started_at", "seconds")
    fields = (
        "job", "index", "round", "name", "kind", "provider_model", "state", "error_code", "reason",
        "retryable", "tries", "started_at", "finished_at", "seconds", "picture_small",
    )  # fmt: skip
    readonly_fields = ("reason", "seconds", "picture_small")
    ordering = ("-created_at",)
    list_filter = ("state", ("error_code", NamedBlank), "slug")
    list_select_related = ("job", "picture")
    search_fields = ("job__prompt", "=id")
    inlines = (AttemptInline,)

    @admin.display(description=_("error"))
    def reason(self, result: Result) -> str:
        return sentence(result)

    @admin.display(description=_("picture"))
    def picture_small(self, result: Result) -> str:
        return thumbnail(result)

    @admin.display(description=_("seconds"))
    def seconds(self, result: Result) -> str:
        return "" if result.duration is None else f"{result.duration:.1f}"


@admin.register(Attempt)
class AttemptAdmin(InDollars, ReadOnly, admin.ModelAdmin[Attempt]):
    nothing_yet = _("No call was made yet, so nothing can have cost anything.")
    list_display = (
        "created_at", "purpose", "kind", "provider_model", "state", "cost", "counted", "error_code",
    )  # fmt: skip
    fields = (
        "purpose", "result", "kind", "provider_model", "state", "created_at", "finished_at",
        "cost", "ceiling", "counted", "window", "task", "request_id", "http_status", "error_code",
        "shown_detail", "shown_prompt_sent", "shown_revised_prompt", "shown_parameters", "seed",
    )  # fmt: skip
    readonly_fields = fields
    shown_detail = plain(Attempt, "detail")
    shown_prompt_sent = plain(Attempt, "prompt_sent")
    shown_revised_prompt = plain(Attempt, "revised_prompt")
    shown_parameters = plain(Attempt, "parameters")
    list_filter = (
        "created_at",
        "purpose",
        "state",
        "kind",
        "provider_model",
        ("error_code", NamedBlank),
    )
    date_hierarchy = "created_at"


@admin.register(Picture)
class PictureAdmin(ReadOnly, admin.ModelAdmin[Picture]):
    nothing_yet = _("Nothing has been drawn yet. Write the first prompt in the studio.")
    list_display = (
        "small", "result", "width", "height", "byte_size", "content_type", "created_at", "lost_at",
    )  # fmt: skip
    list_display_links = ("result",)
    fields = (
        "small", "result", "content_type", "width", "height", "byte_size", "created_at", "lost_at",
    )  # fmt: skip
    readonly_fields = ("small",)
    list_filter = (("lost_at", admin.EmptyFieldListFilter),)
    ordering = ("-created_at",)
    list_select_related = ("result",)

    @admin.display(description=_("picture"))
    def small(self, picture: Picture) -> str:
        return thumbnail(picture.result)


def thumbnail(result: Result, width: int = 96) -> SafeString | str:
    """The result's picture, linked, or nothing."""
    picture = getattr(result, "picture", None)
    if picture is None:
        return ""
    addresses = Addresses("")
    return format_html(
        '<a href="{}"><img src="{}" width="{}" height="{}" alt="{}" loading="lazy"></a>',
        addresses.media(picture.key),
        addresses.media(picture.small_key or picture.thumbnail_key or picture.key),
        width,
        round(width * picture.height / picture.width),
        result.name,
    )
