"""Google Imagen, by `:predict`. Google has shut it down; some may still have it behind a proxy."""

from typing import Any, ClassVar

from providers.answers import Answer, first_of, object_of
from providers.base import decoded, text_of
from providers.errors import InvalidResponse, ModelGone, Moderated, ProviderError
from providers.google import Google, response_id
from providers.messages import ImageRequest, ImageResult

NO_PICTURE = "The model answered without a picture."
RETIRED = "Google has retired Imagen. Its Gemini image models draw instead."


class Imagen(Google):
    kind: ClassVar[str] = "google-imagen"

    def generate(self, request: ImageRequest) -> ImageResult:
        prompt = self.prompt(request)
        parameters = {"sampleCount": 1, **self.size(request), **self.family.fixed}
        answer = self.asked(
            "predict",
            {
                "instances": [{"prompt": prompt}],
                "parameters": parameters | self.parameters(request),
            },
        )
        with self.reading(answer):
            told = answer.json()
            prediction = self.prediction_in(told, answer)
            return ImageResult(
                content=decoded(prediction.get("bytesBase64Encoded")),
                prompt_sent=prompt,
                parameters=self.report.complete(request),
                request_id=response_id(told),
            )

    def prediction_in(self, told: Any, answer: Answer) -> dict[str, Any]:
        """The one prediction. A filtered picture leaves a reason in its place, or nothing."""
        if not isinstance(told, dict):
            raise InvalidResponse(NO_PICTURE, detail="the answer is no object")
        prediction = object_of(first_of(told.get("predictions")))
        reason = text_of(prediction.get("raiFilteredReason"), 300)
        if reason or not told.get("predictions"):
            raise self.error(Moderated, answer, reason or "no predictions")
        return prediction

    def error_for(self, answer: Answer) -> ProviderError:
        error = super().error_for(answer)
        if isinstance(error, ModelGone):
            error.public_message = RETIRED
        return error
