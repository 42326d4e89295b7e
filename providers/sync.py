"""Bringing the MODEL_i_* slots of the environment into the database.

Each model row remembers its slot and a keyed fingerprint of every value it was made from. So an
unchanged environment touches nothing, and what an operator edited in the admin stands; a value
that changed in the environment updates only itself. Another model id makes a new image model.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import connection, transaction

from providers.catalogue import load
from providers.messages import Account
from providers.models import ChatModel, ImageModel, Provider
from providers.routing import Route
from providers.slots import ChatSlot, ModelSlot

ADVISORY_LOCK = 0x5049584C
DEFAULT_TIMEOUT = 180


def sync_slots(slots: Sequence[ModelSlot]) -> list[str]:
    """Make the database agree with the slots; returns warnings for the operator.

    Safe to run twice or in two processes at once.
    """
    with transaction.atomic():
        lock()
        renew_prints(slots)
        detach(ImageModel.objects.filter(slot__gt=len(slots)))
        warnings = [sync_slot(slot, slot.route) for slot in slots if slot.route]
    return [warning for warning in warnings if warning]


def lock() -> None:
    """One sync at a time. SQLite's transactions are exclusive already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])


def detach(models: Iterable[ImageModel]) -> None:
    """Switch off models whose slot is gone or became another model. Nothing is deleted."""
    for model in models:
        model.slot, model.enabled = None, False
        model.save(update_fields=["slot", "enabled", "updated_at"])


def sync_slot(slot: ModelSlot, route: Route) -> str:
    prints = fingerprints(slot, route)
    model = ImageModel.objects.filter(slot=slot.index).select_related("provider").first()
    if model is not None and model.slot_values.get("model") != prints["model"]:
        detach([model])
        model = None
    if model is None:
        create(slot, route, prints)
    elif model.slot_values != prints:
        update(model, slot, route, prints)
    return warning_of(slot)


def load_models(slots: Sequence[ModelSlot]) -> tuple[int, list[str]]:
    """Add models that do not belong to the environment; returns how many are new, and warnings.

    One that exists already, with the same account and model id, stays as it is.
    """
    made = 0
    with transaction.atomic():
        lock()
        renew_prints(slots)
        for slot in slots:
            if slot.route and not exists(slot, slot.route):
                fresh_model(slot, slot.route).save()
                made += 1
    return made, [warning for slot in slots if (warning := warning_of(slot))]


def exists(slot: ModelSlot, route: Route) -> bool:
    account = Provider.objects.filter(slot_value=fingerprint_of(slot.account))
    return ImageModel.objects.filter(provider__in=account, model_id=route.model_id).exists()


def warning_of(slot: ModelSlot) -> str:
    text = slot.route.warning if slot.route else ""
    return f"MODEL_{slot.index}_NAME: {text}" if text else ""


def fingerprints(slot: ModelSlot, route: Route, secret: str = "") -> dict[str, str]:
    """What tells whether a value changed, without telling the value."""
    return {
        "model": fingerprint(route.kind, route.model_id, secret=secret),
        "name": fingerprint(slot.name, secret=secret),
        "account": fingerprint_of(slot.account, secret),
    }


def fingerprint_of(account: Account, secret: str = "") -> str:
    values = (account.kind, account.key, account.base_url, account.region)
    return fingerprint(*values, secret=secret)


def fingerprint_of_chat(slot: ChatSlot, secret: str = "") -> str:
    return fingerprint(fingerprint_of(slot.account, secret), slot.model_id, secret=secret)


def fingerprint(*values: str, secret: str = "") -> str:
    """Made with SECRET_KEY, unless another one is given."""
    key = (secret or settings.SECRET_KEY).encode()
    return hmac.new(key, "\0".join(values).encode(), hashlib.sha256).hexdigest()[:32]


def renew_prints(slots: Sequence[ModelSlot]) -> None:
    """What was made with an earlier SECRET_KEY is told by the present one, so that a new secret
    makes no slot look changed."""
    for secret in settings.SECRET_KEY_FALLBACKS:
        for slot in slots:
            if slot.route:
                renew_slot(fingerprints(slot, slot.route, secret), fingerprints(slot, slot.route))


