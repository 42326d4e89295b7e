"""Holds answers against the published schema, and makes a good request of each call."""

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from typing import Any

from django.test import Client
from jsonschema_rs import Draft202012Validator

from generation.api import document as schema
from generation.models import Job

Document = dict[str, Any]

TEXT = {"type": "string"}
NO_ROUTE = "#/components/schemas/NoRoute"


def document() -> Document:
    return deepcopy(schema.document())


def closed(part: Any) -> Any:
    """The same schema without room for a member that it does not name."""
    if isinstance(part, list):
        return [closed(each) for each in part]
    if not isinstance(part, dict):
        return part
    told = {name: closed(each) for name, each in part.items()}
    if isinstance(part.get("properties"), dict) and part.get("type") == "object":
        told["additionalProperties"] = False
    return told


class Contract:
    """The published document. `check` takes no answer that it does not foresee."""

    def __init__(self) -> None:
        self.document = document()
        self.components = closed(self.document["components"])
        # /gallery/list is no gallery: what has fewer names in braces comes first.
        self.by_length = sorted(self.operations(), key=lambda known: known[1].count("{"))
        self.validators: dict[str, Draft202012Validator] = {}

    def operations(self) -> Iterator[tuple[str, str, Document]]:
        for path, told in self.document["paths"].items():
            for method, operation in told.items():
                yield method.upper(), path, operation

    def named(self, name: str) -> tuple[str, str, Document]:
        return next(found for found in self.operations() if found[2]["operationId"] == name)

    def look(self, answer: Any) -> None:
        """Check an answer to whatever was asked, if the document knows the call."""
        method, path = answer.request["REQUEST_METHOD"], answer.request["PATH_INFO"]
        for known, template, operation in self.by_length:
            if known == method and re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path):
                return self.check(answer, operation["operationId"])

    def check(self, answer: Any, name: str) -> None:
        """The status, the type, the body and the headers of an answer are the documented ones."""
        operation = self.named(name)[2]
        told = operation["responses"].get(str(answer.status_code))
        assert told is not None, f"{name} does not document {answer.status_code}"
        self.check_headers(answer, told)
        kind = answer.headers.get("Content-Type", "").partition(";")[0]
        if "content" not in told:
            assert answer.content == b""
            return
        assert kind in told["content"]
        if kind == "application/json":
            self.check_body(answer.json(), told["content"][kind]["schema"])

    def check_body(self, body: Any, part: Document) -> None:
        found = [str(error) for error in self.validator(part).iter_errors(body)]
        assert found == []

    def validator(self, part: Document) -> Draft202012Validator:
        key = json.dumps(part)
        if key not in self.validators:
            whole = closed(part) | {"components": self.components}
            self.validators[key] = Draft202012Validator(whole, validate_formats=True)
        return self.validators[key]

    def check_headers(self, answer: Any, told: Document) -> None:
        for name, reference in told["headers"].items():
            header = self.document["components"]["headers"][reference["$ref"].split("/")[-1]]
            assert name in answer.headers or not header.get("required"), f"{name} is missing"
        exposed = ("ETag", "Retry-After", "RateLimit", "RateLimit-Policy", "X-Correlation-ID")
        assert {name for name in exposed if name in answer.headers} <= set(told["headers"])

    def codes(self, operation: Document) -> list[str]:
        """The codes of the errors that a call documents."""
        parts = [
            content["schema"]
            for status, told in operation["responses"].items()
            for content in told.get("content", {}).values()
            if status >= "400"
        ]
        refs = [
            each["$ref"] for part in parts for each in part.get("oneOf", [part]) if each != TEXT
        ]
        known = [ref for ref in refs if ref != NO_ROUTE]
        return [self.component(ref)["properties"]["code"]["const"] for ref in known]

    def component(self, ref: str) -> Document:
        found: Document = self.document["components"]["schemas"][ref.split("/")[-1]]
        return found


@cache
def contract() -> Contract:
    return Contract()


BODIES: dict[str, Any] = {
    "generate": {"prompt": "a red fox"},
    "enhance": {"prompt": "a red fox"},
    "log": {"level": "ERROR", "message": "it broke"},
    "rerun": {},
    "retry": {},
}


class Caller:
    """Sends a good request of each call, or one that differs from it in what is given."""

    def __init__(self, client: Client, job: Job) -> None:
        self.client = client
        self.token = job.token
        self.contract = contract()
        job_id, result_id = str(job.pk), str(job.results.order_by("index")[0].pk)
        self.ids = {"jobId": job_id, "galleryId": job_id, "resultId": result_id}
        self.ids_of: dict[str, Mapping[str, str]] = {}
        self.bodies = dict(BODIES)

    def vote_on(self, job: Job) -> None:
        """Votes are about this job, which is over and has pictures."""
        self.ids_of["vote"] = {"jobId": str(job.pk)}
        self.bodies["vote"] = {"resultId": str(job.results.order_by("index")[0].pk)}

    def send(
        self,
        name: str,
        body: Any = None,
        *,
        kind: str = "application/json",
        ids: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        method, path, operation = self.contract.named(name)
        known = self.ids | dict(self.ids_of.get(name, {})) | dict(ids or {})
        target = re.sub(r"{(\w+)}", lambda found: known[found[1]], path)
        given = self.bodies.get(name, b"") if body is None else body
        raw = given if isinstance(given, bytes) else json.dumps(given).encode()
        tokens = {"X-Job-Token": self.token, "X-Voter-Token": "drawn by this browser"}
        proof = {each: token for each, token in tokens.items() if takes(operation, each)}
        return self.client.generic(method, target, raw, kind, headers=proof | dict(headers or {}))


def takes(operation: Document, header: str) -> bool:
    return header in [each.get("name") for each in operation["parameters"]]
