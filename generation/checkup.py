"""What is wrong and what to do about it, for `manage.py doctor` and for the desk's first page."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError
from django.urls import reverse
from django.utils.translation import gettext as _

from generation.models import SpendingLimits, SpendWindow
from generation.models.money import ALL, today
from generation.readiness import CHECKS
from generation.templatetags.display import price
from providers import clock
from providers.encryption import CannotDecrypt
from providers.models import ImageModel, Provider
from providers.pressure import resting_until

NEARLY = 0.8  # of a cap


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence or two for an operator; `about` is the row to look at, where it is one."""

    text: str
    about: Provider | ImageModel | SpendingLimits | None = None

    @property
    def address(self) -> str:
        """Where at the desk to look, or the empty string."""
        if self.about is None:
            return ""
        name = f"admin:{self.about._meta.app_label}_{self.about._meta.model_name}"
        if self.about._state.adding:
            return reverse(f"{name}_changelist")
        return reverse(f"{name}_change", args=[self.about.pk])


def problems(found: Mapping[str, str]) -> Iterator[Finding]:
    """What keeps a job from being drawn: what the checks found, by name; else keys."""
    yield from told(found)
    if not any(found.values()):
        yield from key_problems()


def told(found: Mapping[str, str]) -> Iterator[Finding]:
    for name, problem in found.items():
        if problem:
            yield Finding(f"{_(problem)} {_(CHECKS[name].advice)}")


def key_problems() -> Iterator[Finding]:
    try:
        providers = list(Provider.objects.all())
    except DatabaseError:
        return
    for provider in providers:
        try:
            provider.account()
        except CannotDecrypt as problem:
            text = _("%(name)s: its key cannot be decrypted. %(problem)s Enter the key again.")
            yield Finding(text % {"name": provider.name, "problem": problem}, provider)


def warnings() -> Iterator[Finding]:
    """What works today and deserves a look."""
    models = ImageModel.objects.select_related("provider").order_by("position")
    for model in models:
        for text in about_model(model) if model.enabled else [model.note]:
            if text:
                yield Finding(f"{model.name}: {text}", model)
    yield from about_money(models)
    if not settings.PUBLIC_BASE_URL and settings.HOST not in ("127.0.0.1", "localhost", "::1"):
        text = _("PUBLIC_BASE_URL is not set, so picture addresses follow each request's host.")
        yield Finding(text)


def about_model(model: ImageModel) -> Iterable[str]:
    yield model.unavailable
    yield resting(model)
    yield model.retirement
    if model.price_micros is None and not model.free:
        yield _("its price is unknown. Set one in the admin to see costs.")


def resting(model: ImageModel) -> str:
    """Until when a model waits, or the empty string."""
    rest = resting_until(model)
    if rest is None:
        return ""
    values = {"failures": model.failures, "time": f"{rest[0]:%H:%M:%S} UTC"}
    if rest[1] == "RATE_LIMITED":
        return _("Its provider asked to wait until %(time)s.") % values
    return _("Resting until %(time)s after %(failures)s failures in a row.") % values


def state_of(model: ImageModel, *, real: bool) -> str:
    """What keeps a model from drawing or deserves a look; else empty. `real`: whether a model that
    is no demo is enabled."""
    rests = _("resting: a real model is enabled") if model.demo and real else ""
    return model.unavailable or rests or resting(model) or model.retirement or model.note


def state_of_account(provider: Provider) -> str:
    """What keeps an account's models from drawing, or the empty string."""
    if provider.lacks_key:
        return _("It has no key yet. Enter one.")
    until = provider.paused_until
    if until is None or until <= clock.now():
        return ""
    return _("Its provider asked to wait until %(time)s.") % {"time": f"{until:%H:%M:%S} UTC"}


def about_money(models: Iterable[ImageModel]) -> Iterator[Finding]:
    limits = SpendingLimits.objects.current()
    capped = limits.daily_cap_micros is not None or limits.monthly_cap_micros is not None
    if not capped and any(model.enabled and model.uncapped for model in models):
        yield Finding(_("Nothing caps what may be spent. Set a cap for the day or month."), limits)
    if limits.stopped:
        yield Finding(_("All paid calls are stopped. Allow them again when you are ready."), limits)
    caps = {"day": limits.daily_cap_micros, "month": limits.monthly_cap_micros}
    for window in SpendWindow.objects.around(today()).filter(scope=ALL):
        cap, used = caps[window.period], window.spent_micros + window.reserved_micros
        if cap is None or used < NEARLY * cap:
            continue
        values = {"used": price(used), "cap": price(cap), "period": window.get_period_display()}
        text = _("%(used)s of the cap of %(cap)s for this %(period)s are used. Raise it, or wait.")
        yield Finding(text % values, limits)
