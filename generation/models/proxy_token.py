"""Tokens with which a proxy proves that it may name the clients it speaks for."""

import hashlib
import secrets
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

PREFIX = "pixelprompt_proxy_"


def digest(token: str) -> str:
    """A token is 256 random bits, so that a plain hash hides it."""
    return hashlib.sha256(token.encode()).hexdigest()


class ProxyTokenQuerySet(models.QuerySet["ProxyToken"]):
    def recognises(self, token: str) -> bool:
        """Whether an operator issued this token and has not taken it back."""
        return token.startswith(PREFIX) and self.filter(digest=digest(token)).exists()


class ProxyToken(models.Model):
    """A name for the operator, and the hash of the token."""

    name = models.CharField(_("name"), max_length=100, help_text=_("Who uses it."))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("issued"), db_default=Now(), editable=False)

    objects = ProxyTokenQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        verbose_name = _("proxy token")
        verbose_name_plural = _("proxy tokens")

    def __str__(self) -> str:
        return self.name

    def issue(self) -> str:
        """Make the token, of which only the hash is kept."""
        token = PREFIX + secrets.token_urlsafe(32)
        self.digest = digest(token)
        return token
