"""Accepting a job: through the gates, then Job and Results in one transaction, then the bells."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from generation import correlation, idempotency, search
from generation.bells import ring
from generation.failpoints import failpoint
from generation.gates import admit
from generation.gates.addresses import Client
from generation.gates.budget import Funds
from generation.gates.counters import passage
from generation.models import Job, Result
from providers.clock import from_now
from providers.models import ImageModel, offered

MAX_SEED = 2_147_483_646


class NoModelEnabled(Exception):
    """There is nothing to draw with."""


class UnknownModel(Exception):
    """A slug that names no model; `slug` says which."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        super().__init__(slug)


class ModelUnavailable(Exception):
    """A model that exists but cannot draw now; the text says why."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a visitor asks for, already validated. `slugs` None means every enabled model."""

    prompt: str
    steps: int = 25
    guidance: float = 7
    control: float = 1.0
    seed: int | None = None
    aspect_ratio: str = ""
    negative_prompt: str = ""
    listed: bool = True
    slugs: Sequence[str] | None = None

    def parameters(self) -> dict[str, Any]:
        """The Job's own fields."""
        names = ("prompt", "steps", "guidance", "control", "seed", "aspect_ratio", "listed")
        return {name: getattr(self, name) for name in (*names, "negative_prompt")}


def submit(order: Order, *, client: Client | None, key: str = "") -> Job:
    """Accept an order: after this returns, the job and its results exist, whatever dies next.

    An order that came before under the same idempotency key is the job it became then.
    """
    if not key:
        return accept(order, client)
    try:
        return idempotency.remembered(key, order) or accept(order, client, key)
    except IntegrityError:
        faster = idempotency.remembered(key, order)  # than we were, with the same key
        if faster is None:
            raise
        return faster


def accept(order: Order, client: Client | None, key: str = "") -> Job:
    """One transaction: the key, the gates, the job and its results; then the bells."""
    chosen = choose(order.slugs)
    job = Job(**order.parameters(), total=len(chosen), correlation_id=correlation.current.get())
    with passage():
        if key:
            idempotency.remember(key, order, job)
        funds = admit(order, chosen, client)
        job.save(force_insert=True)
        results = new_results(job, chosen, order.seed, funds)
        Result.objects.all().enter(results)
        search.add(job)
        transaction.on_commit(lambda: ring_for(results))
    return job


def ring_for(results: Sequence[Result]) -> None:
    failpoint("after-job-commit")
    ring([result.pk for result in results if result.state == Result.State.PENDING])


def choose(slugs: Sequence[str] | None) -> list[ImageModel]:
    """The models of an order, in the order of their positions."""
    able = [model for model in offered() if not model.unavailable]
    if slugs is None:
        if not able:
            raise NoModelEnabled
        return able[:20]
    by_slug = {model.slug: model for model in able}
    for slug in slugs:
        if slug not in by_slug:
            raise why_not(slug)
    return [model for model in able if model.slug in slugs]


def why_not(slug: str) -> Exception:
    """Why this slug cannot be drawn with: unknown, switched off, or not ready."""
    model = ImageModel.objects.filter(slug=slug).select_related("provider").first()
    if model is None:
        return UnknownModel(slug)
    reason = model.unavailable or _("It is switched off at the moment.")
    told = {"model": model.name, "reason": reason}
    return ModelUnavailable(_("%(model)s cannot draw now. %(reason)s") % told)


def new_results(
    job: Job, models: Sequence[ImageModel], seed: int | None, funds: Mapping[UUID, Funds]
) -> list[Result]:
    """One row per model, waiting unless it cannot be paid for. Every model of a job gets the same
    seed, drawn here if need be."""
    drawn = secrets.randbelow(MAX_SEED) + 1 if seed is None else seed
    return [
        Result(
            job=job,
            index=index,
            model=model,
            name=model.name,
            slug=model.slug,
            kind=model.provider.kind,
            provider_model=model.model_id,
            price_micros=0 if model.demo else model.price_micros,
            seed=drawn,
            correlation_id=correlation.current.get(),
            deadline_at=from_now(settings.JOB_DEADLINE),
            **funds[model.pk].fields(),
        )
        for index, model in enumerate(models, start=1)
    ]
