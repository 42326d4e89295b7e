"""What can go wrong between us and a provider: one tree.

ProviderError                 any failure of a call; the root is PROVIDER_ERROR
├── Refused                   the provider understood and said no; asking again cannot help
│   ├── InvalidKey            INVALID_KEY
│   ├── NoCredit              NO_CREDIT
│   ├── NoAccess              NO_ACCESS
│   ├── ModelGone             MODEL_GONE
│   ├── InvalidRequest        INVALID_REQUEST
│   └── Moderated             MODERATED
├── RateLimited               RATE_LIMITED, with the wait the provider asked for
├── Unavailable               PROVIDER_ERROR, a 503: nothing was bought
├── Unreachable               NETWORK, nothing was sent
├── NotAllowed                INVALID_REQUEST, our own guard refused the address; nothing was sent
├── Interrupted               NETWORK, a poll or a download broke off
├── TimedOut                  TIMEOUT, a poll or a download (or connecting) took too long
├── OutcomeUnknown            OUTCOME_UNKNOWN, sent, and no answer came: it may have been billed
├── InvalidResponse           INVALID_RESPONSE, answered with something unreadable
└── InvalidImage              INVALID_IMAGE, answered with bytes that are no picture

Two facts decide what happens next. `uncharged`: it is proven that this call was not billed.
`transient`: the same call may succeed later. Only a call that is both is made again by itself.
"""

from collections.abc import Mapping
from typing import ClassVar


def gettext_noop(text: str) -> str:
    """Marks a sentence for translators, as Django's function of this name does: rows hold the
    English one, and pages translate it."""
    return text


class ProviderError(Exception):
    """A call failed.

    `public_message` is a sentence for the visitor and holds neither key nor address.
    `detail` is for the log. `retry_after` is in seconds. `status` is the HTTP status, if any.
    `cost_micros` is what an answer that was no use said it cost.
    """

    code: ClassVar[str] = "PROVIDER_ERROR"
    sentence: ClassVar[str] = gettext_noop("The provider had a problem and drew nothing.")
    transient: ClassVar[bool] = False
    uncharged: bool = False
    cost_micros: int | None = None

    def __init__(
        self,
        public_message: str = "",
        *,
        detail: str = "",
        status: int | None = None,
        retry_after: float | None = None,
        request_id: str = "",
        uncharged: bool | None = None,
    ) -> None:
        self.public_message = public_message or self.sentence
        self.detail = detail
        self.status = status
        self.retry_after = retry_after
        self.request_id = request_id
        if uncharged is not None:
            self.uncharged = uncharged
        super().__init__(detail or self.public_message)


class Refused(ProviderError):
    """The provider said no. With an error status (400 to 451) it is proven uncharged."""

    uncharged = True


class InvalidKey(Refused):
    code = "INVALID_KEY"
    sentence = gettext_noop(
        "The provider rejects the key of this model. An operator must check it."
    )


class NoCredit(Refused):
    code = "NO_CREDIT"
    sentence = gettext_noop("The account behind this model has no credit left.")


class NoAccess(Refused):
    code = "NO_ACCESS"
    sentence = gettext_noop("The account behind this model may not use it.")


class ModelGone(Refused):
    code = "MODEL_GONE"
    sentence = gettext_noop("The provider no longer offers this model.")


class InvalidRequest(Refused):
    code = "INVALID_REQUEST"
    sentence = gettext_noop("The provider did not accept this request.")


class Moderated(Refused):
    """Refused for its content. An answer of 200 that holds no picture may still be billed."""

    code = "MODERATED"
    sentence = gettext_noop(
        "The provider's content filter stopped this picture. Other words may pass."
    )


class RateLimited(ProviderError):
    code = "RATE_LIMITED"
    sentence = gettext_noop(
        "The provider is limiting requests right now. Please try again a little later."
    )
    transient = True
    uncharged = True


class Unavailable(ProviderError):
    sentence = gettext_noop(
        "The provider is not available right now. Please try again a little later."
    )
    transient = True
    uncharged = True


class Unreachable(ProviderError):
    code = "NETWORK"
    sentence = gettext_noop("The provider could not be reached.")
    transient = True
    uncharged = True


class NotAllowed(ProviderError):
    code = "INVALID_REQUEST"
    sentence = gettext_noop("The address of this model is not allowed. An operator must check it.")
    uncharged = True


class Interrupted(ProviderError):
    code = "NETWORK"
    sentence = gettext_noop("Contact with the provider broke off while the picture was on its way.")


class TimedOut(ProviderError):
    code = "TIMEOUT"
    sentence = gettext_noop("The provider took too long.")


class OutcomeUnknown(ProviderError):
    code = "OUTCOME_UNKNOWN"
    sentence = gettext_noop("Contact was lost; this may have been billed. Retrying may pay again.")


class InvalidResponse(ProviderError):
    code = "INVALID_RESPONSE"
    sentence = gettext_noop("The provider's answer could not be read.")


class InvalidImage(ProviderError):
    code = "INVALID_IMAGE"
    sentence = gettext_noop("The provider sent something that is not a picture.")


BY_STATUS: Mapping[int, type[ProviderError]] = {
    400: InvalidRequest,
    401: InvalidKey,
    402: NoCredit,
    403: NoAccess,
    404: ModelGone,
    413: InvalidRequest,
    422: InvalidRequest,
    429: RateLimited,
    451: Moderated,
    503: Unavailable,
}
"""What a status means where a provider's own body says nothing better. Any other: PROVIDER_ERROR,
which may have been billed."""
