"""The API of browser logs."""

import json
import logging
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from generation.api import answers, contract, examples
from generation.api.contract import operation
from generation.api.limits import Limited
from generation.api.serializers import LogBody
from generation.api.views import count
from generation.correlation import facts
from generation.gates import limits

browser_log = logging.getLogger("browser")


class Log(Limited):
    """POST /log: a browser's own troubles, under one field of a log line of ours."""

    limited_by = (limits.LOG,)

    @operation(
        "log",
        "A browser's own troubles",
        answers.Logged,
        *contract.BODY,
        "RATE_LIMIT_EXCEEDED",
        tag="about",
        body=LogBody,
        sends=examples.LOG,
    )
    def post(self, request: Request) -> Response:
        body = LogBody(data=request.data)
        body.is_valid(raise_exception=True)
        count(self.client(request), limits.LOG)
        entry = dict(body.validated_data)
        level = logging.getLevelNamesMapping()[entry.pop("level")]
        browser_log.log(level, "Told by a browser.", extra=facts(browser=report(entry)))
        return Response({"success": True, "message": "Log received successfully"})


def report(entry: dict[str, Any]) -> dict[str, str]:
    """What a browser told, as three texts that take at most 20,000 characters of a line. Nobody
    outside decides which fields our log has."""
    return {
        "message": fitting(entry["message"], 4000),
        "stack": fitting(entry.get("stack", ""), 8000),
        "metadata": fitting(json.dumps(entry["metadata"]), 8000),
    }


def fitting(text: str, longest: int) -> str:
    """The beginning that is at most so long when it is written as JSON."""
    while (size := len(json.dumps(text))) > longest:
        text = text[: len(text) * longest // size]
    return text
