"""The API of models."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from generation.api import answers
from generation.api.contract import operation
from generation.api.endpoint import Endpoint
from generation.model_health import Health, health_of
from generation.snapshots import stamp
from providers.models import ImageModel, offered


class Models(Endpoint):
    """GET /models: what can be drawn with, in order."""

    @operation("models", "What can be drawn with, in order", answers.Models, tag="about")
    def get(self, request: Request) -> Response:
        models = offered()
        health = health_of(model.pk for model in models)
        told = [model_as_json(model) | health_as_json(health[model.pk]) for model in models]
        return Response({"models": told})


def model_as_json(model: ImageModel) -> dict[str, Any]:
    reason = model.unavailable
    return {
        "slug": model.slug,
        "name": model.name,
        "provider": model.provider.label,
        "kind": model.provider.kind,
        "priceMicros": 0 if model.demo else model.price_micros,
        "capabilities": model.capabilities,
        "available": not reason,
        "reason": reason or None,
    }


def health_as_json(health: Health) -> dict[str, Any]:
    """Of the last 24 hours: the median time of a picture, and the share of failures."""
    rate = health.error_rate
    told = {
        "lastSuccess": stamp(health.last_success),
        "medianSeconds": None if health.seconds is None else round(health.seconds, 2),
        "errorRate": None if rate is None else round(rate, 3),
    }
    return {"health": told}
