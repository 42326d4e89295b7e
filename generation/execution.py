"""Drawing one result: claim, call, check, store, settle. No transaction is open during the call."""

import logging
import random
import threading
import uuid
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import Error, connection
from django.utils.translation import gettext_noop

from generation import bells, calls, correlation, pictures
from generation.failpoints import failpoint
from generation.models import Attempt, Result
from generation.models.claim import Claim
from generation.models.money import credible
from generation.models.result import DISABLED_SENTENCE
from providers import pressure
from providers.base import Adapter
from providers.encryption import CannotDecrypt
from providers.errors import InvalidImage, InvalidKey, OutcomeUnknown, ProviderError, RateLimited
from providers.messages import ImageRequest, ImageResult
from providers.registry import ADAPTERS
from providers.transport import Transport

log = logging.getLogger(__name__)

BOOT_ID = uuid.uuid4().hex
MIN_CALL = 1.0  # seconds; with less left there is no call
INFRASTRUCTURE = {"PROVIDER_ERROR", "NETWORK", "TIMEOUT", "OUTCOME_UNKNOWN", "INVALID_RESPONSE"}
stopping = threading.Event()


class Fenced(Exception):
    """The claim no longer holds: somebody else decides this result now."""


class LiveClaims:
    """The claims this process is working on, so that their leases can be renewed."""

    def __init__(self) -> None:
        self._claims: set[Claim] = set()
        self._lock = threading.Lock()

    def add(self, claim: Claim) -> None:
        with self._lock:
            self._claims.add(claim)

    def remove(self, claim: Claim) -> None:
        with self._lock:
            self._claims.discard(claim)

    def __len__(self) -> int:
        return len(self._claims)

    def renew(self) -> int:
        with self._lock:
            claims = set(self._claims)
        return Result.objects.renew(claims, BOOT_ID) if claims else 0


live = LiveClaims()


def draw(result_id: UUID) -> None:
    """Draw a waiting result. Whatever happens, the row ends, or waits again, or is not ours."""
    if stopping.is_set():
        return
    claim = Result.objects.claim(result_id, BOOT_ID)
    if claim is None:
        return
    failpoint("after-claim")
    live.add(claim)
    with correlation.work_on(claim.result, attempt=claim.attempt.pk):
        try:
            if stopping.is_set():
                put_back(claim)
            else:
                carry_out(claim)
        except Fenced:
            log.warning("Somebody else decides this result now.")
        finally:
            live.remove(claim)
        bells.ring_next(claim.result)


def carry_out(claim: Claim) -> None:
    try:
        keep(claim, call(claim))
    except ProviderError as error:
        give_up(claim, error)
    except OSError as error:  # the storage: the picture is paid for, but cannot be kept
        log.error("The picture could not be stored: %s", error)
        end(claim, "STORAGE_FAILED", "The picture could not be stored.", facts_of(error))
    except Fenced:
        raise
    except Exception as error:  # a fault of ours must end this result and touch no other
        log.exception("This result failed on an error of our own.")
        end(claim, "PROVIDER_ERROR", ProviderError.sentence, facts_of(error))


def put_back(claim: Claim) -> None:
    """Nothing was sent under this claim: let another process do the work."""
    unsent = {"state": Attempt.State.RELEASED, "detail": "stopped before the call"}
    facts = {} if claim.attempt.task else unsent
    hold(claim.release(wait=0, tries=claim.result.tries, facts=facts))
    bells.ring([claim.result.pk])


def call(claim: Claim) -> ImageResult:
    """One call of the provider, with no transaction and (where pooled) no connection held."""
    adapter = adapter_for(claim)
    request = request_for(claim.result)
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    failpoint("before-call")
    with calls.logged():
        return adapter.generate(request)


def adapter_for(claim: Claim) -> Adapter:
    """The adapter for this call, its deadline set."""
    result = claim.result
    model = result.model
    if model is None or not (model.enabled or claim.attempt.task):
        raise ModelDisabled
    try:
        account = model.provider.account()
    except CannotDecrypt as problem:
        raise InvalidKey(detail=str(problem)) from None
    remaining = claim.seconds_left - settings.CALL_MARGIN
    timeout = min(model.timeout, remaining)
    if timeout < MIN_CALL:
        raise TooLate
    return ADAPTERS[account.kind](
        account,
        result.provider_model,
        Transport(timeout=timeout, private_hosts=settings.PRIVATE_HOSTS),
        options=model.options,
        task=claim.attempt.task,
        on_task=lambda task: note_task(claim, task),
    )


def note_task(claim: Claim, task: str) -> None:
    failpoint("before-task")
    hold(claim.task_known(task))
    failpoint("after-task")


def request_for(result: Result) -> ImageRequest:
    job = result.job
    return ImageRequest(
        prompt=job.prompt,
        negative_prompt=job.negative_prompt,
        aspect_ratio=job.aspect_ratio or None,
        steps=job.steps,
        guidance=job.guidance,
        control=job.control,
        seed=result.seed,
    )


