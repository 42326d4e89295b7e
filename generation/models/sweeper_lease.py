"""Who sweeps: one row, which one process holds for a few rounds at a time."""

from datetime import timedelta

from django.conf import settings
from django.db import connection, models
from django.db.models import ExpressionWrapper, F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from providers.clock import SteadyNow, from_now

ROUNDS = 3  # that a holder may miss before another process takes over


class SweeperLeaseQuerySet(models.QuerySet["SweeperLease"]):
    def take(self, owner: str) -> bool:
        """Become, or stay, the one who sweeps; False while another process is.

        On SQLite there is one process, so whoever held it before is gone.
        """
        self.get_or_create(pk=SweeperLease.ONLY)
        free = Q(owner=owner) | Q(expires_at=None) | Q(expires_at__lt=SteadyNow())
        taken = self.all() if connection.vendor == "sqlite" else self.filter(free)
        expires_at = from_now(ROUNDS * settings.SWEEP_PERIOD)
        return bool(taken.update(owner=owner, expires_at=expires_at))

    def give_up(self, owner: str) -> None:
        """Let another process sweep at once."""
        self.filter(owner=owner).update(owner="", expires_at=None)

    def note_round(self) -> None:
        self.update_or_create(pk=SweeperLease.ONLY, defaults={"swept_at": Now()})

    def seconds_since_round(self) -> float | None:
        """How long ago anybody's last round ended, by the database's clock; None: never."""
        age = ExpressionWrapper(Now() - F("swept_at"), output_field=models.DurationField())
        found: timedelta | None = self.values_list(age, flat=True).first()
        return None if found is None else found.total_seconds()


class SweeperLease(models.Model):
    """`swept_at` is when the last round ended, whoever swept: also one who holds no lease."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY, editable=False)
    owner = models.CharField(max_length=40, blank=True)
    expires_at = models.DateTimeField(null=True)
    swept_at = models.DateTimeField(null=True)

    objects = SweeperLeaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("sweeper lease")
        verbose_name_plural = _("sweeper leases")

    def __str__(self) -> str:
        return f"held by {self.owner or 'nobody'}"
