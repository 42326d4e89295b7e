"""A vote: which picture of a job somebody found best without knowing who drew it."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from generation.models.job import Job
from generation.models.result import Result


class Vote(models.Model):
    """One browser's one vote for a job. `voter` is the digest of a token that the browser drew."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="votes")
    result = models.ForeignKey(Result, on_delete=models.CASCADE, related_name="votes")
    voter = models.CharField(max_length=64, editable=False)
    choices = models.PositiveSmallIntegerField(_("pictures to choose from"))
    created_at = models.DateTimeField(_("cast"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["job", "voter"], name="vote_once")
        ]

    def __str__(self) -> str:
        return f"{self.result.name}, of {self.choices}"
