"""Which job an Idempotency-Key stands for."""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

KEPT_FOR = timedelta(hours=26)  # a day, and what a wall clock may jump


class IdempotencyKeyQuerySet(models.QuerySet["IdempotencyKey"]):
    def current(self) -> "IdempotencyKeyQuerySet":
        return self.filter(created_at__gt=Now() - KEPT_FOR)

    def expired(self) -> "IdempotencyKeyQuerySet":
        return self.filter(created_at__lte=Now() - KEPT_FOR)


class IdempotencyKey(models.Model):
    """Digests of a key and of the order that first came with it."""

    digest = models.CharField(max_length=64, primary_key=True)
    order_digest = models.CharField(max_length=64)
    job = models.ForeignKey("generation.Job", on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = IdempotencyKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["created_at"], name="idempotency_age")
        ]

    def __str__(self) -> str:
        return self.digest[:8]
