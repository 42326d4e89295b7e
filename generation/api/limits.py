"""What limits look like from outside: a refusal, headers, and GET /limits."""

import math
from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from generation.api import answers
from generation.api.contract import operation
from generation.api.endpoint import Endpoint
from generation.api.errors import Refusal, unavailable
from generation.gates import limits
from generation.gates.addresses import Client, client_of
from generation.gates.limits import CountersDown, Standing, standings
from generation.snapshots import stamp

SUBJECTS = {limits.GLOBAL: "everybody together"}


class Limited(Endpoint):
    """An endpoint whose every answer says what is left of its limits."""

    limited_by: ClassVar[tuple[str, ...]] = (limits.ADDRESS, limits.GLOBAL)
    asking: Client | None = None

    def client(self, request: Request) -> Client:
        """Who asks. Call it once the body is known to be well formed."""
        self.asking = client_of(request, request.data)
        return self.asking

    def finalize_response(
        self, request: Request, response: Any, *args: object, **kwargs: object
    ) -> Any:
        answer: HttpResponse = super().finalize_response(request, response, *args, **kwargs)
        try:
            found = standings(self.asking or client_of(request), self.limited_by)
        except (CountersDown, OperationalError, InterfaceError):
            return answer
        for name, value in headers(found).items():
            answer[name] = value
        return answer


def headers(found: Iterable[Standing]) -> dict[str, str]:
    """The header fields of the IETF draft "RateLimit header fields for HTTP"."""
    policies = [f'"{each.name}";q={each.allowed};w={each.window}' for each in found]
    states = [f'"{each.name}";r={each.left};t={each.retry_after}' for each in found]
    if not policies:
        return {}
    return {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(states)}


def rate_limited(standing: Standing) -> Refusal:
    seconds = standing.retry_after
    subject = SUBJECTS.get(standing.name, "one address")
    return Refusal(
        "RATE_LIMIT_EXCEEDED",
        _("Rate limit exceeded. Please try again in %(minutes)s minutes.")
        % {"minutes": math.ceil(seconds / 60)},
        details=f"{standing.allowed} requests in {standing.window} seconds for {subject}.",
        retryAfter=seconds,
    )


def uncountable() -> Refusal:
    return unavailable(_("Requests cannot be counted at the moment. Please try again soon."))


class Limits(Endpoint):
    """GET /limits: what is left for the caller, and until when."""

    @operation(
        "limits",
        "What is left for the caller, and until when",
        answers.Allowances,
        tag="about",
    )
    def get(self, request: Request) -> Response:
        try:
            found = {each.name: each for each in standings(client_of(request), limits.TOLD)}
        except CountersDown:
            raise uncountable() from None
        told = [{"name": name} | as_json(found.get(name)) for name in limits.TOLD]
        return Response({"limits": told}, headers={"Cache-Control": "no-store"})


def as_json(standing: Standing | None) -> dict[str, Any]:
    """All null: no limit holds the caller."""
    if standing is None:
        return dict.fromkeys(("limit", "left", "window", "resetsAt"))
    return {
        "limit": standing.allowed,
        "left": standing.left,
        "window": standing.window,
        "resetsAt": stamp(standing.resets_at),
    }


def allowance(request: HttpRequest) -> dict[str, Any] | None:
    """What a page shows of its visitor's limit; None where none holds, or nobody can tell."""
    try:
        found = standings(client_of(request), [limits.ADDRESS])
    except CountersDown:
        return None
    shown = (
        {"left": each.left, "limit": each.allowed, "resets_at": each.resets_at} for each in found
    )
    return next(shown, None)
