"""What the content filter refuses, and what it lets through nevertheless."""

import secrets
from typing import Any, ClassVar

from django.db import models
from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _


def new_stamp() -> int:
    return secrets.randbelow(2**40)


class StampedQuerySet(models.QuerySet[Any]):
    def version(self) -> tuple[Any, ...]:
        """Another value after every change of a row, whatever the clocks say."""
        told = self.aggregate(count=Count("pk"), sum=Sum("stamp"))
        return told["count"], told["sum"]

    def update(self, **fields: Any) -> int:
        return super().update(**({"stamp": new_stamp()} | fields))


class Stamped(models.Model):
    """A row that the filter is made from. Its stamp is drawn anew with every change."""

    enabled = models.BooleanField(_("enabled"), default=True)
    stamp = models.BigIntegerField(default=new_stamp, editable=False)

    objects = StampedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.stamp = new_stamp()
        super().save(*args, **kwargs)


class BlockedTerm(Stamped):
    """A word or words that no prompt may hold. A `*` at the end stands for any ending."""

    class Category(models.TextChoices):
        MINORS = "minors", _("minors")
        SEXUAL = "sexual", _("sexual")
        GORE = "gore", _("gore")
        HATE = "hate", _("hate")
        SELF_HARM = "self_harm", _("self-harm")
        OTHER = "other", _("other")

    text = models.CharField(_("term"), max_length=100, unique=True)
    category = models.CharField(
        _("category"), max_length=12, choices=Category, default=Category.OTHER
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["category", "text"]
        verbose_name = _("blocked term")
        verbose_name_plural = _("blocked terms")

    def __str__(self) -> str:
        return self.text


class AllowedPhrase(Stamped):
    """Words that hold a blocked term and may stand in a prompt all the same."""

    text = models.CharField(_("phrase"), max_length=100, unique=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["text"]
        verbose_name = _("allowed phrase")
        verbose_name_plural = _("allowed phrases")

    def __str__(self) -> str:
        return self.text
