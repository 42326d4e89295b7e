"""OpenAI's image protocol, which others imitate: a POST with a bearer, and `data` with one item."""

from collections.abc import Callable, Mapping
from typing import Any

from providers.answers import Answer
from providers.base import Adapter, decoded, number_of, text_of
from providers.errors import InvalidResponse, Moderated
from providers.messages import ImageRequest, ImageResult

NO_PICTURE = "The provider answered without a picture."


def body_for(adapter: Adapter, request: ImageRequest) -> dict[str, Any]:
    """Everything that the model's family knows of what was asked for."""
    family = adapter.family
    named = {family.model_field: adapter.model_id, "prompt": adapter.prompt(request), "n": 1}
    return named | adapter.size(request) | dict(family.fixed) | adapter.parameters(request)


def drawn(
    adapter: Adapter,
    request: ImageRequest,
    body: Mapping[str, Any],
    cost_of: Callable[[Mapping[str, Any]], int | None],
) -> ImageResult:
    """The picture that this body asks for. `cost_of` reads its price in what is answered."""
    answer = posted(adapter, "/images/generations", body)
    seed = adapter.family.seed
    with adapter.reading(answer):
        told = answer.json()
        item = first_item(told)
        if item.get("respect_moderation") is False:  # xAI holds a picture back in a 200
            raise adapter.error(Moderated, answer, "respect_moderation is false")
        return ImageResult(
            content=content_of(adapter, item),
            prompt_sent=body["prompt"],
            parameters=adapter.report.complete(request),
            seed=number_of(body.get(seed.field)) if seed else None,
            revised_prompt=text_of(item.get("revised_prompt")),
            cost_micros=cost_of(told),
            request_id=answer.request_id,
        )


def posted(adapter: Adapter, path: str, body: Mapping[str, Any]) -> Answer:
    """The successful answer to this body, which is sent once, or a `ProviderError`."""
    key = adapter.account.key
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return adapter.checked(adapter.transport.post(adapter.url(path), headers=headers, json=body))


def first_item(body: Any) -> dict[str, Any]:
    """What is said of the first picture; `InvalidResponse` where there is none."""
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, list) or not data or not isinstance(data[0], dict):
        raise InvalidResponse(NO_PICTURE, detail="data is not a list of items")
    return data[0]


def content_of(adapter: Adapter, item: Mapping[str, Any]) -> bytes:
    """The picture's bytes: from base64, or else from a `data:` URL or an address."""
    if item.get("b64_json"):
        return decoded(item["b64_json"])
    url = item.get("url")
    if not isinstance(url, str) or not url:
        raise InvalidResponse(NO_PICTURE, detail="an item without b64_json and url")
    return decoded(url) if url.startswith("data:") else adapter.downloaded(url)
