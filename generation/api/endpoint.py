"""What every view of the API is."""

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.views import APIView

from generation.api.bodies import measured


class Endpoint(APIView):
    """Also reads a body that comes in chunks."""

    def initialize_request(self, request: HttpRequest, *args: object, **kwargs: object) -> Request:
        return super().initialize_request(measured(request), *args, **kwargs)
