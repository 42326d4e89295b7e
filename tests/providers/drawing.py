"""How tests draw: one adapter against one fake, with a key that must never show."""

import base64
import json
import logging
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import pytest

from providers.base import Adapter
from providers.catalogue import load
from providers.entries import CatalogueModel
from providers.errors import ProviderError
from providers.messages import Account, ImageRequest, ImageResult
from providers.registry import ADAPTERS
from providers.transport import Transport
from tests.fakes import Call, FakeProviders, behaviours
from tests.fakes.flavours import FLAVOURS
from tests.fakes.registry import EXAMPLES
from tests.providers.servers import HERE

PROMPT = "a red fox in the snow"
NOWHERE = "http://127.0.0.1:1"
INSTRUCTIONS = "Describe this picture more vividly."


@dataclass(frozen=True, slots=True)
class Subject:
    """An adapter by its kind, a model for it to ask, and the accent of the server that it meets."""

    kind: str
    model_id: str
    flavour: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join(filter(None, (self.kind, self.flavour)))

    @property
    def short(self) -> float:
        """Seconds in which a request is certainly sent, for calls that shall run out of time."""
        return 2 if self.kind == "bedrock" else 0.5  # boto3 takes its time to make a client


def _flavoured(name: str) -> Subject:
    known = name in load().families
    options = {"flavour": name} if known else {}
    return Subject("openai-compatible", f"fake-{name}", name, options)


SUBJECTS = [
    Subject(kind, model_id) for kind, flavour, model_id, _ in EXAMPLES if flavour is None
] + [_flavoured(flavour.name) for flavour in FLAVOURS]
"""Every kind that there is a fake of, and every accent of a compatible server."""

NAMED = {subject.flavour or subject.kind: subject for subject in SUBJECTS}

ACCOUNTS = [subject for subject in SUBJECTS if subject.flavour in (None, "plain")]
"""One of each kind."""

CHATS = [
    replace(subject, model_id=load().chat.get(subject.kind, "fake-chat"))
    for subject in ACCOUNTS
    if ADAPTERS[subject.kind].chats
]
"""One language model of each kind that has them."""


