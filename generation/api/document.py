"""The OpenAPI document: what drf-spectacular makes of the views, and what all of them share."""

import hashlib
from copy import deepcopy
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.utils import translation
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.utils import Direction

from generation.api.contract import component_name, tell_all
from generation.api.errors import KINDS, Kind
from generation.api.jobs import OneJob

Document = dict[str, Any]

TEXT = {"type": "string"}
CORRELATION_ID = {
    "description": "Ties the answer to every log line of the request and of the work it started.",
    "schema": TEXT,
}
PARAMETERS = {
    "CorrelationId": {
        "name": "X-Correlation-ID",
        "in": "header",
        "description": "Taken if it is 1 to 64 of A-Z a-z 0-9 . _ -; else one is made.",
        "schema": TEXT,
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The ETag of an earlier answer. While it is current, the answer is 304.",
        "schema": TEXT,
    },
}
HEADERS = {
    "X-Correlation-ID": CORRELATION_ID | {"required": True},
    "ETag": {"required": True, "schema": TEXT},
    "StreamETag": {"description": "There as long as more may come.", "schema": TEXT},
    "Retry-After": {
        "description": "Seconds, equal to retryAfter.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    },
    "RateLimit-Policy": {
        "description": 'Each limit (q) and its window in seconds (w): "address";q=50;w=86400',
        "schema": TEXT,
    },
    "RateLimit": {
        "description": 'What is left (r) and for how many seconds (t): "address";r=49;t=71230',
        "schema": TEXT,
    },
}
JOB, TOKEN = "$response.body#/jobId", "$response.body#/jobToken"
OWNED = {"path.jobId": JOB, "header.X-Job-Token": TOKEN}
LINKS = {
    "status": {"operationId": "status", "parameters": {"path.jobId": JOB}},
    "events": {"operationId": "events", "parameters": {"path.jobId": JOB}},
    "manifest": {"operationId": "manifest", "parameters": {"path.jobId": JOB}},
    "jobPage": {"operationId": "jobPage", "parameters": {"path.jobId": JOB}},
    "gallery": {"operationId": "gallery", "parameters": {"path.galleryId": JOB}},
    "cancel": {"operationId": "cancel", "parameters": OWNED},
    "rerun": {"operationId": "rerun", "parameters": OWNED},
    "deleteJob": {"operationId": "deleteJob", "parameters": OWNED},
    "retry": {
        "operationId": "retry",
        "parameters": {
            "path.jobId": JOB,
            "path.resultId": "$response.body#/results/0/id",
            "header.X-Job-Token": "$request.header.X-Job-Token",
        },
    },
    "next": {
        "operationId": "galleries",
        "parameters": {"query.cursor": "$response.body#/nextCursor"},
    },
}
FOLLOWS = {
    "generate": [name for name in LINKS if name not in ("retry", "next")],
    "rerun": ["status", "cancel", "deleteJob"],
    "cancel": ["retry", "status"],
    "galleries": ["next"],
}
PAGE = {
    "get": {
        "operationId": "jobPage",
        "summary": "The job as a page for people",
        "tags": ["jobs"],
        "parameters": [
            {
                "name": "jobId",
                "in": "path",
                "required": True,
                "schema": {"type": "string", "format": "uuid"},
            }
        ],
        "responses": {
            "200": {"description": "OK", "content": {"text/html": {"schema": TEXT}}},
            "404": {
                "description": "Not Found",
                "content": {
                    "text/html": {"schema": TEXT},
                    "application/json": {"schema": {"$ref": "#/components/schemas/NoRoute"}},
                },
            },
        },
    }
}


def with_deletion(endpoints: list[Any]) -> list[Any]:
    """The page of a job is no view of the API, but it passes DELETE on to one."""
    tell_all()
    return [*endpoints, ("/jobs/{job_id}", "jobs/<str:job_id>", "DELETE", OneJob.as_view())]


def completed(result: Document, **context: Any) -> Document:
    """The document with what every call shares: errors, headers and parameters."""
    deletion = result["paths"]["/jobs/{jobId}"]
    result["paths"]["/jobs/{jobId}"] = deepcopy(PAGE) | deletion
    shared = result["components"]
    shared["schemas"] |= {component_name(code): error(code, KINDS[code]) for code in KINDS}
    shared["schemas"]["NoRoute"] = no_route()
    shared |= {"headers": HEADERS, "parameters": PARAMETERS, "links": LINKS}
    for path in result["paths"].values():
        for told in path.values():
            complete(told)
    return result


def complete(told: Document) -> None:
    """One operation: its statuses say which headers come and go with it."""
    responses = told["responses"]
    parameters = told.setdefault("parameters", [])
    parameters.append(reference("parameters", "CorrelationId"))
    if "304" in responses:
        parameters.append(reference("parameters", "IfNoneMatch"))
    for status, response in responses.items():
        names = ["X-Correlation-ID"]
        if "304" in responses and status in ("200", "304"):
            names.append("ETag")
        if status in ("402", "429", "503"):
            names.append("Retry-After")
        if "429" in responses:
            names += ["RateLimit-Policy", "RateLimit"]
        response["headers"] = {name: reference("headers", name) for name in names}
    for name in FOLLOWS.get(told["operationId"], []):
        responses["200"].setdefault("links", {})[name] = reference("links", name)
    if "204" in responses:
        responses["200"]["headers"]["ETag"] = reference("headers", "StreamETag")


def reference(kind: str, name: str) -> Document:
    return {"$ref": f"#/components/{kind}/{name}"}


def error(code: str, kind: Kind) -> Document:
    """The shape of one error. `error` repeats `code`, for clients of the first API."""
    told = {
        "error": TEXT | {"const": code},
        "code": TEXT | {"const": code},
        "message": TEXT | {"description": "A sentence for people."},
        "correlationId": TEXT,
        **kind.extras,
    }
    return {
        "type": "object",
        "description": kind.meaning,
        "properties": told | {"details": TEXT},
        "required": sorted(told),
    }


def no_route() -> Document:
    """What an unknown address answers, in the first API's words."""
    told = error("NOT_FOUND", Kind(404, "There is nothing at this address."))
    told["properties"] |= {"error": TEXT | {"const": "Not found"}, "path": TEXT, "method": TEXT}
    told["required"] = sorted({*told["required"], "path", "method"})
    return told


@lru_cache
def rendered(form: str, prefix: str) -> tuple[bytes, str]:
    """The document as JSON or YAML, and its ETag. It is the same until the process ends."""
    renderer = OpenApiYamlRenderer() if form == "yaml" else OpenApiJsonRenderer()
    whole = document() | {"servers": [{"url": prefix}]}
    content: bytes = renderer.render(whole, renderer_context={})
    return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'


@cache
def document() -> Document:
    with translation.override(settings.LANGUAGE_CODE):
        found: Document = SchemaGenerator().get_schema(public=True)
    return found


class StrictField(OpenApiSerializerFieldExtension):
    """A field of a request body. `null` means absent."""

    target_class = "generation.api.fields.Strict"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        told: dict[str, Any] = self.target.as_schema()
        if not self.target.required and "type" in told:
            told["type"] = [told["type"], "null"]
            if "enum" in told:
                told["enum"] = [*told["enum"], None]
        return told
