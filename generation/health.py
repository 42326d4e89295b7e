"""Whether this process lives, and whether it can draw."""

from collections.abc import Callable

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils.crypto import get_random_string
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from providers.models import ImageModel

RETRY_AFTER = 5  # seconds


@csrf_exempt
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers."""
    return JsonResponse({"status": "ok"})


@csrf_exempt
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when a job that is sent now can be drawn; else 503 and what is missing."""
    found = {name: check() for name, check in CHECKS.items()}
    ready = not any(found.values())
    told = {name: problem or "ok" for name, problem in found.items()}
    if ready:
        return JsonResponse({"status": "ok", "checks": told})
    answer = JsonResponse({"status": "unavailable", "checks": told}, status=503)
    answer["Retry-After"] = str(RETRY_AFTER)
    return answer


def database_problem() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return "The database does not answer."
    return ""


def migration_problem() -> str:
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return "The migrations could not be read."
    return f"{len(waiting)} migrations are not applied." if waiting else ""


def storage_problem() -> str:
    key = f"readiness/{get_random_string(16)}"
    try:
        default_storage.delete(default_storage.save(key, ContentFile(b"ready")))
    except OSError:
        return "The picture storage cannot be written."
    return ""


def model_problem() -> str:
    try:
        offered = list(ImageModel.objects.offered())
    except Error:
        return "The models could not be read."
    usable = [model for model in offered if not model.unavailable]
    return "" if usable else "No image model is enabled and usable."


CHECKS: dict[str, Callable[[], str]] = {
    "database": database_problem,
    "migrations": migration_problem,
    "storage": storage_problem,
    "models": model_problem,
}
