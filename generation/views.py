"""The pages. Each is a view of the rows, reads without JavaScript and can be shared by address."""

import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from generation import gallery as shelves
from generation import inspiration, snapshots, tiles
from generation import leaderboard as boards
from generation.api.audience import gets_page
from generation.api.errors import (
    Refusal,
    as_answer,
    internal_error,
    malformed,
    no_database,
    unknown_route,
)
from generation.api.jobs import OneJob
from generation.api.limits import allowance
from generation.api.models import model_as_json
from generation.api.serializers import OrderBody
from generation.api.views import addresses_for, place_order
from generation.forms import StudioForm
from generation.gallery import Entry
from generation.gates.addresses import client_of
from generation.model_health import Health, recent_health
from generation.models import Job, Result
from generation.models.job import MAX_PROMPT
from generation.shared import snapshot_or_404
from generation.snapshots import Addresses
from providers.messages import ASPECT_RATIOS
from providers.models import ImageModel, offered

MAX_QUERY = 200
EXAMPLES = 24  # jobs that are looked at for the studio's example
DATABASE_AWAY = (OperationalError, InterfaceError)


@require_http_methods(["GET", "HEAD", "POST"])
def studio(request: HttpRequest) -> HttpResponse:
    """Write a prompt, choose models, generate. Without JavaScript the form posts here.

    An address may bring a prompt: `/?prompt=…`.
    """
    if request.method == "POST":
        form = StudioForm(request.POST)
    else:
        form = StudioForm(None, prompt=request.GET.get("prompt", ""))
    if request.method != "POST":
        return render_studio(request, form)
    try:
        job = place_order(OrderBody(data=form.as_body()).order(), client_of(request))
    except Refusal as refusal:
        form.refuse(refusal)
        return render_studio(request, form, status=refusal.status_code)
    return redirect("job", job.id)


def render_studio(request: HttpRequest, form: StudioForm, status: int = 200) -> HttpResponse:
    models = offered()
    context = {
        "models": choices(models),
        "form": form.values(default_slugs=[model.slug for model in models]),
        "aspect_ratios": ASPECT_RATIOS,
        "max_prompt": MAX_PROMPT,
        "example": example(addresses_for(request)),
        "suggestions": inspiration.PROMPTS[:3],
        "inspiration": list(inspiration.PROMPTS),
        "allowance": allowance(request),
        "demo_only": bool(models) and all(model.demo for model in models),
    }
    return render(request, "studio.html", context, status=status)


def choices(models: list[ImageModel]) -> list[dict[str, Any]]:
    """The models as the picker shows them: what they cost, know, and how they have been doing."""
    health = recent_health([model.pk for model in models])
    return [choice(model, health[model.pk]) for model in models]


def choice(model: ImageModel, health: Health) -> dict[str, Any]:
    told = model_as_json(model)
    known = told["capabilities"]
    return told | {
        "price_micros": told["priceMicros"],
        "reason": told["reason"] or "",
        "knows": " ".join(name for name in known if known[name]) if known else None,
        "seconds": health.seconds,
        "failing": round(100 * (health.error_rate or 0)),
        "demo": model.demo,
    }


def example(addresses: Addresses) -> dict[str, Any] | None:
    """A finished job of the gallery, so that no first page is empty: the newest with several
    pictures, without a failed one if there is such a job among the last."""
    drawing = Result.objects.filter(job=OuterRef("pk")).active()
    finished = Job.objects.in_gallery().filter(~Exists(drawing))
    several = finished.filter(image_count__gte=3)[:EXAMPLES]
    best = min(several, key=lambda job: job.image_count < job.total, default=None)
    best = best or finished.first()
    return tiles.job_view(snapshots.of(best), addresses) if best else None


@csrf_exempt
@never_cache
def job(request: HttpRequest, job_id: str) -> HttpResponseBase:
    """One job: its prompt, its parameters, its tiles. To anything but looking, the API answers."""
    if request.method not in ("GET", "HEAD"):
        return OneJob.as_view()(request, job_id=job_id)
    view = tiles.job_view(snapshot_or_404(job_id), addresses_for(request))
    return render(request, "job.html", {"job": view, "tiles": view["tiles"]})


@never_cache
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """The newest jobs as contact sheets. A cursor we did not make starts at the beginning."""
    query, model = (
        request.GET.get(name, "")[:MAX_QUERY].replace("\0", "") for name in ("q", "model")
    )
    try:
        page = shelves.page(cursor=request.GET.get("cursor", ""), query=query, model=model)
    except shelves.BadCursor:
        return redirect("gallery")
    asked = {name: value for name, value in {"q": query, "model": model}.items() if value}
    older = asked | {"cursor": page.next_cursor}
    addresses = addresses_for(request)
    context = {
        "galleries": [tiles.sheet(entry, addresses) for entry in page.entries],
        "next_url": reverse("gallery", query=older) if page.next_cursor else None,
        "newest_url": reverse("gallery", query=asked) if "cursor" in request.GET else None,
        "query": query,
        "model": model,
        "models": ImageModel.objects.values("slug", "name"),
    }
    return render(request, "gallery.html", context)


@never_cache
@require_safe
def leaderboard(request: HttpRequest) -> HttpResponse:
    """Which models people prefer without knowing their names, and jobs on which they can say so."""
    addresses = addresses_for(request)
    several = [entry for entry in shelves.page(limit=12).entries if len(entry.results) > 1]
    context = {
        "board": boards.current(),
        "enough": boards.ENOUGH,
        "galleries": [blind_sheet(entry, addresses) for entry in several[:4]],
    }
    return render(request, "leaderboard.html", context)


def blind_sheet(entry: Entry, addresses: Addresses) -> dict[str, Any]:
    """A contact sheet that leads to a blind vote, and gives no name away."""
    told = tiles.sheet(entry, addresses)
    thumbs = [thumb | {"alt": ""} for thumb in told["thumbs"]]
    return told | {"url": f"{told['url']}#blind", "thumbs": thumbs}


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for this name wherever a page names no icon, as the admin's do."""
    return redirect(static("favicon.svg"))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if gets_page(request):
        return render(request, "404.html", status=404)
    return unknown_route(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if gets_page(request):
        return render(request, "400.html", status=400)
    return as_answer(malformed(exception))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if gets_page(request):
        return render(request, "403.html", status=403)
    return as_answer(Refusal("FORBIDDEN", "You may not do this."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """A form without its token: an old page, or somebody else's."""
    if gets_page(request):
        return render(request, "403_csrf.html", status=403)
    text = "This form has expired. API clients use POST /generate, which needs no token."
    return as_answer(Refusal("FORBIDDEN", text))


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Django calls this while it handles the exception."""
    if isinstance(sys.exception(), DATABASE_AWAY):
        return database_away(request)
    if gets_page(request):
        return render(request, "500.html", status=500)
    return internal_error()


def database_away(request: HttpRequest) -> HttpResponseBase:
    if not gets_page(request):
        return as_answer(no_database())
    answer = render(request, "503.html", status=503)
    answer["Retry-After"] = str(no_database().extras["retryAfter"])
    return answer
