"""The harness convicts: with a fence, an intent or a claim taken out, the same runs go red.

They take a minute and belong to `make faults`. In `make test` the state machine convicts.
"""

import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes import FakeProviders
from tests.faults.arrangement import Arrangement
from tests.faults.checker import Violation
from tests.faults.conftest import Place, in_process, over_redis
from tests.faults.test_stops import asleep_at
from tests.support import until

Run = Callable[[Path, FakeProviders, Place, dict[str, str]], list[Violation]]


def late_worker(
    path: Path, fakes: FakeProviders, where: Place, env: dict[str, str]
) -> list[Violation]:
    """A worker wakes up and finishes while the row is another's."""
    database, broker = where
    with Arrangement(
        path, fakes, ["one", "bfl:flux-2-pro"], database=database, broker=broker, env=env
    ) as place:
        place.web()
        late = asleep_at(place, "after-task")
        taker = place.worker("before-call:1:stop")
        until(lambda: place.rows.results[0].epoch, lambda epoch: epoch == 2, 30)
        late.signal(signal.SIGCONT)
        time.sleep(2)
        taker.kill()
        return place.broken_promises()


def killed_in_a_call(
    path: Path, fakes: FakeProviders, where: Place, env: dict[str, str]
) -> list[Violation]:
    """kill -9 while a provider draws, then a start."""
    fakes.hold()
    with Arrangement(path, fakes, ["one"], env=env, DEADLINE="6", MARGIN="1") as place:
        first = place.web()
        place.clients.send("killed while it is drawn")
        fakes.wait_until_in_flight(1)
        first.kill()
        fakes.release()
        place.web()
        return place.broken_promises()


def eager_bells(
    path: Path, fakes: FakeProviders, where: Place, env: dict[str, str]
) -> list[Violation]:
    """Bells ring far more often than calls end."""
    fakes.delay(1.5)
    with Arrangement(
        path, fakes, ["one"], env=env, SWEEP="0.3", BELL_PAUSE="0.3", DEADLINE="5", MARGIN="1"
    ) as place:
        place.web()
        place.clients.send("ring on")
        return place.broken_promises()


RUNS: dict[str, tuple[Run, set[int]]] = {
    "no_fence": (late_worker, {6}),
    "no_intent": (killed_in_a_call, {4}),
    "no_doubt": (killed_in_a_call, {4}),
    "no_claim": (eager_bells, {4}),
}


@pytest.mark.parametrize("mutated", [False, True], ids=["whole", "mutated"])
@pytest.mark.parametrize("name", RUNS)
def test_a_run_breaks_a_promise_only_without_it(
    tmp_path: Path, fakes: FakeProviders, name: str, mutated: bool
) -> None:
    run, expected = RUNS[name]
    env = {"FAULTS_MUTANT": name} if mutated else {}
    with (over_redis if run is late_worker else in_process)() as where:
        found = run(tmp_path, fakes, where, env)
    for violation in found:
        print(violation)
    assert expected <= {v.invariant for v in found} if mutated else found == []
