"""Whether this process lives, and whether it can draw."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from generation.readiness import CHECKS
from generation.watching import Watch

RETRY_AFTER = 5  # seconds
watch = Watch(CHECKS)


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
    found = watch.problems()
    told = {name: problem or "ok" for name, problem in found.items()}
    if not any(found.values()):
        return JsonResponse({"status": "ok", "checks": told})
    answer = JsonResponse({"status": "unavailable", "checks": told}, status=503)
    answer["Retry-After"] = str(RETRY_AFTER)
    return answer
