"""GET /schema."""

from importlib import import_module

from django.http import HttpResponse
from django.urls import get_script_prefix
from django.utils.cache import patch_vary_headers
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from generation.api.contract import operation
from generation.api.endpoint import Endpoint
from generation.api.errors import invalid
from generation.etags import matches

FORMS = {"json": "application/json", "yaml": "application/yaml"}


class Schema(Endpoint):
    """GET /schema: this API as OpenAPI 3.1, in JSON or in YAML."""

    @operation(
        "schema",
        "This document",
        OpenApiTypes.OBJECT,
        tag="about",
        kinds=list(FORMS.values()),
        parameters=[
            OpenApiParameter(
                "format", str, enum=[*FORMS], description="Without it, Accept decides."
            )
        ],
        empty=[304],
        anytime=["VALIDATION_ERROR"],
    )
    def get(self, request: Request) -> HttpResponse:
        form = form_of(request)
        # The generator is a tenth of a start, and few starts are asked for the document.
        document = import_module("generation.api.document")
        content, etag = document.rendered(form, get_script_prefix().rstrip("/") or "/")
        known = matches(request.headers.get("If-None-Match", ""), etag)
        answer = HttpResponse(status=304) if known else HttpResponse(content)
        answer["Content-Type"] = FORMS[form]
        answer["ETag"] = etag
        answer["Cache-Control"] = "no-cache"
        patch_vary_headers(answer, ["Accept"])
        return answer


def form_of(request: Request) -> str:
    asked: str | None = request.query_params.get("format")
    if asked is None:
        return "yaml" if "yaml" in request.headers.get("Accept", "") else "json"
    if asked not in FORMS:
        raise invalid("format", "json or yaml", "format must be json or yaml.")
    return asked
