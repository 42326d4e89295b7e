"""One request, from its arrival to the last byte of its answer."""

import functools
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from tests.fakes.base import Facts, FakeProvider, Route, Scene, picture_answer, sketch
from tests.fakes.behaviours import Behaviour, ok
from tests.fakes.files import Files, demand_no_credentials
from tests.fakes.ledger import PAID_STAGES, Call
from tests.fakes.messages import Answer, Order, Refusal, Request
from tests.fakes.run import Run
from tests.fakes.wire import Wire, in_one_piece

NOT_FOUND = Answer(404, b"<html><body>404 Not Found</body></html>", {"Content-Type": "text/html"})


class Visit:
    """One request, from its arrival to the last byte of its answer."""

    def __init__(
        self, provider: FakeProvider | None, files: Files, run: Run, request: Request, wire: Wire
    ) -> None:
        self.run = run
        self.wire = wire
        self.files = files
        self.provider = provider
        self.request = request

    def serve(self) -> None:
        kept = self.files.find(self.request.path)
        if kept:
            picture, owner = kept
            facts = Facts(owner.kind, owner.flavour, owner.model, owner.prompt)
            self.provider = None
            self.open(facts, "download")
            self.checked(lambda: self.download(picture_answer(picture)))
        elif self.provider:
            self.ask(self.provider)
        else:
            self.open(Facts("unknown"), "other")
            self.refuse(NOT_FOUND, f"nothing is served at {self.request.path}")

    def download(self, answer: Answer) -> Answer:
        demand_no_credentials(self.request)
        return answer

    def ask(self, provider: FakeProvider) -> None:
        tail = self.request.path.removeprefix(provider.base_path)
        self.request = replace(self.request, tail=tail)
        try:
            route, match = provider.route(self.request)
        except Refusal as refusal:
            self.open(provider.facts(self.request), "other")
            self.refuse(provider.signed(refusal.answer, self.call.request_id), str(refusal))
            return
        self.open(provider.facts(self.request), route.stage)
        self.checked(functools.partial(self.read, route, match))

    def read(self, route: Route, match: Any) -> Order | Answer:
        return route.read(self.request, match)

    def checked(self, read: Callable[[], Order | Answer]) -> None:
        try:
            understood = read()
        except Refusal as refusal:
            self.refuse(self.signed(refusal.answer), refusal.complaint)
            return
        if isinstance(understood, Order):
            self.run.ledger.note(
                self.call,
                model=understood.model,
                prompt=understood.prompt,
                stage=understood.stage,
                body=understood.body,
                complaint=understood.complaint,
            )
            self.fulfil(understood)
        else:
            self.give(understood)

    def open(self, facts: Facts, stage: str) -> None:
        self.call: Call = self.run.ledger.open(
            kind=facts.kind,
            flavour=facts.flavour,
            stage=stage,
            model=facts.model,
            prompt=facts.prompt,
            method=self.request.method,
            path=self.request.path,
            headers=self.request.headers,
            body=sketch(self.request),
        )

    def planned(self, stage: str) -> tuple[Behaviour, float]:
        call = self.call
        facts = {"kind": call.kind, "flavour": call.flavour, "model": call.model}
        behaviour = self.run.behaviours.take(stage=stage, prompt=call.prompt, **facts) or ok()
        delay = self.run.delays.take(stage=stage, prompt=call.prompt, **facts) or 0
        self.run.ledger.note(self.call, behaviour=behaviour.name)
        return behaviour, delay

    def give(self, plain: Answer) -> None:
        """Answer a free call."""
        behaviour, delay = self.planned(self.call.stage)
        self.run.over.wait(delay)
        order = Order(self.call.model, self.call.prompt, None, stage=self.call.stage)
        answer = behaviour.answer(self.scene(order, delay, plain))
        self.run.ledger.note(self.call, outcome="free")
        self.send(answer, behaviour)

    def fulfil(self, order: Order) -> None:
        """Answer a paid call: charge, draw, send."""
        behaviour, delay = self.planned(order.stage)
        self.run.ledger.take_off()
        scene = self.scene(order, delay)
        with ExitStack() as unless_answered:
            unless_answered.callback(scene.landed)
            self.run.before_charge()
            charged = behaviour.charges(self.provider, order.stage)
            self.run.ledger.note(self.call, outcome="charged" if charged else "refused")
            if not (self.provider and self.provider.asynchronous):
                scene.wait()
            answer = self.signed(behaviour.answer(scene))
            unless_answered.pop_all()
        self.finish(scene, answer, behaviour)

    def finish(self, scene: Scene, answer: Answer, behaviour: Behaviour) -> None:
        """A call that is answered at once is over before its answer can be read."""
        at_once = behaviour.deliver is in_one_piece and not answer.filler
        if at_once and not scene.handed_over:
            scene.landed()
        try:
            self.send(answer, behaviour)
        finally:
            if not at_once and not scene.handed_over:
                scene.landed()

    def scene(self, order: Order, delay: float, plain: Answer | None = None) -> Scene:
        return Scene(
            provider=self.provider,
            order=order,
            request=self.request,
            request_id=self.call.request_id,
            wait=functools.partial(self.run.after_charge, delay),
            landed=functools.partial(self.run.ledger.land, self.call),
            plain=plain,
        )

    def refuse(self, answer: Answer, complaint: str) -> None:
        self.run.ledger.note(self.call, outcome="refused", complaint=complaint)
        self.send(answer, ok())

    def signed(self, answer: Answer) -> Answer:
        return self.provider.signed(answer, self.call.request_id) if self.provider else answer

    def send(self, answer: Answer, behaviour: Behaviour) -> None:
        self.run.ledger.note(self.call, status=answer.status, delivered=True)
        if self.call.ended is None and self.call.stage not in PAID_STAGES:
            self.run.ledger.end(self.call)
        try:
            behaviour.deliver(self.wire, answer)
        except OSError:
            self.wire.keep_alive = False
        if not self.wire.keep_alive:
            self.run.ledger.note(self.call, delivered=False)
