"""How often who may ask, as an operator edits it, and the counters of who did."""

import time
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from generation.networks import parse_network, within
from providers.addresses import Address


def first_rates() -> dict[str, tuple[int, int]]:
    """What a new installation allows, and in how many seconds."""
    return {
        Limit.Name.ADDRESS: (settings.IP_LIMIT, Limit.Period.DAY),
        Limit.Name.GLOBAL: (settings.GLOBAL_LIMIT, Limit.Period.HOUR),
        Limit.Name.ENHANCE: (60, Limit.Period.HOUR),
        Limit.Name.LOG: (100, Limit.Period.HOUR),
        Limit.Name.VOTE: (120, Limit.Period.HOUR),
        Limit.Name.LOGIN_ADDRESS: (10, Limit.Period.QUARTER),
        Limit.Name.LOGIN_ACCOUNT: (30, Limit.Period.HOUR),
    }


class LimitQuerySet(models.QuerySet["Limit"]):
    def current(self, name: str) -> "Limit":
        """The limit of this name. Where the row is missing, what a new installation allows."""
        found = self.filter(name=name).first()
        if found is None:
            allowed, period = first_rates()[name]
            found = Limit(name=name, allowed=allowed, period=period)
        return found


class Limit(models.Model):
    """So many in so many seconds."""

    class Name(models.TextChoices):
        ADDRESS = "address", _("orders of one address")
        GLOBAL = "global", _("orders of everybody together")
        ENHANCE = "enhance", _("enhancements for one address")
        LOG = "log", _("browser logs of one address")
        VOTE = "vote", _("blind votes from one address")
        LOGIN_ADDRESS = "login-address", _("failed logins from one address")
        LOGIN_ACCOUNT = "login-account", _("failed logins to one account")

    class Period(models.IntegerChoices):
        MINUTE = 60, _("in a minute")
        QUARTER = 900, _("in 15 minutes")
        HOUR = 3600, _("in an hour")
        DAY = 86_400, _("in a day")

    name = models.CharField(_("what"), primary_key=True, max_length=20, choices=Name)
    allowed = models.PositiveIntegerField(
        _("allowed"), null=True, blank=True, help_text=_("Empty: no limit. 0: nothing at all.")
    )
    period = models.PositiveIntegerField(_("period"), choices=Period)

    objects = LimitQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        verbose_name = _("limit")
        verbose_name_plural = _("limits")

    def __str__(self) -> str:
        return str(self.get_name_display())


class WhitelistQuerySet(models.QuerySet["Whitelisted"]):
    def holds(self, address: Address | None) -> bool:
        listed = self.values_list("network", flat=True)
        return address is not None and within(address, map(parse_network, listed))


class Whitelisted(models.Model):
    """An address or network that no limit holds."""

    network = models.CharField(_("address or network"), max_length=50, unique=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = WhitelistQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["network"]
        verbose_name = _("whitelisted address")
        verbose_name_plural = _("whitelist")

    def __str__(self) -> str:
        return self.network

    def clean(self) -> None:
        try:
            self.network = str(parse_network(self.network))
        except ValueError as problem:
            raise ValidationError({"network": str(problem)}) from None


class CounterQuerySet(models.QuerySet["Counter"]):
    def expired(self) -> "CounterQuerySet":
        return self.filter(expires_at__lt=int(time.time()))


class Counter(models.Model):
    """One entry of the cache that counts. `expires_at` is in seconds since 1970."""

    key = models.CharField(max_length=255, primary_key=True)
    value = models.BigIntegerField()
    expires_at = models.BigIntegerField(db_index=True)

    objects = CounterQuerySet.as_manager()

    class Meta:
        verbose_name = _("counter")
        verbose_name_plural = _("counters")

    def __str__(self) -> str:
        return self.key
