"""Which requests are told by the name they ask for."""

from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.middleware.common import CommonMiddleware

PROBES = ("/healthz", "/readyz")


class HostsChecked(CommonMiddleware):
    """Django's check against ALLOWED_HOSTS. Orchestrators probe by a container's bare address,
    which nobody can list beforehand."""

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        return None if request.path_info in PROBES else super().process_request(request)
