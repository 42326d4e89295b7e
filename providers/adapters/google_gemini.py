"""Google Gemini: a conversation goes in; its answer is made of parts, pictures among them."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from providers.answers import Answer, first_of, list_of, object_of
from providers.base import decoded, number_of, text_of
from providers.errors import InvalidResponse, Moderated
from providers.google import Google, response_id
from providers.messages import ImageRequest, ImageResult

MAX_TOKENS = 8_000
"""Two short texts, and the thoughts before them, which are billed and counted as well."""
REFUSALS = {
    "BLOCKLIST",
    "IMAGE_PROHIBITED_CONTENT",
    "IMAGE_RECITATION",
    "IMAGE_SAFETY",
    "PROHIBITED_CONTENT",
    "RECITATION",
    "SAFETY",
    "SPII",
}
NO_PICTURE = "The model answered without a picture."
NO_TEXT = "The language model answered without a text."

logger = logging.getLogger(__name__)


class Gemini(Google):
    kind: ClassVar[str] = "google-gemini"
    chats = True

    def generate(self, request: ImageRequest) -> ImageResult:
        prompt, size = self.prompt(request), self.size(request)
        config = {
            # Without TEXT a model that does not want to draw cannot say why.
            "responseModalities": ["TEXT", "IMAGE"],
            "imageConfig": size | dict(self.family.fixed),
            **self.parameters(request),
        }
        answer = self.asked("generateContent", {**turn(prompt), "generationConfig": config})
        with self.reading(answer):
            told = object_of(answer.json())
            parts, reason = self.said(told, answer)
            return ImageResult(
                content=self.picture_in(parts, reason, answer),
                prompt_sent=prompt,
                parameters=self.report.complete(request),
                seed=number_of(config.get("seed")),
                request_id=response_id(told),
            )

    def chat(self, instructions: str, text: str) -> str:
        body = {
            **turn(text),
            "systemInstruction": {"parts": [{"text": instructions}]},
            "generationConfig": {"maxOutputTokens": MAX_TOKENS},
        }
        answer = self.asked("generateContent", body)
        with self.reading(answer):
            parts, reason = self.said(object_of(answer.json()), answer)
            words = text_in(parts).strip()
            if not words or reason == "MAX_TOKENS":
                raise InvalidResponse(NO_TEXT, detail=f"no whole text, finishReason {reason}")
        return words

    def picture_in(self, parts: Sequence[dict[str, Any]], reason: str, answer: Answer) -> bytes:
        """The last picture: those before it are studies."""
        blobs = [object_of(part.get("inlineData")) for part in parts]
        pictures = [b for b in blobs if text_of(b.get("mimeType")).startswith("image/")]
        if pictures:
            return decoded(pictures[-1].get("data"))
        words = text_in(parts).strip()
        if words and reason == "STOP":
            public = f'The model answered in words: "{text_of(words, 300)}"'
            raise self.error(Moderated, answer, "only text", public)
        raise InvalidResponse(NO_PICTURE, detail=f"no picture, finishReason {reason}")

    def said(self, told: Mapping[str, Any], answer: Answer) -> tuple[list[dict[str, Any]], str]:
        """The parts of what is told but for the model's thoughts, and why it ended there."""
        self.note_end_of_life(told)
        reason = text_of(object_of(told.get("promptFeedback")).get("blockReason"), 50)
        if reason:
            raise self.error(Moderated, answer, f"blockReason {reason}")
        candidate = object_of(first_of(told.get("candidates")))
        reason = text_of(candidate.get("finishReason"), 50)
        if reason in REFUSALS:
            raise self.error(Moderated, answer, f"finishReason {reason}")
        parts = map(object_of, list_of(object_of(candidate.get("content")).get("parts")))
        return [part for part in parts if part.get("thought") is not True], reason

    def note_end_of_life(self, told: Mapping[str, Any]) -> None:
        day = text_of(object_of(told.get("modelStatus")).get("retirementTime"), 50)
        if day:
            logger.warning("Google will retire %r on %r", self.model_id, day)


def turn(text: str) -> dict[str, Any]:
    """A conversation that begins with these words."""
    return {"contents": [{"role": "user", "parts": [{"text": text}]}]}


def text_in(parts: Sequence[dict[str, Any]]) -> str:
    return text_of("".join(part["text"] for part in parts if isinstance(part.get("text"), str)))
