"""What the schema says of each call, told once, beside the view that answers it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import Any, TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiRequest,
    OpenApiResponse,
    extend_schema,
)

from generation.api.errors import KINDS

F = TypeVar("F", bound=Callable[..., Any])
Described = list[tuple[Callable[..., Any], Callable[[Any], Any]]]

# Methods, and what tells drf-spectacular of them. Telling it imports the whole of it, with Django's
# test client: a tenth of a start, for a document that few starts are asked for.
DESCRIBED: Described = []

# A wrong Host, a fault of ours, a database that is away.
ANYTIME = ("VALIDATION_ERROR", "INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE")
BODY = ("INVALID_JSON", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE")
PROMPT = ("PROMPT_REQUIRED", "PROMPT_TOO_LONG", "INAPPROPRIATE_CONTENT")
OWNER = ("JOB_NOT_FOUND", "UNAUTHORIZED", "FORBIDDEN")
ORDER = ("MODEL_UNAVAILABLE", "RATE_LIMIT_EXCEEDED", "BUDGET_EXHAUSTED")

MAX_KEY = 255
JOB_ID = OpenApiParameter("job_id", OpenApiTypes.UUID, OpenApiParameter.PATH)
RESULT_ID = OpenApiParameter("result_id", OpenApiTypes.UUID, OpenApiParameter.PATH)
JOB_TOKEN = OpenApiParameter(
    "X-Job-Token",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The jobToken of the answer that made the job.",
)
EVENT = {
    "type": "object",
    "description": "Each event of the stream.",
    "properties": {
        "id": {"type": "string", "description": "The version of the snapshot."},
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {"$ref": "#/components/schemas/Snapshot"},
        },
    },
    "required": ["id", "data"],
}
LAST_EVENT_ID = OpenApiParameter(
    "Last-Event-ID",
    str,
    OpenApiParameter.HEADER,
    description="The id of the newest event that the client has, as an EventSource sends it.",
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "maxLength": MAX_KEY},
    OpenApiParameter.HEADER,
    description="The same key and the same body within 24 hours give the same job.",
)


def operation(
    name: str,
    summary: str,
    answer: Any,
    *refusals: str,
    tag: str = "jobs",
    body: Any = None,
    parameters: Sequence[OpenApiParameter] = (),
    example: Any = None,
    sends: Any = None,
    kinds: Sequence[str] = ("application/json",),
    empty: Sequence[int] = (),
    anytime: Sequence[str] = ANYTIME,
) -> Callable[[F], F]:
    """Describes a view's method: its operationId, what it answers, and the codes of its refusals.

    `sends` and `example` are an example of the body and of the answer. `kinds` are
    the answer's media types, `empty` holds statuses without a body; with 304 among them the call
    knows If-None-Match. `anytime` comes on top of the refusals.
    """
    responses: dict[Any, OpenApiResponse] = {
        (200, *kinds): OpenApiResponse(answer, "OK", example_of(example))
    }
    responses |= {status: OpenApiResponse(None, HTTPStatus(status).phrase) for status in empty}
    by_status = defaultdict(list)
    for code in sorted({*anytime, *refusals}):
        by_status[KINDS[code].status].append(code)
    for status, codes in sorted(by_status.items()):
        responses[status] = OpenApiResponse(one_of(codes), HTTPStatus(status).phrase)
    request = OpenApiRequest(body, examples=example_of(sends)) if body else None
    tell = extend_schema(
        operation_id=name,
        summary=summary,
        request={"application/json": request} if request else None,
        responses=responses,
        parameters=list(parameters),
        tags=[tag],
    )

    def described(method: F) -> F:
        DESCRIBED.append((method, tell))
        return method

    return described


def tell_all() -> None:
    """Tell drf-spectacular of every method, once."""
    while DESCRIBED:
        method, tell = DESCRIBED.pop()
        tell(method)


def example_of(value: Any) -> list[OpenApiExample]:
    return [] if value is None else [OpenApiExample("Example", value)]


def one_of(codes: Iterable[str]) -> dict[str, Any]:
    """The error with one of these codes."""
    refs = {code: f"#/components/schemas/{component_name(code)}" for code in codes}
    if len(refs) == 1:
        return {"$ref": next(iter(refs.values()))}
    return {
        "oneOf": [{"$ref": ref} for ref in refs.values()],
        "discriminator": {"propertyName": "code", "mapping": refs},
    }


def component_name(code: str) -> str:
    """INVALID_JSON as InvalidJson."""
    return code.title().replace("_", "")