def keep(claim: Claim, image: ImageResult) -> None:
    """Check, store and show a picture. What is known of the call is committed before the upload."""
    facts = known_of(image)
    failpoint("after-call")
    try:
        picture = pictures.check(image.content)
    except InvalidImage as error:
        error.request_id, error.cost_micros = image.request_id, credible(image.cost_micros)
        raise
    result = claim.result
    stored = pictures.place(picture, result.job_id, result.pk, result.epoch)
    in_time = claim.received(stored, facts)
    failpoint("after-received")
    if in_time or claim.kept_late:
        pictures.store(stored.key, picture.content)
    hold(in_time)
    failpoint("after-store")
    hold(claim.complete())
    log.info("The picture is there.", extra=correlation.facts(outcome="completed"))
    if result.model is not None:
        pressure.succeeded(result.model)
    failpoint("after-complete")
    bells.ring_for_copies([result.pk])


def known_of(image: ImageResult) -> dict[str, Any]:
    """What an Attempt records of an answer."""
    return {
        "prompt_sent": image.prompt_sent,
        "revised_prompt": image.revised_prompt,
        "parameters": {name: dict(fate) for name, fate in image.parameters.items()},
        "seed": image.seed,
        "cost_micros": credible(image.cost_micros),
        "request_id": image.request_id[:200],
    }


def give_up(claim: Claim, error: ProviderError) -> None:
    """Wait and try again where that is proven to cost nothing; else end with the reason."""
    if claim.attempt.task:  # bought before this claim
        error.uncharged = False
    try:
        press(claim.result, error)
    except Error:
        log.exception("What this error means for the other results could not be written down.")
    facts = facts_of(error)
    wait = wait_before_retry(claim, error)
    log.warning(
        "No picture came of this call.", extra=correlation.facts(outcome=error.code, retry_in=wait)
    )
    if wait is None:
        end(claim, error.code, error.public_message, facts, retryable=may_retry(error))
        return
    hold(claim.release(wait=wait, tries=claim.result.tries + 1, facts=facts))
    failpoint("after-release")
    bells.ring([claim.result.pk], delay=wait)


def press(result: Result, error: ProviderError) -> None:
    """What an error means for the other results of the account and of the model."""
    if result.model is None:
        return
    if isinstance(error, RateLimited) and error.retry_after:
        pressure.pause(result.model.provider_id, error.retry_after)
    if error.code in INFRASTRUCTURE:
        pressure.failed(result.model.pk)


def wait_before_retry(claim: Claim, error: ProviderError) -> float | None:
    """Seconds to wait before the same call is made again, or None when it must not be."""
    if not (error.transient and error.uncharged) or claim.result.tries + 1 >= settings.MAX_TRIES:
        return None
    backoff = random.uniform(0.5, 1.5) * 2**claim.result.tries  # noqa: S311 - spreads load, no secret
    wait = max(error.retry_after or 0, backoff)
    left = claim.seconds_left - settings.CALL_MARGIN
    return wait if wait + MIN_CALL < left else None


def may_retry(error: ProviderError) -> bool:
    """Whether a person's retry can help."""
    return error.code not in {
        "INVALID_KEY", "NO_CREDIT", "NO_ACCESS", "MODEL_GONE", "INVALID_REQUEST", "MODEL_DISABLED",
        "MODERATED",
    }  # fmt: skip


def facts_of(error: Exception) -> dict[str, Any]:
    """What an Attempt records of a failure."""
    if not isinstance(error, ProviderError):
        return {"state": Attempt.State.FAILED, "detail": type(error).__name__}
    state = Attempt.State.RELEASED if error.uncharged else Attempt.State.FAILED
    if isinstance(error, OutcomeUnknown):
        state = Attempt.State.UNKNOWN
    cost = {} if error.cost_micros is None else {"cost_micros": error.cost_micros}
    return cost | {
        "state": state,
        "detail": error.detail[:1000],
        "http_status": error.status,
        "request_id": error.request_id[:200],
    }


def end(
    claim: Claim, code: str, sentence: str, facts: dict[str, Any], *, retryable: bool = True
) -> None:
    hold(claim.fail(code, sentence, retryable=retryable, facts=facts))


def hold(held: bool) -> None:
    """Stop here unless the claim still holds."""
    if not held:
        raise Fenced


class ModelDisabled(ProviderError):
    """The model was switched off, or deleted, while its result waited."""

    code = "MODEL_DISABLED"
    sentence = DISABLED_SENTENCE
    uncharged = True


class TooLate(ProviderError):
    """Too little of the job's time is left for a call."""

    code = "DEADLINE_EXCEEDED"
    sentence = gettext_noop("There was no time left to start this picture.")
    uncharged = True
