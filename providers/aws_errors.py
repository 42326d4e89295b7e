"""What AWS says when it refuses: its codes, the openings of its messages, and our errors."""

from collections.abc import Mapping
from dataclasses import dataclass

from providers.answers import Answer, object_of
from providers.base import text_of
from providers.errors import (
    BY_STATUS,
    InvalidKey,
    InvalidRequest,
    InvalidResponse,
    ModelGone,
    Moderated,
    NoAccess,
    NoCredit,
    ProviderError,
)

CODES: Mapping[str, type[ProviderError]] = {
    "AccessDeniedException": NoAccess,
    "ExpiredTokenException": InvalidKey,  # this one and the next ones come as a 400 as well
    "IncompleteSignatureException": InvalidKey,
    "InvalidSignatureException": InvalidKey,
    "MissingAuthenticationTokenException": InvalidKey,
    "ResourceNotFoundException": ModelGone,
    "ServiceQuotaExceededException": NoCredit,
    "UnrecognizedClientException": InvalidKey,
}
"""Codes that say more than their status does."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """An error, and a sentence about it where its own says too little."""

    kind: type[ProviderError]
    public: str = ""


# Some codes stand for many things. Only how a message begins is looked at: the rest may hold words
# of a visitor.
OPENINGS: Mapping[str, Meaning] = {
    "Authentication failed": Meaning(InvalidKey),
    "Bearer Token has expired": Meaning(InvalidKey),
    "Invocation of model ID": Meaning(
        InvalidRequest,
        "AWS serves this model by an inference profile only. An operator must use the profile's "
        "id, such as the model's own with us. before it.",
    ),
    "Model access is denied due to INVALID_PAYMENT_INSTRUMENT": Meaning(NoCredit),
    "The provided model identifier is invalid": Meaning(ModelGone),
    "This request has been blocked by our content filters": Meaning(Moderated),
}


def meaning_of(answer: Answer) -> tuple[Meaning, str]:
    """What an error of AWS stands for, and its code and message."""
    code, message = _complaint(answer)
    openings = OPENINGS if answer.status in (400, 403) else {}
    known = (meaning for opening, meaning in openings.items() if message.startswith(opening))
    usual = Meaning(CODES.get(code) or BY_STATUS.get(answer.status, ProviderError))
    return next(known, usual), f"{code} {message}"


def _complaint(answer: Answer) -> tuple[str, str]:
    """Code and message. Some services put a name space before the code, or an address behind."""
    try:
        body = object_of(answer.json())
    except InvalidResponse:
        body = {}
    code = answer.headers.get("x-amzn-errortype") or text_of(body.get("__type"))
    message = text_of(body.get("message")) or text_of(body.get("Message"))
    return code.partition(":")[0].rpartition("#")[2], message
