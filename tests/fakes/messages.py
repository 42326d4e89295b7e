"""What travels between a caller and the fakes: requests, orders, pictures and answers."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any


class Headers(Mapping[str, str]):
    """Header names in any case; a repeated header is joined with commas."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, str] = {}
        for name, value in pairs:
            known = self._values.get(name.lower())
            self._values[name.lower()] = value if known is None else f"{known}, {value}"

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Headers({self._values!r})"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request as it arrived. `tail` is the raw path below the provider's base path."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Headers
    content: bytes
    tail: str = ""

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> Any:
        """The body as JSON; raises ValueError for anything that is not strict JSON."""
        return json.loads(self.content.decode("utf-8"), parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


@dataclass(frozen=True, slots=True)
class Order:
    """A call that passed every check. `stage` is "image" or "text".

    `complaint` names a fault that the provider would overlook in silence.
    """

    model: str
    prompt: str
    body: Any
    stage: str = "image"
    size: tuple[int, int] = (256, 256)
    format: str = "PNG"
    count: int = 1
    complaint: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """Bytes and the type they are declared to be. `filler` more bytes follow when it is sent."""

    data: bytes = field(repr=False)
    mime: str
    filler: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer. `filler` bytes are put behind the first occurrence of `needle`."""

    status: int = 200
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    needle: bytes = field(default=b"", repr=False)
    filler: int = 0
    chunked: bool = False

    def with_headers(self, **headers: str) -> "Answer":
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **named})


def json_answer(value: object, status: int = 200, **headers: str) -> Answer:
    body = json.dumps(value).encode()
    return Answer(status, body, {"Content-Type": "application/json"}).with_headers(**headers)


class Refusal(Exception):
    """The request breaks the protocol. `answer` is what the provider would say to it."""

    def __init__(self, answer: Answer, complaint: str) -> None:
        super().__init__(complaint)
        self.answer = answer
        self.complaint = complaint
