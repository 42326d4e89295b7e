"""An operator's test of a model: one real call, shown with its time and price, or the reason."""

import base64
import time
from dataclasses import dataclass

from django.conf import settings
from django.db.models.functions import Now

from generation import calls, pictures
from generation.gates import budget
from generation.models import Attempt
from generation.models.money import credible
from providers.encryption import CannotDecrypt
from providers.errors import InvalidKey, ProviderError
from providers.messages import ImageRequest, ImageResult
from providers.models import ImageModel
from providers.registry import ADAPTERS
from providers.transport import Transport

PROMPT = "a red apple on a wooden table, soft daylight"
TIMEOUT = 120.0


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a test. `picture` is a data URL, or "" when `problem` says why not."""

    seconds: float
    picture: str = ""
    price_micros: int | None = None
    problem: str = ""
    code: str = ""
    detail: str = ""
    request_id: str = ""
    facts: str = ""

    @property
    def told(self) -> str:
        """One line for the log, without what the provider wrote."""
        return self.code or f"drew in {self.seconds:.1f} s"


def draw_once(model: ImageModel) -> Trial:
    """Call the model once. The call is an Attempt like any other that may cost money."""
    try:
        attempt = budget.spend(
            None if model.free else budget.Payer.drawing(model),
            purpose=Attempt.Purpose.TEST,
            kind=model.provider.kind,
            provider_model=model.model_id,
        )
    except budget.BudgetExhausted as refusal:
        return Trial(seconds=0, problem=str(refusal), code=refusal.code)
    return carry_out(attempt, model)


def carry_out(attempt: Attempt, model: ImageModel) -> Trial:
    started = time.monotonic()
    try:
        with calls.logged(attempt=attempt.pk, model=model.slug, kind=attempt.kind):
            image = call(model)
        checked = pictures.check(image.content)
    except ProviderError as error:
        state = Attempt.State.RELEASED if error.uncharged else Attempt.State.FAILED
        settle(attempt, state=state, error_code=error.code, detail=error.detail[:1000])
        return Trial(
            seconds=time.monotonic() - started,
            problem=error.public_message,
            code=error.code,
            detail=error.detail,
            request_id=error.request_id,
        )
    cost = credible(image.cost_micros)
    cost = model.price_micros if cost is None else cost
    settle(
        attempt,
        state=Attempt.State.SETTLED,
        cost_micros=cost,
        request_id=image.request_id[:200],
    )
    payload = base64.b64encode(checked.content).decode()
    return Trial(
        seconds=time.monotonic() - started,
        picture=f"data:{checked.content_type};base64,{payload}",
        price_micros=cost,
        request_id=image.request_id,
        facts=f"{checked.content_type}, {checked.width} x {checked.height} pixels, "
        f"{len(checked.content):,} bytes",
    )


def call(model: ImageModel) -> ImageResult:
    try:
        account = model.provider.account()
    except CannotDecrypt as problem:
        raise InvalidKey(detail=str(problem)) from None
    transport = Transport(timeout=min(TIMEOUT, model.timeout), private_hosts=settings.PRIVATE_HOSTS)
    adapter = ADAPTERS[account.kind](account, model.model_id, transport, options=model.options)
    return adapter.generate(ImageRequest(prompt=PROMPT, seed=1))


def settle(attempt: Attempt, **facts: object) -> None:
    attempt.record({**facts, "finished_at": Now()})
