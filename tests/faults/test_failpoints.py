"""kill -9 at every place between two commits, one after another, on one installation.

Each start also recovers what the one before left behind. The last one finishes everything.
"""

import re
from pathlib import Path

import pytest

from tests.fakes import FakeProviders, behaviours
from tests.faults.arrangement import Arrangement
from tests.faults.conftest import Place
from tests.faults.evidence import ResultRow
from tests.faults.processes import ROOT
from tests.faults.scale import scaled

PLAIN, TASKS = "one", "flux-2-pro"
WEB = ("after-job-commit", "after-bell-noted")
WORKER = (
    "in-claim",
    "after-claim",
    "before-call",
    "before-task",
    "after-task",
    "after-call",
    "after-received",
    "after-recover",
    "after-received with a task",
    "after-store",
    "after-adopt",
    "after-store",
    "after-complete",
    "after-release",
    "after-copy-counted",
    "after-copies-stored",
    "after-expire",
)
# What is left waiting there would run into the next failpoint, so it is finished first.
WAITING = {*WEB, "in-claim", "after-task", "after-release", "after-received with a task"}
DRAWN = WAITING | {
    "after-store", "after-complete", "after-copy-counted", "after-copies-stored"
}  # fmt: skip
UNKNOWN = {"after-claim", "before-call", "before-task", "after-call", "after-received"}


class Gauntlet:
    """One installation, killed at one failpoint after another."""

    def __init__(self, place: Arrangement) -> None:
        self.place = place
        self.prompts: list[tuple[str, str]] = []

    def run_into(self, point: str) -> None:
        """Start what comes to this failpoint, give it a job, wait for its death."""
        prompt = f"{len(self.prompts)} {point}"
        if point == "after-release":
            self.place.fakes.plan(behaviours.status(503), prompt=prompt, times=1)
        name = point.split()[0]
        split = self.place.broker and point not in WEB
        doomed = self.place.worker(name) if split else self.place.web(name)
        if not doomed.over:
            self.send(point, prompt)
        assert doomed.wait_until_over() != 0, point
        doomed.kill()
        if point in WAITING:
            self.finish()

    def send(self, point: str, prompt: str) -> None:
        """One result a job, so that it is this one that comes to the failpoint."""
        slug = f"model-{2 if 'task' in point else 1}"
        sent = self.place.clients.send_once(prompt, models=[slug])
        if sent is not None:
            self.place.clients.requests.append(sent)
            if sent.outcome == "ok" or point in WEB:
                self.prompts.append((prompt, point))

    def finish(self) -> None:
        running = self.place.worker() if self.place.broker else self.place.web()
        self.place.settled()
        running.kill()

    def check_outcomes(self) -> None:
        """What waits is drawn, what is stored or has a task is kept, the rest is not bought again.

        A process that dies while it is starting was sent nothing, or died of something older.
        """
        rows = self.place.rows
        jobs = {job.prompt: job.id for job in rows.jobs}
        ended: dict[str, ResultRow] = {row.job: row for row in rows.results}
        for prompt, point in self.prompts:
            if point in DRAWN:
                assert ended[jobs[prompt]].state == "completed", point
            elif point in UNKNOWN:
                assert ended[jobs[prompt]].error_code == "OUTCOME_UNKNOWN", point


def test_a_process_killed_between_two_commits_breaks_no_promise_on_sqlite(
    tmp_path: Path, fakes: FakeProviders
) -> None:
    with Arrangement(tmp_path, fakes, [PLAIN, f"bfl:{TASKS}"]) as place:
        gauntlet = Gauntlet(place)
        for point in (*WEB, *WORKER):
            gauntlet.run_into(point)
        place.web()
        assert place.broken_promises() == []
        gauntlet.check_outcomes()


def test_no_failpoint_is_left_out() -> None:
    code = "".join(path.read_text() for path in (ROOT / "generation").rglob("*.py"))
    named = set(re.findall(r'failpoint\("([^"]+)"\)', code))
    assert named == {point.split()[0] for point in (*WEB, *WORKER)}


@pytest.mark.parametrize(
    "arrangement",
    scaled(["PostgreSQL + Redis"], ["PostgreSQL + Redis", "PostgreSQL + RabbitMQ"]),
    indirect=True,
)
def test_a_process_killed_between_two_commits_breaks_no_promise_on_a_team(
    tmp_path: Path, fakes: FakeProviders, arrangement: Place
) -> None:
    database, broker = arrangement
    models = [PLAIN, f"bfl:{TASKS}"]
    with Arrangement(tmp_path, fakes, models, database=database, broker=broker) as place:
        gauntlet = Gauntlet(place)
        for point in scaled((), WEB):
            gauntlet.run_into(point)
        place.web()
        for point in scaled(("after-task", "after-store"), WORKER):
            gauntlet.run_into(point)
        place.worker()
        assert place.broken_promises() == []
        gauntlet.check_outcomes()
