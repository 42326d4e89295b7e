"""Every image provider on one port: what a test starts, orders and reads."""

import socket
import threading
from typing import Any, Self

from tests.fakes import control, registry
from tests.fakes.base import FakeProvider
from tests.fakes.bedrock import Bedrock
from tests.fakes.behaviours import Behaviour
from tests.fakes.files import Files
from tests.fakes.ledger import Call
from tests.fakes.messages import Request
from tests.fakes.plans import Plan
from tests.fakes.run import Run
from tests.fakes.server import Listener
from tests.fakes.visit import Visit
from tests.fakes.wire import Wire, in_one_piece


class FakeProviders:
    """A context manager that serves on a free port of 127.0.0.1, in threads of this process.

    Calls that could cost money are in `ledger`; `traffic` also has polls, downloads and the rest.
    """

    def __init__(self, port: int = 0, *, delay: float = 0) -> None:
        self._delay = delay
        self._run = Run(delay)
        self.files = Files()
        self._listener = Listener(("127.0.0.1", port), self._handle)
        self.port = int(self._listener.server_address[1])
        self.root = f"http://127.0.0.1:{self.port}"
        self.providers = registry.all_providers(self.root, self.files)
        self._thread = threading.Thread(
            target=self._listener.serve_forever, args=(0.05,), name="fake-providers", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *details: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of every held call, cut every connection, stop serving."""
        self._run.end()
        self._listener.shutdown()
        self._listener.server_close()
        self._listener.hang_up()
        self._thread.join()

    # Who is there

    def provider(self, kind: str, flavour: str | None = None) -> FakeProvider:
        for provider in self.providers:
            if provider.kind == kind and flavour in (None, provider.flavour):
                return provider
        raise LookupError(f"there is no fake {kind} {flavour or ''}".strip())

    def base_url(self, kind: str, flavour: str | None = None) -> str:
        """Exactly what belongs into MODEL_i_BASE_URL."""
        return self.root + self.provider(kind, flavour).base_path

    def key(self, kind: str, flavour: str | None = None) -> str:
        """The only key that is accepted; for bedrock ACCESS_ID:SECRET."""
        return self.provider(kind, flavour).key

    @property
    def canaries(self) -> list[str]:
        """Every secret there is: none may be found anywhere but where it was put."""
        secrets = [provider.key.rpartition(":")[2] for provider in self.providers]
        return [secret for secret in [*secrets, Bedrock.api_key] if secret]

    def forms(self, kind: str, reason: str, flavour: str | None = None) -> list[str]:
        """The documented ways in which this provider says "moderated", "bad_key", ..."""
        return list(self.provider(kind, flavour).forms(reason))

    # What happened

    @property
    def traffic(self) -> list[Call]:
        return self._run.ledger.all()

    @property
    def ledger(self) -> list[Call]:
        return self._run.ledger.paid()

    def ledger_for(self, **facts: Any) -> list[Call]:
        """Paid calls whose fields have these values: prompt, kind, model, outcome, ..."""
        return [
            call
            for call in self.ledger
            if all(getattr(call, name) == value for name, value in facts.items())
        ]

    @property
    def charged(self) -> list[Call]:
        return self.ledger_for(outcome="charged")

    @property
    def complaints(self) -> list[str]:
        """What callers did against a provider's protocol, whatever was planned."""
        return [f"{call.kind}: {call.complaint}" for call in self.traffic if call.complaint]

    @property
    def in_flight(self) -> int:
        return self._run.ledger.in_flight

    @property
    def max_concurrent(self) -> int:
        return self._run.ledger.max_concurrent

    @property
    def connections_accepted(self) -> int:
        return self._listener.accepted

    def wait_until_in_flight(self, count: int, timeout: float = 10) -> None:
        ledger = self._run.ledger
        if not ledger.wait_for(lambda: ledger.in_flight >= count, timeout):
            raise TimeoutError(f"{ledger.in_flight} of {count} calls in flight after {timeout} s")

    def wait_until_idle(self, timeout: float = 10) -> None:
        ledger = self._run.ledger
        if not ledger.wait_for(lambda: ledger.in_flight == 0, timeout):
            raise TimeoutError(f"{ledger.in_flight} calls still in flight after {timeout} s")

    # What shall happen

    def plan(
        self,
        behaviour: Behaviour,
        *,
        kind: str | None = None,
        flavour: str | None = None,
        model: str | None = None,
        prompt: str | None = None,
        times: int | None = None,
        stage: str = "image",
    ) -> None:
        """The next matching calls misbehave; the newest matching plan wins.

        `stage` is "image", "text", "poll" or "download". Only calls that pass every check count.
        """
        plan = Plan(behaviour, stage, kind, flavour, model, prompt, times)
        self._run.behaviours.add(plan)

    def delay(
        self,
        seconds: float,
        *,
        kind: str | None = None,
        flavour: str | None = None,
        model: str | None = None,
        prompt: str | None = None,
        stage: str = "image",
    ) -> None:
        """Matching calls take this long, already charged."""
        self._run.delays.add(Plan(seconds, stage, kind, flavour, model, prompt))

    def hold(self, *, after_charge: bool = True) -> None:
        """Paid calls block, already charged or not yet, until `release`."""
        self._run.held_after_charge = after_charge
        self._run.gate.clear()

    def release(self) -> None:
        self._run.gate.set()

    def reset(self) -> None:
        """Begin anew: no plans, no delays but the first one, an empty ledger."""
        finished, self._run = self._run, Run(self._delay)
        finished.end()

    # How it is done

    def _handle(self, request: Request, connection: socket.socket) -> Wire:
        run = self._run
        wire = Wire(connection, run.over)
        if request.path.startswith(control.PREFIX):
            in_one_piece(wire, control.obey(self, request))
            return wire
        Visit(self._find(request.path), self.files, run, request, wire).serve()
        return wire

    def _find(self, path: str) -> FakeProvider | None:
        return next((p for p in self.providers if path.startswith(p.base_path + "/")), None)
