"""The page of the API: the schema, for people."""

import json
import re
import shlex
from collections.abc import Iterator
from functools import cache
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from generation.api.document import Document, document
from generation.api.errors import KINDS
from generation.api.views import addresses_for
from generation.snapshots import Addresses

Piece = dict[str, str]  # a text, or a reference to a shape


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    addresses = addresses_for(request)
    calls = [told | {"curl": curl(told, addresses)} for told in operations()]
    groups = {tag: [c for c in calls if c["tag"] == tag] for tag in (c["tag"] for c in calls)}
    errors = [{"code": code, "kind": kind} for code, kind in KINDS.items()]
    context = {"groups": groups, "shapes": shapes(), "errors": errors}
    return render(request, "docs.html", context)


@cache
def operations() -> list[Document]:
    return [
        describe(method, path, told)
        for path, methods in document()["paths"].items()
        for method, told in methods.items()
    ]


def describe(method: str, path: str, told: Document) -> Document:
    body = told.get("requestBody", {}).get("content", {}).get("application/json")
    return {
        "name": told["operationId"],
        "tag": told["tags"][0],
        "method": method.upper(),
        "path": path,
        "summary": told["summary"],
        "parameters": [parameter(resolved(each)) for each in told["parameters"]],
        "body": pieces(body["schema"]) if body else None,
        "sends": example_of(body) if body else None,
        "answers": [answer(status, each) for status, each in told["responses"].items()],
    }


def parameter(told: Document) -> Document:
    return told | {"pieces": pieces(told["schema"]), "place": told["in"]}


def answer(status: str, told: Document) -> Document:
    """One status: its shape, or the codes of its errors."""
    contents = told.get("content", {})
    kind = next(iter(contents), "")
    content: Document = contents.get(kind, {})
    part: Document = content.get("schema", {})
    found = pieces(part) if status < "400" else []
    return {
        "status": status,
        "phrase": HTTPStatus(int(status)).phrase,
        "kind": kind,
        "pieces": found,
        "codes": [code_of(each) for each in part.get("oneOf", [part])] if status >= "400" else [],
        "headers": list(told["headers"]),
        "example": example_of(content),
    }


def code_of(part: Document) -> str:
    """The code of an error; an address where nothing is has one of its own."""
    told = resolved(part)
    return str(told["properties"]["code"]["const"]) if "properties" in told else "NOT_FOUND"


def example_of(content: Document) -> str:
    for example in content.get("examples", {}).values():
        return json.dumps(example["value"], indent=2, ensure_ascii=False)
    return ""


def curl(told: Document, addresses: Addresses) -> str:
    """The call from a shell, with names in capitals where something must be put in."""
    path = re.sub(r"{(\w+?)(Id)}", lambda found: found[1].upper() + "_ID", told["path"])
    words = ["curl", f"{addresses.root}{path}"]
    if told["method"] != "GET":
        words += ["-X", told["method"]]
    if any(each["name"] == "X-Job-Token" for each in told["parameters"]):
        words += ["-H", "X-Job-Token: JOB_TOKEN"]
    if told["sends"]:
        body = json.dumps(json.loads(told["sends"]))
        words += ["-H", "Content-Type: application/json", "-d", body]
    return shlex.join(words)


@cache
def shapes() -> list[Document]:
    """Every shape but those of errors, which have a table."""
    found = document()["components"]["schemas"]
    told = {name: part for name, part in found.items() if not is_error(part) and name != "Null"}
    return [shape(name, part) for name, part in told.items()]


def is_error(part: Document) -> bool:
    return "correlationId" in part.get("properties", {})


def shape(name: str, part: Document) -> Document:
    required = part.get("required", [])
    fields = [
        {"name": field, "pieces": pieces(told), "required": field in required} | notes(told)
        for field, told in part.get("properties", {}).items()
    ]
    whole = [] if fields else pieces(part)
    return {"name": name, "fields": fields, "pieces": whole} | notes(part)


def notes(part: Document) -> Document:
    told = {"description": part.get("description", ""), "default": ""}
    return told | ({"default": json.dumps(part["default"])} if "default" in part else {})


def resolved(part: Document) -> Document:
    if "$ref" not in part:
        return part
    _, _, kind, name = part["$ref"].split("/")
    found: Document = document()["components"][kind][name]
    return found


def pieces(part: Document) -> list[Piece]:
    """What a value is, in words and references: `list of`, `Model`, `or null`."""
    if "$ref" in part:
        name = part["$ref"].rsplit("/", 1)[-1]
        return [{"text": "null"}] if name == "Null" else [{"ref": name}]
    if "oneOf" in part or "allOf" in part:
        return joined(pieces(each) for each in part.get("oneOf") or part["allOf"])
    kinds = part.get("type", "anything")
    return joined(of_kind(k, part) for k in (kinds if isinstance(kinds, list) else [kinds]))


def joined(alternatives: Iterator[list[Piece]]) -> list[Piece]:
    told: list[Piece] = []
    for each in alternatives:
        told += [{"text": "or"}, *each] if told else each
    return told


def of_kind(kind: str, part: Document) -> list[Piece]:
    if kind == "array":
        return [{"text": f"list{span(part, 'minItems', 'maxItems')} of"}, *pieces(part["items"])]
    words = [part["const"]] if "const" in part else part.get("enum", [])
    if kind == "string" and words:
        return [{"text": " · ".join(json.dumps(word) for word in words if word is not None)}]
    if kind == "string":
        bound = f" of at most {part['maxLength']} characters" if "maxLength" in part else ""
        return [{"text": part.get("format", "string") + bound}]
    numeric = kind in ("integer", "number")
    return [{"text": kind + (span(part, "minimum", "maximum") if numeric else "")}]


def span(part: Document, low: str, high: str) -> str:
    if high not in part:
        return f" from {part[low]}" if low in part else ""
    return f" {part[low]}..{part[high]}"