def renew_slot(earlier: dict[str, str], present: dict[str, str]) -> None:
    accounts = Provider.objects.filter(slot_value=earlier["account"])
    accounts.update(slot_value=present["account"])
    known = (earlier["model"], present["model"])
    for model in ImageModel.objects.filter(slot_values__model__in=known):
        model.slot_values = {
            name: present[name] if value == earlier[name] else value
            for name, value in model.slot_values.items()
        }
        model.save(update_fields=["slot_values"])


def create(slot: ModelSlot, route: Route, prints: dict[str, str]) -> None:
    """A new image model for the slot, or the one that an earlier environment made for it."""
    earlier = ImageModel.objects.filter(slot=None, slot_values__model=prints["model"]).first()
    model = earlier or fresh_model(slot, route)
    model.provider = provider_of(slot.account)
    model.slot, model.slot_values = slot.index, prints
    model.position, model.enabled, model.note = slot.index, route.enabled, route.warning[:300]
    model.save()


def fresh_model(slot: ModelSlot, route: Route) -> ImageModel:
    return ImageModel(
        name=slot.name or route.label,
        provider=provider_of(slot.account),
        model_id=route.model_id,
        price_micros=route.price_micros,
        timeout=usual_timeout(route),
        enabled=route.enabled,
        note=route.warning[:300],
    )


def usual_timeout(route: Route) -> int:
    """Seconds that a call of this kind may take, from the catalogue."""
    if route.kind not in load().default_family:
        return DEFAULT_TIMEOUT
    return load().family(route.kind, route.model_id).timeout


def update(model: ImageModel, slot: ModelSlot, route: Route, prints: dict[str, str]) -> None:
    """Carry over only the values that changed."""
    if model.slot_values.get("name") != prints["name"]:
        model.name = slot.name
    if model.slot_values.get("account") != prints["account"]:
        model.provider = moved_provider(model, slot.account)
    model.slot_values = prints
    model.save()


def provider_of(account: Account) -> Provider:
    """The provider with this kind, key, base URL and region; made if there is none."""
    known = Provider.objects.filter(slot_value=fingerprint_of(account)).first()
    return known or fill(Provider(kind=account.kind), account)


def moved_provider(model: ImageModel, account: Account) -> Provider:
    """The provider for changed values: the same row, unless other models use it too."""
    shared = model.provider.models.exclude(pk=model.pk).exists()
    taken = Provider.objects.filter(slot_value=fingerprint_of(account)).exists()
    return provider_of(account) if shared or taken else fill(model.provider, account)


def fill(provider: Provider, account: Account) -> Provider:
    provider.key = account.key
    provider.base_url, provider.region = account.base_url, account.region
    provider.name = provider.name or free_name(provider.label)
    provider.slot_value = fingerprint_of(account)
    provider.save()
    return provider


def free_name(label: str) -> str:
    taken = set(Provider.objects.filter(name__startswith=label).values_list("name", flat=True))
    candidates = [label, *(f"{label} {number}" for number in range(2, len(taken) + 3))]
    return next(name for name in candidates if name not in taken)


def sync_chat(slot: ChatSlot | None) -> None:
    """Make the enhancer that the environment names the first one. One it no longer names rests."""
    named = fingerprint_of_chat(slot) if slot else ""
    with transaction.atomic():
        lock()
        ours = ChatModel.objects.exclude(slot_value="")
        if slot:
            renew_chat(slot, named)
        ours.exclude(slot_value=named).update(enabled=False, slot_value="")
        if slot and not ours.filter(slot_value=named).exists():
            ChatModel.objects.create(
                provider=provider_of(slot.account),
                model_id=slot.model_id,
                position=0,
                slot_value=named,
            )


def renew_chat(slot: ChatSlot, named: str) -> None:
    """As `renew_prints`, for who enhances prompts."""
    for secret in settings.SECRET_KEY_FALLBACKS:
        accounts = Provider.objects.filter(slot_value=fingerprint_of(slot.account, secret))
        accounts.update(slot_value=fingerprint_of(slot.account))
        chats = ChatModel.objects.filter(slot_value=fingerprint_of_chat(slot, secret))
        chats.update(slot_value=named)
