"""AWS Bedrock: Stability's models, those that still have Nova Canvas, and chat by Converse."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from providers.answers import Answer, first_of, list_of, object_of
from providers.aws_errors import meaning_of
from providers.base import Adapter, decoded, number_of, text_of
from providers.errors import InvalidResponse, Moderated, ProviderError
from providers.messages import ImageRequest, ImageResult

NOVA_CANVAS = "nova-canvas"
MAX_TOKENS = 2_000
NO_PICTURE = "The model answered without a picture."
NO_TEXT = "The language model answered without a text."
DECLINED = "The language model declined to answer."
JSON = "application/json"


class Bedrock(Adapter):
    kind: ClassVar[str] = "bedrock"
    needs_key = False
    chats = True

    def generate(self, request: ImageRequest) -> ImageResult:
        prompt = self.prompt(request)
        settings = {**self.size(request), **self.family.fixed, **self.parameters(request)}
        body = json.dumps(self.body(prompt, settings))
        answer = self.asked("invoke_model", body=body, contentType=JSON, accept=JSON)
        with self.reading(answer):
            told = self.drawn(answer)
            seed = number_of(first_of(told.get("seeds")))
            return ImageResult(
                content=decoded(first_of(told.get("images"))),
                prompt_sent=prompt,
                parameters=self.report.complete(request),
                seed=number_of(settings.get("seed")) if seed is None else seed,
                request_id=answer.request_id,
            )

    def chat(self, instructions: str, text: str) -> str:
        answer = self.asked(
            "converse",
            system=[{"text": instructions}],
            messages=[{"role": "user", "content": [{"text": text}]}],
            inferenceConfig={"maxTokens": MAX_TOKENS},
        )
        with self.reading(answer):
            told = object_of(answer.json())
            reason = text_of(told.get("stopReason"), 50)
            if reason in ("content_filtered", "guardrail_intervened"):
                raise self.error(Moderated, answer, f"stopReason {reason}", DECLINED)
            words = text_in(told).strip()
            if not words or reason == "max_tokens":
                raise InvalidResponse(NO_TEXT, detail=f"no whole text, stopReason {reason}")
        return words

    def asked(self, operation: str, **arguments: Any) -> Answer:
        """The successful answer to an operation of this model, which is called once."""
        # It brings boto3: 0.1 s and 12 MB that those without Bedrock are spared.
        from providers.bedrock_requests import signed

        region = self.account.region or self.family.regions[0]
        request = signed(self.account, region, operation, modelId=self.model_id, **arguments)
        return self.checked(
            self.transport.post(request.url, headers=request.headers, content=request.content)
        )

    def body(self, prompt: str, settings: Mapping[str, Any]) -> dict[str, Any]:
        """The body of an image model: a flat one, or Nova Canvas' two boxes."""
        if self.family.name != NOVA_CANVAS:
            return {"prompt": prompt, **settings}
        config = dict(settings)
        avoided = config.pop("negativeText", None)
        return {
            "taskType": "TEXT_IMAGE",
            "textToImageParams": {"text": prompt} | ({"negativeText": avoided} if avoided else {}),
            "imageGenerationConfig": config,
        }

    def drawn(self, answer: Answer) -> dict[str, Any]:
        """What a 200 says of a picture. Filters answer with a 200 as well."""
        told = object_of(answer.json())
        reason = text_of(first_of(told.get("finish_reasons")) or told.get("error"), 300)
        if reason:
            if "filter" in reason.lower():
                raise self.error(Moderated, answer, reason)
            raise self.error(InvalidResponse, answer, reason, NO_PICTURE)
        return told

    def error_for(self, answer: Answer) -> ProviderError:
        meaning, detail = meaning_of(answer)
        return self.error(meaning.kind, answer, detail, meaning.public)


def text_in(told: Mapping[str, Any]) -> str:
    """The text of all blocks; a model's thoughts are in blocks without one."""
    message = object_of(object_of(told.get("output")).get("message"))
    blocks = map(object_of, list_of(message.get("content")))
    return text_of("".join(b["text"] for b in blocks if isinstance(b.get("text"), str)))