class Caller:
    """One adapter and the fake that it calls. Each call is made by a new adapter."""

    def __init__(self, fakes: FakeProviders, subject: Subject) -> None:
        self.fakes = fakes
        self.subject = subject
        self.key = fakes.key(subject.kind, subject.flavour)
        self.base_url = fakes.base_url(subject.kind, subject.flavour)

    @property
    def calls(self) -> list[Call]:
        """The paid calls that this account's server has heard."""
        flavour = self.subject.flavour or ""
        return self.fakes.ledger_for(kind=self.subject.kind, flavour=flavour)

    def adapter(self, *, timeout: float = 20, **changes: Any) -> Adapter:
        """`changes`: key, base_url, model_id, options or private_hosts, other than the usual."""
        subject = self.subject
        account = Account(
            subject.kind,
            key=changes.get("key", self.key),
            base_url=changes.get("base_url", self.base_url),
        )
        return ADAPTERS[subject.kind](
            account,
            changes.get("model_id", subject.model_id),
            Transport(timeout=timeout, private_hosts=changes.get("private_hosts", HERE)),
            options=changes.get("options", subject.options),
        )

    def draw(self, prompt: str = PROMPT, /, **parameters: Any) -> ImageResult:
        """A picture, by a request of these parameters."""
        return checked(self.adapter().generate(ImageRequest(prompt, **parameters)))

    def failure(self, prompt: str = PROMPT, /, **changes: Any) -> ProviderError:
        """The error that drawing ends in, which keeps our secrets and tells the truth on money."""
        return self.error_of(lambda: self.adapter(**changes).generate(ImageRequest(prompt)))

    def chat(self, text: str = PROMPT, /) -> str:
        return self.adapter().chat(INSTRUCTIONS, text)

    def chat_failure(self, text: str = PROMPT, /, **changes: Any) -> ProviderError:
        return self.error_of(lambda: self.adapter(**changes).chat(INSTRUCTIONS, text))

    def error_of(self, action: Callable[[], object]) -> ProviderError:
        before = len(self.calls)
        with pytest.raises(ProviderError) as caught:
            action()
        error = caught.value
        calls = self.calls[before:]
        assert len(calls) <= 1, "an adapter retries nothing"
        assert not (error.uncharged and [call for call in calls if call.outcome == "charged"])
        self.keeps_secrets(error)
        return error

    def survives(self, what: str, **changes: Any) -> None:
        """Whatever comes of drawing, it is a sound result or one of our errors."""
        with self.no_crash(what):
            checked(self.adapter(**changes).generate(ImageRequest(PROMPT)))

    def survives_chat(self, what: str) -> None:
        with self.no_crash(what):
            assert self.chat().strip()

    @contextmanager
    def no_crash(self, what: str) -> Iterator[None]:
        try:
            yield
        except ProviderError as error:
            self.keeps_secrets(error)
        except Exception as crash:  # of whatever kind: none may come of what a provider says
            raise AssertionError(f"a crash, because of {what!r}") from crash

    def keeps_secrets(self, error: ProviderError) -> None:
        """Our key is nowhere in an error, and no address is in what people read."""
        told = [str(error), repr(error), repr(error.args), error.public_message, error.detail]
        self.is_silent_on_the_key("".join([*told, *traceback.format_exception(error)]))
        assert "://" not in error.public_message
        assert error.public_message.encode().strip()
        assert "\0" not in error.public_message + error.detail

    def is_silent_on_the_key(self, text: str) -> None:
        for spelling in spellings(self.key):
            assert spelling not in text

    def plan(self, behaviour: behaviours.Behaviour, stage: str = "image", **options: Any) -> None:
        subject = self.subject
        self.fakes.plan(
            behaviour, kind=subject.kind, flavour=subject.flavour, stage=stage, **options
        )

    def living_models(self) -> list[CatalogueModel]:
        """What the catalogue offers here, or did offer, where a whole kind is gone."""
        catalogue, subject = load(), self.subject
        known = catalogue.images(subject.kind)
        if subject.flavour:
            known = tuple(model for model in known if model.family == subject.flavour)
        living = [model for model in known if not model.is_retired(catalogue.as_of)]
        return living or list(known)

    def forms(self, reason: str, stage: str = "image") -> list[str]:
        """The documented ways in which this provider says "moderated", "bad_key", ..."""
        subject = self.subject
        return list(self.fakes.provider(subject.kind, subject.flavour).forms(reason, stage))


class WithFakes:
    """Fakes that start anew for each test, after which the key is in no log line."""

    @pytest.fixture(scope="class")
    @classmethod
    def running(cls) -> Iterator[FakeProviders]:
        with FakeProviders() as fakes:
            yield fakes

    @pytest.fixture
    def caller(
        self, running: FakeProviders, subject: Subject, caplog: pytest.LogCaptureFixture
    ) -> Iterator[Caller]:
        caplog.set_level(logging.DEBUG)
        running.reset()
        caller = Caller(running, subject)
        yield caller
        caller.is_silent_on_the_key(logged(caplog))


Meet = Callable[..., Caller]


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Every log line of a test, tracebacks included. `caplog.text` forgets them at its end."""
    return "\n".join(caplog.handler.format(record) for record in caplog.get_records("call"))


def spellings(key: str) -> set[str]:
    """A key and its parts, and half of a long one: as they are, in base64, as in an address."""
    parts = {part for part in (key, *key.split(":")) if part}
    parts |= {part[: len(part) // 2 + 3] for part in parts if len(part) >= 16}
    encoded = {base64.b64encode(part.encode()).decode() for part in parts}
    return parts | encoded | {quote(part, safe="") for part in parts}


def checked(result: ImageResult) -> ImageResult:
    """A result whose facts fit where they are stored, whatever the provider said."""
    assert isinstance(result.content, bytes)
    for text in (result.prompt_sent, result.revised_prompt, result.request_id):
        assert isinstance(text, str)
        assert "\0" not in text.encode().decode()
    for number in (result.seed, result.cost_micros):
        assert number is None or (type(number) is int and 0 <= number < 2**63)
    json.dumps({name: dict(fate) for name, fate in result.parameters.items()}, allow_nan=False)
    return result


def leaves(value: Any) -> list[Any]:
    """Every text and number in a body."""
    if isinstance(value, Mapping):
        return [leaf for inner in value.values() for leaf in leaves(inner)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in leaves(inner)]
    return [value]
