"""Accounts with providers, and the image models that visitors choose from."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from providers import encryption
from providers.addresses import base_url_problem
from providers.catalogue import load
from providers.dollars import MicrosField
from providers.messages import Account
from providers.registry import ADAPTERS, LABELS
from providers.statements import Look

WARN_DAYS = 60


class Provider(models.Model):
    """An account: a kind of provider, its key, and where it lives."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=40)
    base_url = models.CharField(
        _("base URL"),
        max_length=500,
        blank=True,
        help_text=_(
            "Empty: the provider's own address. Include the version segment if it has one."
        ),
    )
    region = models.CharField(_("region"), max_length=40, blank=True)
    sealed_key = models.TextField(blank=True, editable=False)
    options = models.JSONField(
        _("options"),
        default=dict,
        blank=True,
        help_text=_("Settings of this server as a JSON object, for example its flavour."),
    )
    concurrency = models.PositiveSmallIntegerField(
        _("calls at once"),
        default=32,
        null=True,
        blank=True,
        help_text=_("More results of this account wait. Empty: no limit."),
    )
    paused_until = models.DateTimeField(_("paused until"), null=True, blank=True)
    slot_value = models.CharField(max_length=32, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "created_at"]
        verbose_name = _("provider")
        verbose_name_plural = _("providers")

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """The account's key in plain text. Never shown, logged or serialised."""
        return encryption.unseal(self.sealed_key, self.key_context)

    @key.setter
    def key(self, plain: str) -> None:
        self.sealed_key = encryption.seal(plain.strip(), self.key_context)

    @property
    def key_context(self) -> str:
        return f"provider:{self.id}:key"

    @property
    def label(self) -> str:
        """The kind's name for people."""
        return gettext(LABELS.get(self.kind, self.kind))

    @property
    def lacks_key(self) -> bool:
        adapter = ADAPTERS.get(self.kind)
        return adapter is not None and adapter.needs_key and not self.sealed_key

    def account(self) -> Account:
        """What an adapter needs to know of this provider."""
        return Account(self.kind, self.key, self.base_url, self.region, self.options)

    def clean(self) -> None:
        adapter = ADAPTERS.get(self.kind)
        if adapter is None:
            raise ValidationError({"kind": _("There is no adapter for this kind of provider.")})
        if adapter.needs_base_url and not self.base_url:
            raise ValidationError({"base_url": _("This kind of provider needs a base URL.")})
        problem = self.base_url and base_url_problem(self.base_url, settings.PRIVATE_HOSTS)
        if problem:
            raise ValidationError({"base_url": problem})
        if not isinstance(self.options, dict):
            raise ValidationError({"options": _("Options must be a JSON object.")})


class ImageModelQuerySet(models.QuerySet["ImageModel"]):
    def offered(self) -> "ImageModelQuerySet":
        """What visitors can choose from, in order. Demo models rest once a real one is enabled."""
        real = self.real().select_related("provider")
        enabled = self.filter(enabled=True).select_related("provider")
        return real if real.exists() else enabled

    def real(self) -> "ImageModelQuerySet":
        """Enabled ones that are no demo."""
        return self.filter(enabled=True).exclude(provider__kind="demo")


