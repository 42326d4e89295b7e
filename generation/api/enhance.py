"""The API of enhancement."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from generation import enhancement
from generation.api import answers, contract, examples
from generation.api.contract import operation
from generation.api.limits import Limited
from generation.api.serializers import EnhanceBody
from generation.api.views import count, refusals
from generation.gates import limits, screening


class Enhance(Limited):
    """POST /enhance: a short and a long elaboration of a prompt."""

    limited_by = (limits.ENHANCE,)

    @operation(
        "enhance",
        "A short and a long elaboration of a prompt",
        answers.Enhanced,
        *contract.BODY,
        *contract.PROMPT,
        "RATE_LIMIT_EXCEEDED",
        tag="prompts",
        body=EnhanceBody,
        sends=examples.ENHANCE,
        example=examples.ENHANCED,
    )
    def post(self, request: Request) -> Response:
        body = EnhanceBody(data=request.data)
        body.is_valid(raise_exception=True)
        prompt = body.validated_data["prompt"]
        with refusals():
            screening.check(prompt)
        count(self.client(request), limits.ENHANCE)
        with refusals():
            better = enhancement.enhance(prompt)
        told: dict[str, Any] = {
            "original": prompt,
            "enhanced": better.long,
            "short_prompt": better.short,
            "long_prompt": better.long,
        }
        return Response(told | ({"fallback": True} if better.fallback else {}))
