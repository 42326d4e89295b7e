"""The work that all adapters share. An adapter is what is left: one provider's protocol."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pybase64

from providers.answers import Answer
from providers.catalogue import load
from providers.echoes import spellings
from providers.entries import Family, Parameter
from providers.errors import (
    BY_STATUS,
    Interrupted,
    InvalidKey,
    InvalidRequest,
    InvalidResponse,
    ModelGone,
    Moderated,
    NoCredit,
    ProviderError,
    RateLimited,
    TimedOut,
    Unreachable,
)
from providers.messages import Account, ImageRequest, ImageResult, Report

if TYPE_CHECKING:  # it brings requests and urllib3, for which only a call should wait
    from providers.transport import Transport

DOWNLOAD_TRIES = 3
LONGEST_COMPLAINT = 10_000
"""Cut to size only once the key is out of it: half a key is a leak, too."""
MODERATION_WORDS = re.compile(r"moderat|content.?(policy|filter)|safety|nsfw", re.IGNORECASE)


OPENAI_CODES: Mapping[str, type[ProviderError]] = {
    "content_policy_violation": Moderated,
    "insufficient_quota": NoCredit,  # a 429 that no waiting can mend
    "invalid_api_key": InvalidKey,
    "model_not_found": ModelGone,
    "moderation_blocked": Moderated,
}
"""Codes that OpenAI and those who speak like it use whatever the status is."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """The code and the words of an error body, whichever of the usual shapes it has."""

    code: str
    text: str
    type: str = ""

    @classmethod
    def of(cls, answer: Answer) -> "Complaint":
        try:
            body = answer.json()
        except InvalidResponse:
            return cls("", answer.content[:LONGEST_COMPLAINT].decode(errors="replace"))
        inner = body.get("error") if isinstance(body, dict) else body
        error = inner if isinstance(inner, dict) else body
        if not isinstance(error, dict):
            return cls("", str(error)[:LONGEST_COMPLAINT])
        code = error.get("code") or error.get("type") or error.get("name") or ""
        words = [error.get(name) for name in ("error", "message", "detail", "errors", "details")]
        text = " ".join(str(word) for word in words if word)
        return cls(str(code), text[:LONGEST_COMPLAINT], str(error.get("type") or ""))


class Adapter:
    """One provider's protocol. One picture, one call, one bill.

    An adapter is made for one call. It keeps nothing, retries nothing and knows no rows.
    `task` is the provider's own id of a call that was made before a crash: it is polled, never
    bought again. A new task id is handed to `on_task` as soon as it is known.
    `rate_limit_wait` is the wait in seconds that a 429 means where it names none.
    """

    kind: ClassVar[str]
    default_base_url: ClassVar[str] = ""
    needs_key: ClassVar[bool] = True
    needs_base_url: ClassVar[bool] = False
    free: ClassVar[bool] = False
    chats: ClassVar[bool] = False
    rate_limit_wait: ClassVar[float | None] = None
    error_codes: ClassVar[Mapping[str, type[ProviderError]]] = OPENAI_CODES

    def __init__(
        self,
        account: Account,
        model_id: str,
        transport: "Transport",
        *,
        options: Mapping[str, Any] | None = None,
        task: str = "",
        on_task: Callable[[str], None] = lambda task: None,
    ) -> None:
        self.account = account
        self.model_id = model_id
        self.transport = transport
        self.options = {**account.options, **(options or {})}
        self.task = task
        self.on_task = on_task
        self.report = Report()

    def generate(self, request: ImageRequest) -> ImageResult:
        """Draw one picture, or raise a `ProviderError`."""
        raise NotImplementedError

    def chat(self, instructions: str, text: str) -> str:
        """A language model's answer, never empty, or a `ProviderError`. Only if `chats`."""
        raise NotImplementedError

    def error_for(self, answer: Answer) -> ProviderError:
        """The error that an answer of 300 or more stands for: by code, by words, by status."""
        complaint = Complaint.of(answer)
        codes = self.error_codes
        kind = codes.get(complaint.code) or codes.get(complaint.type)
        told = f"{complaint.code} {complaint.text}"
        if answer.status in (400, 422) and MODERATION_WORDS.search(told):
            kind = Moderated
        return self.error(kind or BY_STATUS.get(answer.status, ProviderError), answer, told)

    def error(
        self, kind: type[ProviderError], answer: Answer, detail: str = "", public: str = ""
    ) -> ProviderError:
        """An error of this kind about this answer, with its facts and without our key.

        Only an error status up to 451, 429 and 503 prove that nothing was charged.
        """
        proven = 400 <= answer.status <= 404 or answer.status in (413, 422, 429, 451, 503)
        usual_wait = self.rate_limit_wait if issubclass(kind, RateLimited) else None
        return kind(
            text_of(self.without_key(public)),
            detail=text_of(self.without_key(detail.strip()))[:500],
            status=answer.status,
            retry_after=usual_wait if answer.retry_after is None else answer.retry_after,
            request_id=self.without_key(answer.request_id),
            uncharged=proven,
        )

    def without_key(self, text: str) -> str:
        """The text with the account's key blotted out; some providers repeat it to us."""
        for spelling in spellings(self.account.key):
            text = text.replace(spelling, "[key]")
        return text

    # What a request holds

    @property
    def family(self) -> Family:
        """How this model is asked, from the catalogue."""
        return load().family(self.kind, self.model_id)

    def prompt(self, request: ImageRequest) -> str:
        """The prompt as it is sent. Without a field for what to avoid, that is a sentence of it."""
        text = request.prompt
        if request.negative_prompt and self.family.negative_prompt is None:
            text = f"{text}\n\nDo not include: {request.negative_prompt}"
            self.report.translated(
                "negativePrompt", request.negative_prompt, "a sentence in the prompt"
            )
        longest = self.family.prompt_max
        if longest is not None and len(text) > longest:
            raise InvalidRequest(f"This model takes prompts of at most {longest} characters.")
        return text

    def size(self, request: ImageRequest) -> dict[str, Any]:
        """The fields that ask for a shape: the nearest one that the model knows."""
        fields = self.family.size_for(request.aspect_ratio)
        if request.aspect_ratio in fields.values():
            self.report.applied("aspectRatio", request.aspect_ratio)
        elif request.aspect_ratio and fields:
            sent = ", ".join(f"{name} {value}" for name, value in fields.items())
            self.report.translated("aspectRatio", request.aspect_ratio, sent)
        return fields

    def parameters(self, request: ImageRequest) -> dict[str, Any]:
        """The fields of seed, steps, guidance and negative prompt that the model knows."""
        family, asked = self.family, request.asked()
        known = {
            "negativePrompt": family.negative_prompt,
            "seed": family.seed,
            "steps": family.steps,
            "guidance": family.guidance,
        }
        return {
            parameter.field: self.fitted(name, asked[name], parameter)
            for name, parameter in known.items()
            if parameter is not None and name in asked
        }

    def fitted(self, name: str, value: Any, parameter: Parameter) -> Any:
        """The value, or the nearest one that is allowed; the report says which."""
        longest = int(parameter.max) if parameter.max is not None else None
        sent = value[:longest] if isinstance(value, str) else parameter.fit(value)
        if sent == value:
            self.report.applied(name, value)
        else:
            self.report.translated(name, value, f"{parameter.field} {sent}")
        return sent

    # Sending and reading

    def url(self, path: str) -> str:
        """An address below the account's base URL, or the provider's own."""
        return (self.account.base_url or self.default_base_url).rstrip("/") + path

    def checked(self, answer: Answer) -> Answer:
        """The answer, if it is a success."""
        if answer.status >= 300:
            raise self.error_for(answer)
        return answer

    @contextmanager
    def reading(self, answer: Answer) -> Iterator[None]:
        """Errors that are raised within are about this answer, and say so."""
        try:
            yield
        except ProviderError as error:
            error.status = error.status or answer.status
            error.request_id = error.request_id or self.without_key(answer.request_id)
            raise

    def wait(self, seconds: float) -> None:
        """Pause before asking again for something paid. Raises `TimedOut`, at once, where the
        deadline would come first."""
        if seconds >= self.transport.remaining:
            raise TimedOut(detail="the deadline comes before the next question")
        time.sleep(seconds)

    def downloaded(self, url: str) -> bytes:
        """The picture at an address the provider named. It is paid for, so a broken line is tried
        again; the address is shown no credentials."""
        for _ in range(DOWNLOAD_TRIES - 1):
            try:
                return self.transport.download(url)
            except (Interrupted, Unreachable):
                continue
        return self.transport.download(url)


def text_of(value: object, longest: int = 10_000) -> str:
    """A text from an answer, fit for every database: "" where it is none."""
    if not isinstance(value, str):
        return ""
    return value[:longest].replace("\0", "").encode(errors="replace").decode()


def number_of(value: object) -> int | None:
    """A whole number from an answer, 0 or more and fit for every database, or None."""
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value < 2**63 else None


def decoded(text: object) -> bytes:
    """Bytes from base64, with or without a `data:` prefix and line breaks."""
    if not isinstance(text, str) or not text:
        raise InvalidResponse(detail="the answer has no base64 text where a picture should be")
    payload = re.sub(r"\Adata:[^,]{0,200},", "", text)
    try:
        return pybase64.b64decode(payload, validate=True)
    except ValueError:  # with line breaks, perhaps
        payload = "".join(payload.split())
    try:
        return pybase64.b64decode(payload, validate=True)
    except ValueError as problem:
        raise InvalidResponse(detail="the answer's base64 is broken") from problem
