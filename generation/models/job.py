"""A job: one prompt sent to several image models."""

import uuid
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.dispatch import Signal
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from generation.templatetags.display import visible
from providers.statements import Change

MAX_PROMPT = 1000
STATUSES = ("pending", "in_progress", "completed", "partial", "failed")
changed = Signal()  # after a commit of this process that moved a job's version


def tell_changed() -> None:
    changed.send(Job)


def moved(job_id: uuid.UUID) -> None:
    """Something a reader can see of this job has changed: the version moves."""
    transaction.on_commit(tell_changed)
    MOVE(pk=job_id)


def pictured(job_id: uuid.UUID) -> None:
    """The same, by one picture more."""
    transaction.on_commit(tell_changed)
    MOVE_BY_PICTURE(pk=job_id)


class JobQuerySet(models.QuerySet["Job"]):
    def touch(self) -> int:
        """Say that something a reader can see has changed: the version moves."""
        transaction.on_commit(tell_changed)
        return self.update(version=F("version") + 1, updated_at=Now())

    def at_rest_for(self, days: int) -> "JobQuerySet":
        """Those that are so old, and in which nothing is drawn or has changed for so long."""
        since = Now() - timedelta(days=days)
        still = self.filter(created_at__lt=since, updated_at__lt=since)
        return still.exclude(results__state__in=("pending", "in_progress"))

    def in_gallery(self) -> "JobQuerySet":
        """What the gallery shows, newest first."""
        shown = self.filter(listed=True, hidden=False, image_count__gt=0)
        return shown.order_by("-created_at", "-id")


class Job(models.Model):
    """One prompt and its parameters. Its status is derived from its results, never stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    prompt = models.TextField(_("prompt"))
    negative_prompt = models.TextField(_("negative prompt"), blank=True)
    steps = models.PositiveSmallIntegerField(_("steps"), default=25)
    guidance = models.FloatField(_("guidance"), default=7)
    control = models.FloatField(_("control"), default=1.0)
    seed = models.BigIntegerField(_("seed"), null=True, blank=True)
    aspect_ratio = models.CharField(_("aspect ratio"), max_length=8, blank=True)
    listed = models.BooleanField(
        _("listed"), default=True, help_text=_("Shown in the gallery; else found by link only.")
    )
    hidden = models.BooleanField(
        _("hidden"), default=False, help_text=_("Taken out of the gallery by an operator.")
    )
    total = models.PositiveSmallIntegerField(_("models"), editable=False)
    image_count = models.PositiveSmallIntegerField(_("pictures"), default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    correlation_id = models.CharField(
        _("correlation id"), max_length=64, blank=True, editable=False
    )
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    updated_at = models.DateTimeField(_("updated"), db_default=Now(), editable=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "-id"]
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["-created_at", "-id"],
                name="job_gallery",
                condition=Q(listed=True, hidden=False, image_count__gt=0),
            ),
            models.Index(fields=["-created_at", "-id"], name="job_newest"),
        ]

    def __str__(self) -> str:
        return visible(self.prompt[:80])

    def get_absolute_url(self) -> str:
        return reverse("job", args=[self.id])

    @property
    def token(self) -> str:
        """Proof of having made the job: an HMAC of its id."""
        return self.token_under(settings.SECRET_KEY)

    def token_under(self, secret: str) -> str:
        mac = salted_hmac("generation.job.token", str(self.id), secret, algorithm="sha256")
        return mac.hexdigest()

    def token_matches(self, token: str) -> bool:
        """Tokens of an earlier SECRET_KEY hold as long as it is among the fallbacks."""
        secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        return any(constant_time_compare(self.token_under(each), token) for each in secrets)


def status_of(states: list[str]) -> str:
    """A job's status from its results' states."""
    if "pending" in states or "in_progress" in states:
        started = any(state != "pending" for state in states)
        return "in_progress" if started else "pending"
    if "error" not in states:
        return "completed"
    return "partial" if "completed" in states else "failed"


MOVED = {"version": F("version") + 1, "updated_at": Now()}
MOVE = Change(lambda pk: (Job.objects.filter(pk=pk), MOVED))
MOVE_BY_PICTURE = Change(
    lambda pk: (Job.objects.filter(pk=pk), MOVED | {"image_count": F("image_count") + 1})
)
