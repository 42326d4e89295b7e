"""A picture: the stored original of a completed result, and its display copies."""

import uuid
from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from generation.models.attempt import Attempt

COPY_TRIES = 3


class PictureQuerySet(models.QuerySet["Picture"]):
    def create_for(self, result_id: uuid.UUID, attempt_id: uuid.UUID) -> "Picture":
        """The picture that a result's attempt received."""
        attempt = Attempt.objects.get(pk=attempt_id)
        return self.create(
            result_id=result_id,
            key=attempt.object_key,
            sha256=attempt.sha256,
            content_type=attempt.content_type,
            width=attempt.width or 0,
            height=attempt.height or 0,
            byte_size=attempt.byte_size or 0,
        )

    def without_copies(self) -> "PictureQuerySet":
        return self.filter(thumbnail_key="", copy_tries__lt=COPY_TRIES)

    def older_than(self, seconds: float) -> "PictureQuerySet":
        return self.filter(created_at__lt=Now() - timedelta(seconds=seconds))


class Picture(models.Model):
    """Storage keys and facts. The original is kept bit for bit; copies are WebP and come later."""

    result = models.OneToOneField(
        "generation.Result", on_delete=models.CASCADE, primary_key=True, related_name="picture"
    )
    key = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(_("type"), max_length=40)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    byte_size = models.PositiveIntegerField(_("bytes"))
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    thumbnail_key = models.CharField(max_length=300, blank=True)
    medium_key = models.CharField(max_length=300, blank=True)
    copy_tries = models.PositiveSmallIntegerField(default=0)
    lost_at = models.DateTimeField(
        _("lost"),
        null=True,
        editable=False,
        help_text=_("When the storage was found not to hold it any more."),
    )

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
