"""The judge acquits a good run and convicts each made-up broken promise."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import picture_colour
from tests.faults import leaks
from tests.faults.checker import violations
from tests.faults.evidence import (
    AttemptRow,
    Evidence,
    JobRow,
    PaidCall,
    Poll,
    Request,
    ResultRow,
    Rows,
    Shown,
    StoredObject,
    WindowRow,
)

DEADLINE = 1000.0
KEY = "job/r1/1-aa.png"
JOB = JobRow("job", "a fox", total=2, image_count=1)
DRAWN = ResultRow("r1", "job", 1, 0, "one", "completed", 1, DEADLINE, key=KEY, sha256="aa")
FAILED = ResultRow("r2", "job", 2, 0, "two", "error", 1, DEADLINE, "OUTCOME_UNKNOWN")
SETTLED = AttemptRow("a1", "r1", 1, "settled", KEY, spent=4, window=1)
UNKNOWN = AttemptRow("a2", "r2", 1, "unknown", spent=4, window=2)
DAY, MONTH = ("day", "2026-11-23"), ("month", "2026-11-01")
WINDOWS = [
    WindowRow(1, "one", *DAY, 0, 4),
    WindowRow(2, "two", *DAY, 0, 4),
    WindowRow(3, "", *DAY, 0, 8),
    WindowRow(4, "one", *MONTH, 0, 4),
    WindowRow(5, "", *MONTH, 0, 8),
]
OBJECT = StoredObject("aa", picture_colour("one", "a fox"))
CALLS = (PaidCall("one", "a fox", "charged", 200), PaidCall("two", "a fox", "charged"))


def poll(at: float, one: Shown, two: Shown, **facts: Any) -> Poll:
    ended = [shown.state for shown in (one, two)]
    seen = Poll(
        job="job",
        at=at,
        status="partial" if at > 1 else "in_progress",
        version=int(at),
        total=2,
        completed=ended.count("completed"),
        failed=ended.count("error"),
        results={"r1": one, "r2": two},
    )
    return replace(seen, **facts)


START = poll(1, Shown("in_progress"), Shown("pending"))
END = poll(5, Shown("completed", KEY), Shown("error"))
ROWS = Rows([JOB], [DRAWN, FAILED], [SETTLED, UNKNOWN], WINDOWS)
GOOD = Evidence(
    requests=[Request("a fox", "ok", "job", 2), Request("a cat", "failed")],
    polls=[START, END],
    calls=CALLS,
    rows=ROWS,
    objects={KEY: OBJECT},
    later=ROWS,
    price=4,
)


def rows(**changes: Any) -> Callable[[Evidence], Evidence]:
    return lambda good: replace(good, rows=replace(good.rows, **changes), later=None)


def with_(**changes: Any) -> Callable[[Evidence], Evidence]:
    return lambda good: replace(good, **changes)


BROKEN: list[tuple[str, int, Callable[[Evidence], Evidence]]] = [
    ("an accepted job is gone", 1, with_(requests=[Request("a fox", "ok", "other", 2)])),
    ("an accepted job has another prompt", 1, with_(requests=[Request("a cat", "ok", "job", 2)])),
    ("a result is missing", 1, rows(results=[DRAWN])),
    ("a place is filled twice", 1, rows(results=[DRAWN, FAILED, replace(FAILED, id="r3")])),
    ("a refused request made a job", 1, with_(requests=[Request("a fox", "failed")])),
    ("one request made two jobs", 1, rows(jobs=[JOB, replace(JOB, id="job2")])),
    ("a result never ended", 2, rows(results=[DRAWN, replace(FAILED, state="pending")])),
    ("a job read as open long after its deadline", 2, with_(
        polls=[poll(DEADLINE + 11, Shown("completed", KEY), Shown("in_progress"))])),
    ("a result went back", 3, with_(polls=[START, poll(2, Shown("pending"), Shown("pending"))])),
    ("a job went back", 3, with_(polls=[
        START, poll(2, Shown("in_progress"), Shown("pending"), status="pending")])),
    ("an ended result changed", 3, with_(polls=[
        END, poll(6, Shown("completed", "other"), Shown("error"))])),
    ("a result vanished", 3, with_(polls=[START, replace(END, results={"r1": END.results["r1"]})])),
    ("a count fell", 3, with_(polls=[START, END, replace(END, at=6, failed=0)])),
    ("a version fell", 3, with_(polls=[START, END, replace(END, at=6, version=1)])),
    ("a total changed", 3, with_(polls=[START, replace(END, total=3)])),
    ("the row says something else than was shown", 3, rows(
        results=[DRAWN, replace(FAILED, state="completed")])),
    ("one result was bought twice", 4, with_(calls=[*CALLS, CALLS[0]])),
    ("a call that is still open counts as bought", 4, with_(
        calls=[*CALLS, PaidCall("one", "a fox", "open")])),
    ("a 500 is no proof that nothing was charged", 4, with_(
        calls=[*CALLS, PaidCall("one", "a fox", "refused", 500)])),
    ("a call has no attempt", 4, rows(attempts=[SETTLED])),
    ("an object is missing", 5, with_(objects={})),
    ("an object has another hash", 5, with_(objects={KEY: replace(OBJECT, sha256="bb")})),
    ("an object is no picture", 5, with_(objects={KEY: replace(OBJECT, colour=None)})),
    ("a picture is crossed", 5, with_(
        objects={KEY: replace(OBJECT, colour=picture_colour("one", "a cat"))})),
    ("a picture was never bought", 5, with_(calls=CALLS[1:])),
    ("an old epoch completed a result", 6, rows(results=[replace(DRAWN, epoch=2), FAILED])),
    ("two attempts settled", 6, rows(attempts=[SETTLED, replace(SETTLED, epoch=2), UNKNOWN])),
    ("a failed result has a picture", 6, rows(
        results=[DRAWN, replace(FAILED, key="job/r2/1-bb.png")])),
    ("a picture was counted twice", 6, rows(jobs=[replace(JOB, image_count=2)])),
    ("an ended result still reserves money", 7, rows(
        results=[replace(DRAWN, reserved=4), FAILED])),
    ("a window still reserves money", 7, rows(
        windows=[replace(WINDOWS[0], reserved=4), *WINDOWS[1:]])),
    ("a day forgot a call", 7, rows(windows=[replace(WINDOWS[0], spent=0), *WINDOWS[1:]])),
    ("a month counted a call twice", 7, rows(
        windows=[*WINDOWS[:4], replace(WINDOWS[4], spent=12)])),
    ("a charged call counts for nothing", 7, rows(
        attempts=[SETTLED, replace(UNKNOWN, spent=0)],
        windows=[WINDOWS[0], replace(WINDOWS[1], spent=0), replace(WINDOWS[2], spent=4),
                 WINDOWS[3], replace(WINDOWS[4], spent=4)])),
    ("one key made two jobs", 9, with_(
        requests=[Request("a fox", "ok", "job", 2, "k"), Request("a fox", "ok", "other", 2, "k")])),
    ("a later sweep changed a result", 14, with_(
        later=replace(ROWS, results=[DRAWN, replace(FAILED, epoch=2)]))),
    ("a later sweep changed money", 14, with_(
        later=replace(ROWS, attempts=[replace(SETTLED, spent=0), UNKNOWN]))),
    ("a log tells a key", 13, with_(leaks=["process-0.log"])),
    ("a later sweep made an attempt", 14, with_(later=replace(ROWS, attempts=[SETTLED]))),
]  # fmt: skip


def test_a_good_run_breaks_no_promise() -> None:
    assert violations(GOOD) == []


@pytest.mark.parametrize(("what", "invariant", "broken"), BROKEN, ids=[b[0] for b in BROKEN])
def test_each_broken_promise_is_seen(
    what: str, invariant: int, broken: Callable[[Evidence], Evidence]
) -> None:
    assert invariant in {found.invariant for found in violations(broken(GOOD))}


@pytest.mark.parametrize("status", [429, 503, 422])
def test_a_call_that_is_proven_uncharged_may_be_made_again(status: int) -> None:
    refused = PaidCall("one", "a fox", "refused", status)
    attempt = AttemptRow("a0", "r1", 0, "released")
    rows = replace(ROWS, attempts=[*ROWS.attempts, attempt])
    assert violations(replace(GOOD, calls=[refused, *CALLS], rows=rows, later=rows)) == []


def test_a_request_whose_answer_was_lost_may_have_made_a_job_or_not() -> None:
    unknown = [Request("a fox", "unknown"), Request("a cat", "unknown")]
    assert violations(replace(GOOD, requests=unknown)) == []


@pytest.mark.parametrize("form", leaks.forms("secret/key-0815"))
def test_a_key_is_found_in_each_of_its_forms(tmp_path: Path, form: bytes) -> None:
    (tmp_path / "process-0.log").write_bytes(b"harmless")
    assert leaks.found(["secret/key-0815"], tmp_path, "sqlite") == []
    (tmp_path / "process-1.log").write_bytes(b"sent %b there" % form)
    assert leaks.found(["secret/key-0815"], tmp_path, "sqlite") == ["process-1.log"]


def test_a_picture_of_a_free_model_needs_no_bill_and_no_certain_colour() -> None:
    free = replace(GOOD, calls=CALLS[1:], free_models=["one"])
    other = {KEY: replace(OBJECT, colour=(0, 0, 0))}
    assert violations(replace(free, objects=other)) == []
