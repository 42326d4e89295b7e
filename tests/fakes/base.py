"""What every fake provider is: routes, strict readers, a dialect of success and error."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from tests.fakes import pictures
from tests.fakes.checks import Problem
from tests.fakes.files import Files, Owner
from tests.fakes.messages import Answer, Order, Picture, Refusal, Request

Reader = Callable[[Request, re.Match[str]], Order | Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """`pattern` matches the whole path below the base path. A paid route gives an Order."""

    method: str
    pattern: str
    stage: str
    read: Reader


@dataclass(slots=True)
class Scene:
    """One checked call on its way to an answer.

    `wait` takes as long as drawing is told to take. A provider that draws after it has answered
    sets `handed_over`, and calls `landed` when it is done. `plain` is the answer to a free call.
    `result_url` and `polling_url` replace the addresses that would be given out.
    """

    provider: "FakeProvider | None"
    order: Order
    request: Request
    request_id: str
    wait: Callable[[], None]
    landed: Callable[[], None]
    plain: Answer | None = None
    handed_over: bool = False
    result_url: str = ""
    polling_url: str = ""

    def picture(self) -> Picture:
        order = self.order
        return pictures.draw(order.model, order.prompt, order.size, order.format)

    def usual(self, picture: Picture | None = None) -> Answer:
        """What comes back when nothing goes wrong, if need be with another picture."""
        if self.order.stage == "download" and picture:
            return picture_answer(picture)
        if self.plain is not None or self.provider is None:
            return self.plain or Answer()
        if self.order.stage == "text":
            return self.provider.write(self, enhanced(self.order.prompt))
        return self.provider.draw(self, picture or self.picture())


@dataclass(frozen=True, slots=True)
class Form:
    """One documented way to say something, and whether saying it costs money."""

    answer: Callable[[Scene], Answer]
    charged: bool = False


Trouble = tuple[int, str, str]
"""HTTP status, the provider's own code word, a message."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Who a request is about, as well as can be told before it is checked."""

    kind: str
    flavour: str = ""
    model: str = ""
    prompt: str = ""


class FakeProvider:
    """One provider behind one base path. Subclasses fill in the dialect."""

    kind: ClassVar[str]
    flavour: str = ""
    base_path: str
    key: str
    request_id_header: ClassVar[str] = "x-request-id"
    asynchronous: ClassVar[bool] = False
    troubles: ClassVar[Mapping[str, Mapping[str, Trouble]]] = {}

    def __init__(self, root: str, files: Files) -> None:
        self.root = root
        self.files = files

    def routes(self) -> list[Route]:
        raise NotImplementedError

    def error(self, status: int, code: str = "", message: str = "") -> Answer:
        """An error body in this provider's form. An empty code is filled in by the status."""
        raise NotImplementedError

    def draw(self, scene: Scene, picture: Picture) -> Answer:
        raise NotImplementedError

    def write(self, scene: Scene, text: str) -> Answer:
        raise NotImplementedError

    def complain(self, problem: Problem) -> Answer:
        """The answer to a body with this problem in it."""
        return self.error(400, "", f"{problem.field}: {problem.message}")

    def forms(self, reason: str, stage: str = "image") -> dict[str, Form]:
        """The documented forms of "bad_key", "no_credit", "moderated", ...; the usual one first."""
        return {
            name: Form(lambda scene, trouble=trouble: self.error(*trouble))  # type: ignore[misc]
            for name, trouble in self.troubles.get(reason, {}).items()
        }

    def rate_limited(self, seconds: float | None) -> Answer:
        """429; only Google tells the wait in the body."""
        return self.error(*next(iter(self.troubles["rate_limited"].values())))

    def facts(self, request: Request) -> Facts:
        body = sketch(request)
        return Facts(self.kind, self.flavour, words(body, "model"), words(body, "prompt"))

    def route(self, request: Request) -> tuple[Route, re.Match[str]]:
        found = [
            (route, match)
            for route in self.routes()
            if (match := re.fullmatch(route.pattern, request.tail))
        ]
        for route, match in found:
            if route.method == request.method:
                return route, match
        status = 405 if found else 404
        complaint = f"{request.method} {request.path} is not an endpoint"
        raise Refusal(self.error(status, "", complaint), complaint)

    def refuse(self, status: int, code: str, message: str) -> Refusal:
        return Refusal(self.error(status, code, message), message)

    def demand(self, found: Iterable[Problem]) -> None:
        for problem in found:
            complaint = f"{problem.field}: {problem.message}"
            raise Refusal(self.complain(problem), complaint)

    def json_body(self, request: Request) -> Any:
        if request.media_type != "application/json":
            raise self.refuse(400, "", f"Content-Type must be JSON, not {request.media_type!r}")
        try:
            return request.json()
        except ValueError as problem:
            raise self.refuse(400, "", f"the body is not JSON: {problem}") from problem

    def keep(self, scene: Scene, picture: Picture, folder: str = "/files") -> str:
        """Put a picture where it can be fetched without a key, and give its address."""
        if scene.result_url:
            return scene.result_url
        order = scene.order
        owner = Owner(self.kind, self.flavour, order.model, order.prompt)
        return self.root + self.files.add(picture, owner, folder)

    def signed(self, answer: Answer, request_id: str) -> Answer:
        if not self.request_id_header:
            return answer
        return replace(answer, headers={**answer.headers, self.request_id_header: request_id})


def picture_answer(picture: Picture) -> Answer:
    return Answer(
        200,
        picture.data,
        {"Content-Type": picture.mime},
        needle=picture.data,
        filler=picture.filler,
    )


def sketch(request: Request) -> Any:
    """The body as JSON if it is, for the ledger only."""
    try:
        return request.json()
    except ValueError:
        return None


def words(body: Any, name: str) -> str:
    value = body.get(name, "") if isinstance(body, dict) else ""
    return value if isinstance(value, str) else ""


def enhanced(prompt: str) -> str:
    """What every fake language model makes of a prompt."""
    return f"{prompt.strip()}, in warm evening light, with rich detail and a calm background"


def bearer(request: Request) -> str | None:
    """The token of a well-formed Bearer header, or None."""
    match = re.fullmatch(r"Bearer ([\x21-\x7e]+)", request.headers.get("authorization", ""))
    return match.group(1) if match else None
