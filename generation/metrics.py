"""GET /metrics, for Prometheus: off unless METRICS_TOKEN is set, and only for who knows it."""

from collections.abc import Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from generation import figures
from generation.api.errors import Refusal, as_answer
from generation.gates.addresses import bearer_token


class FromTheDatabase(Collector):
    def collect(self) -> Iterator[Metric]:
        return figures.collect()


registry = CollectorRegistry()
registry.register(FromTheDatabase())


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not settings.METRICS_TOKEN:
        raise Http404
    if not constant_time_compare(bearer_token(request), settings.METRICS_TOKEN):
        text = "This needs the header Authorization: Bearer, with the METRICS_TOKEN."
        answer: HttpResponse = as_answer(Refusal("UNAUTHORIZED", text))
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)