class ImageModel(models.Model):
    """What a visitor sees as one model: a name, whose account draws it, and what it costs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("slug"), max_length=100, unique=True, blank=True)
    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="models", verbose_name=_("provider")
    )
    model_id = models.CharField(
        _("model id"), max_length=200, help_text=_("The provider's own name for the model.")
    )
    position = models.PositiveIntegerField(_("position"), default=100)
    enabled = models.BooleanField(_("enabled"), default=True)
    price_micros = MicrosField(
        _("price per picture"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("In US dollars, such as 0.04. Empty: unknown."),
    )
    assumed_micros = MicrosField(
        _("assumed price"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_(
            "In US dollars. Counts where the price is unknown. Without it, a model of unknown "
            "price cannot draw while spending is capped."
        ),
    )
    daily_cap_micros = MicrosField(
        _("cap per day"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("In US dollars. Empty: no cap of its own."),
    )
    monthly_cap_micros = MicrosField(
        _("cap per month"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("In US dollars. Empty: no cap of its own."),
    )
    timeout = models.PositiveIntegerField(
        _("timeout"),
        default=180,
        validators=[MinValueValidator(1), MaxValueValidator(280)],
        help_text=_("Seconds that one call may take."),
    )
    options = models.JSONField(_("options"), default=dict, blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    resting_until = models.DateTimeField(
        _("resting until"),
        null=True,
        blank=True,
        help_text=_("After several failures in a row. Empty it to try again at once."),
    )
    note = models.CharField(_("note"), max_length=300, blank=True, editable=False)
    slot = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    slot_values = models.JSONField(default=dict, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ImageModelQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "name", "created_at"]
        verbose_name = _("image model")
        verbose_name_plural = _("image models")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug:
            self.slug = free_slug(self.name)
        super().save(*args, **kwargs)

    @property
    def demo(self) -> bool:
        return self.provider.kind == "demo"

    @property
    def capabilities(self) -> dict[str, bool]:
        """Which parameters the model itself knows, by wire name."""
        return capabilities_of(self.provider.kind, self.model_id)

    @property
    def free(self) -> bool:
        """Whether calls of this kind never cost anything."""
        adapter = ADAPTERS.get(self.provider.kind)
        return adapter is not None and adapter.free

    @property
    def ceiling_micros(self) -> int | None:
        """What a picture may cost at most, or None when nobody knows."""
        if self.free:
            return 0
        return self.assumed_micros if self.price_micros is None else self.price_micros

    @property
    def uncapped(self) -> bool:
        """Whether calls cost something and no cap of its own ends them."""
        caps = (self.daily_cap_micros, self.monthly_cap_micros)
        return self.ceiling_micros != 0 and caps == (None, None)

    @property
    def unavailable(self) -> str:
        """Why this model cannot draw right now, in words, or the empty string."""
        if self.provider.kind not in ADAPTERS:
            return str(_("This version cannot call this kind of provider."))
        if self.provider.lacks_key:
            return str(_("Its provider has no key yet."))
        return ""

    @property
    def retirement(self) -> str:
        """A warning when the provider has ended this model, or will within 60 days; else empty."""
        known = load().find(self.provider.kind, self.model_id)
        today = timezone.now().date()
        if known is None or not (known.is_retired(today) or known.retires):
            return ""
        told = {"date": known.retires, "successor": known.replacement or _("another model")}
        if known.is_retired(today):
            return str(_("Its provider has retired it. Use %(successor)s instead.") % told)
        if known.retires and (known.retires - today).days > WARN_DAYS:
            return ""
        return str(_("It retires on %(date)s. Use %(successor)s instead.") % told)


class ChatModel(models.Model):
    """A language model that enhances prompts. The first enabled one is asked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="chat_models", verbose_name=_("provider")
    )
    model_id = models.CharField(_("model id"), max_length=200)
    position = models.PositiveIntegerField(_("position"), default=100)
    enabled = models.BooleanField(_("enabled"), default=True)
    slot_value = models.CharField(max_length=32, blank=True, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "model_id"]
        verbose_name = _("prompt enhancer")
        verbose_name_plural = _("prompt enhancers")

    def __str__(self) -> str:
        return f"{self.model_id} ({self.provider})"

    def clean(self) -> None:
        adapter = ADAPTERS.get(self.provider.kind)
        if adapter is None or not adapter.chats:
            raise ValidationError({"provider": _("This kind of provider has no language model.")})


def offered() -> list[ImageModel]:
    """What visitors can choose from, as `ImageModel.objects.offered()` has it."""
    return REAL() or ENABLED()


REAL = Look(lambda: ImageModel.objects.real().select_related("provider"))
ENABLED = Look(lambda: ImageModel.objects.filter(enabled=True).select_related("provider"))


def free_slug(name: str) -> str:
    """A slug for the name that no other model has."""
    stem = slugify(name)[:90] or "model"
    taken = set(ImageModel.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    candidates = [stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3))]
    return next(slug for slug in candidates if slug not in taken)


def capabilities_of(kind: str, model_id: str) -> dict[str, bool]:
    """Which parameters a model knows, by wire name; empty for a server that we know nothing of."""
    if kind == "demo":
        return {"aspectRatio": True, "seed": True} | dict.fromkeys(
            ("steps", "guidance", "negativePrompt"), False
        )
    if kind not in load().default_family:
        return {}
    family = load().family(kind, model_id)
    return {
        "aspectRatio": family.size_mode != "none",
        "seed": family.seed is not None,
        "steps": family.steps is not None,
        "guidance": family.guidance is not None,
        "negativePrompt": family.negative_prompt is not None,
    }
