"""A picture: the stored original of a completed result, and its display copies."""

import uuid
from typing import ClassVar

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from generation.models.attempt import Attempt
from providers.clock import SteadyNow, from_now
from providers.statements import Addition

COPY_TRIES = 3


class PictureQuerySet(models.QuerySet["Picture"]):
    def create_for(self, attempt: Attempt) -> None:
        """The picture that this attempt received for its result."""
        SHOW(
            result_id=attempt.result_id,
            key=attempt.object_key,
            **{name: getattr(attempt, name) for name in FACTS},
        )

    def without_copies(self) -> "PictureQuerySet":
        return self.filter(thumbnail_key="", copy_tries__lt=COPY_TRIES)

    def take_bells(self, *, older_than: float, most: int) -> list[uuid.UUID]:
        """Those whose bell for copies is missing or rang at least so many seconds ago. They count
        as rung from now on: of two sweepers at once, one gets each."""
        stale = Q(bell_at=None) | Q(bell_at__lt=from_now(-older_than))
        unrung = self.without_copies().filter(stale)
        with transaction.atomic():
            found = list(unrung.select_for_update(skip_locked=True).order_by("created_at")[:most])
            pks = [picture.pk for picture in found]
            self.filter(pk__in=pks).update(bell_at=SteadyNow())
        return pks


class Picture(models.Model):
    """Storage keys and facts. The original is kept bit for bit; copies are WebP and come later."""

    result = models.OneToOneField(
        "generation.Result",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="picture",
        verbose_name=_("result"),
    )
    key = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(_("type"), max_length=40)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    byte_size = models.PositiveIntegerField(_("bytes"))
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    thumbnail_key = models.CharField(max_length=300, blank=True)
    medium_key = models.CharField(max_length=300, blank=True)
    small_key = models.CharField(max_length=300, blank=True, db_default="")
    copy_tries = models.PositiveSmallIntegerField(default=0)
    lost_at = models.DateTimeField(
        _("lost"),
        null=True,
        editable=False,
        help_text=_("When the storage was found not to hold it any more."),
    )
    bell_at = models.DateTimeField(null=True)

    objects = PictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["created_at"],
                name="picture_uncopied",
                condition=models.Q(thumbnail_key="", copy_tries__lt=COPY_TRIES),
            )
        ]

    def __str__(self) -> str:
        return f"{self.width} x {self.height}"


FACTS = ("sha256", "content_type", "width", "height", "byte_size")
SHOW = Addition(Picture, "result_id", "key", *FACTS, bell_at=SteadyNow())
