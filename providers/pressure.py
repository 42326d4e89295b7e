"""When an account or a model must rest: asked to wait by its provider, or failing too often."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q

from providers import clock
from providers.clock import from_now
from providers.models import ImageModel, Provider

PATIENCE = 5  # failures in a row before a model rests
FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=10)


def pause(provider_id: UUID, seconds: float) -> None:
    """Let every result of the account wait, as its provider asked. A pause only grows."""
    until = from_now(seconds)
    shorter = Q(paused_until=None) | Q(paused_until__lt=until)
    Provider.objects.filter(shorter, pk=provider_id).update(paused_until=until)


def failed(model_id: UUID) -> None:
    """Count a failure of the model's provider; from the fifth in a row on the model rests."""
    ImageModel.objects.filter(pk=model_id).update(failures=F("failures") + 1)
    for failures in ImageModel.objects.filter(pk=model_id).values_list("failures", flat=True):
        if failures >= PATIENCE:
            until = from_now(rest_after(failures).total_seconds())
            ImageModel.objects.filter(pk=model_id).update(resting_until=until)


def succeeded(model: ImageModel) -> None:
    """A success ends the row of failures."""
    if model.failures:
        ImageModel.objects.filter(pk=model.pk).update(failures=0, resting_until=None)


def rest_after(failures: int) -> timedelta:
    """Each further failure doubles the rest: the first call after it is a trial."""
    doublings = min(max(failures - PATIENCE, 0), 10)
    return min(FIRST_REST * (1 << doublings), LONGEST_REST)


def resting_until(model: ImageModel) -> tuple[datetime, str] | None:
    """Until when the model's account or the model itself rests, and the error code of the reason
    for results that cannot wait so long."""
    rests = (model.provider.paused_until, "RATE_LIMITED"), (model.resting_until, "PROVIDER_ERROR")
    known = [(until, code) for until, code in rests if until is not None]
    if not known:
        return None
    now = clock.now()
    return next(((until, code) for until, code in known if until > now), None)
