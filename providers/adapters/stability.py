"""Stability AI, v2beta: a form goes out, JSON comes back.

JSON rather than the bare picture, because what must not be overlooked is then in one body with it:
a blurred picture also comes with a 200, and only `finish_reason` tells. As a header it can be lost
on the way through a proxy, and the blur would be kept; a body is there as a whole or not readable.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from providers.answers import Answer
from providers.base import Adapter, Complaint, decoded, number_of
from providers.errors import InvalidRequest, InvalidResponse, Moderated, ProviderError
from providers.messages import ImageRequest, ImageResult

NO_PICTURE = "The provider answered without a picture."
ENGLISH_ONLY = "This model understands prompts in English only."


class Stability(Adapter):
    kind: ClassVar[str] = "stability"
    default_base_url = "https://api.stability.ai"
    rate_limit_wait = 60.0  # how long it answers nothing after 150 requests in 10 s
    error_codes: ClassVar[Mapping[str, type[ProviderError]]] = {"content_moderation": Moderated}

    def generate(self, request: ImageRequest) -> ImageResult:
        form = self.form(request)
        answer = self.checked(
            self.transport.post(
                self.url(f"/v2beta/stable-image/generate/{self.family.endpoint}"),
                headers={
                    "Authorization": f"Bearer {self.account.key}",
                    "Accept": "application/json",
                },
                multipart={name: str(value) for name, value in form.items()},
            )
        )
        with self.reading(answer):
            told = self.finished(answer)
            seed = number_of(told.get("seed"))
            return ImageResult(
                content=decoded(told.get("image")),
                prompt_sent=form["prompt"],
                parameters=self.report.complete(request),
                seed=number_of(form.get("seed")) if seed is None else seed,
                request_id=answer.request_id,
            )

    def form(self, request: ImageRequest) -> dict[str, Any]:
        """The fields; only the endpoint that serves several models takes the model's name."""
        family = self.family
        model = {family.model_field: self.model_id} if family.model_field else {}
        fields = {"prompt": self.prompt(request), **self.size(request), **family.fixed}
        return model | fields | self.parameters(request)

    def finished(self, answer: Answer) -> Mapping[str, Any]:
        """What a 200 says of a picture that is to be kept."""
        told = answer.json()
        reason = told.get("finish_reason") if isinstance(told, dict) else None
        if reason == "CONTENT_FILTERED":
            raise self.error(Moderated, answer, "finish_reason is CONTENT_FILTERED")
        if reason != "SUCCESS":
            raise InvalidResponse(NO_PICTURE, detail="finish_reason is not SUCCESS")
        return dict(told)

    def error_for(self, answer: Answer) -> ProviderError:
        complaint = Complaint.of(answer)
        if complaint.code == "invalid_language":
            return self.error(InvalidRequest, answer, complaint.text, ENGLISH_ONLY)
        return super().error_for(answer)
