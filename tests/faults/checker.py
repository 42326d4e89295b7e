"""The judge: facts in, broken promises out. No input or output, no clock, no chance.

Each rule is a generator of `Violation`s; its number is the invariant's in docs/reliability.md.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from tests.fakes.pictures import picture_colour
from tests.faults import money
from tests.faults.evidence import TERMINAL, Evidence, PaidCall, Poll, ResultRow

CALLS_PER_RESULT = 1  # k: paid calls of one result whose "not charged" is not proven
LATENESS = 10.0  # seconds after its deadline by which a job reads as ended
PROVEN_UNCHARGED = frozenset({400, 401, 402, 403, 404, 413, 422, 429, 451, 503})
SETTLED = ("settled", "released", "failed", "unknown")
RANK = {"pending": 0, "in_progress": 1, "completed": 2, "partial": 2, "failed": 2, "error": 2}
COLOUR_TOLERANCE = 8  # JPEG shifts colours a little


@dataclass(frozen=True, slots=True)
class Violation:
    invariant: int
    text: str


def violations(evidence: Evidence) -> list[Violation]:
    """Every broken promise, by invariant."""
    return [
        Violation(number, text) for number, rules in RULES.items() for rule in rules
        for text in rule(evidence)
    ]  # fmt: skip


def accepted_jobs_exist(evidence: Evidence) -> Iterator[str]:
    rows = {job.id: job for job in evidence.rows.jobs}
    for request in evidence.requests:
        if request.outcome != "ok":
            continue
        job = rows.get(request.job)
        if job is None:
            yield f"job {request.job} was accepted and does not exist"
        elif (job.prompt, job.total) != (request.prompt, request.total):
            yield f"job {request.job} is not the one that was accepted"


def jobs_have_all_their_results(evidence: Evidence) -> Iterator[str]:
    places = defaultdict(list)
    for row in evidence.rows.results:
        if row.round == 0:
            places[row.job].append(row.index)
    for job in evidence.rows.jobs:
        if sorted(places[job.id]) != list(range(1, job.total + 1)):
            yield f"job {job.id} has results at {sorted(places[job.id])}, of {job.total}"


def refused_requests_made_nothing(evidence: Evidence) -> Iterator[str]:
    asked = Counter(r.prompt for r in evidence.requests if r.outcome != "failed" and not r.key)
    keys = {(r.prompt, r.key) for r in evidence.requests if r.outcome != "failed" and r.key}
    asked.update(prompt for prompt, _key in keys)
    for prompt, count in Counter(job.prompt for job in evidence.rows.jobs).items():
        if count > asked[prompt]:
            yield f"{count} jobs exist for {prompt!r}, which was accepted {asked[prompt]} times"


def everything_ends(evidence: Evidence) -> Iterator[str]:
    for row in evidence.rows.unfinished:
        yield f"result {row.id} never ended, it is {row.state}"


def nothing_reads_as_open_after_its_deadline(evidence: Evidence) -> Iterator[str]:
    deadlines = {row.id: row.deadline for row in evidence.rows.results}
    for poll in evidence.polls:
        for pk, shown in poll.results.items():
            late = poll.at - deadlines.get(pk, poll.at)
            if shown.state not in TERMINAL and late > LATENESS:
                yield f"result {pk} read as {shown.state} {late:.1f} s after its deadline"


def histories(evidence: Evidence) -> Iterator[tuple[Poll, Poll]]:
    """Each answer of a job with the next one."""
    by_job = defaultdict(list)
    for poll in evidence.polls:
        by_job[poll.job].append(poll)
    for polls in by_job.values():
        yield from pairwise(sorted(polls, key=lambda poll: poll.at))


def states_never_go_back(evidence: Evidence) -> Iterator[str]:
    for before, after in histories(evidence):
        if RANK[after.status] < RANK[before.status]:
            yield f"job {before.job} went from {before.status} back to {after.status}"
        for pk, shown in before.results.items():
            now = after.results.get(pk)
            if now is None:
                yield f"result {pk} vanished"
            elif RANK[now.state] < RANK[shown.state]:
                yield f"result {pk} went from {shown.state} back to {now.state}"
            elif shown.state in TERMINAL and now != shown:
                yield f"result {pk} had ended as {shown} and became {now}"


def counts_never_fall(evidence: Evidence) -> Iterator[str]:
    for before, after in histories(evidence):
        old = before.completed, before.failed, before.version
        new = after.completed, after.failed, after.version
        if any(now < was for was, now in zip(old, new, strict=True)):
            yield f"completed, failed, version of job {before.job} fell from {old} to {new}"
        if before.total != after.total:
            yield f"the total of job {before.job} went from {before.total} to {after.total}"


def rows_agree_with_what_was_shown(evidence: Evidence) -> Iterator[str]:
    rows = {row.id: row for row in evidence.rows.results}
    for poll in evidence.polls:
        for pk, shown in poll.results.items():
            if pk not in rows:
                yield f"result {pk} was shown and does not exist"
            elif shown.state in TERMINAL and rows[pk].state != shown.state:
                yield f"result {pk} was shown as {shown.state} and is {rows[pk].state}"


def may_have_cost(call: PaidCall) -> bool:
    return call.outcome != "refused" or call.status not in PROVEN_UNCHARGED


def nothing_is_bought_twice(evidence: Evidence) -> Iterator[str]:
    """Prompts are unique, so that model and prompt name the results that a call was for."""
    prompts = {job.id: job.prompt for job in evidence.rows.jobs}
    results = Counter((row.model, prompts[row.job]) for row in evidence.rows.results)
    calls = Counter((c.model, c.prompt) for c in evidence.calls if may_have_cost(c))
    for what, count in calls.items():
        allowed = CALLS_PER_RESULT * results[what]
        if count > allowed:
            yield f"{what} was bought {count} times for {results[what]} results"


def every_call_was_intended(evidence: Evidence) -> Iterator[str]:
    """There is an Attempt for each call that a provider saw."""
    prompts = {job.id: job.prompt for job in evidence.rows.jobs}
    what = {row.id: (row.model, prompts[row.job]) for row in evidence.rows.results}
    attempts = Counter(what.get(attempt.result) for attempt in evidence.rows.attempts)
    for bought, count in Counter((c.model, c.prompt) for c in evidence.calls).items():
        if count > attempts[bought]:
            yield f"{bought} was called {count} times with {attempts[bought]} attempts recorded"


def completed_means_a_picture(evidence: Evidence) -> Iterator[str]:
    for row in evidence.rows.results:
        if row.state != "completed":
            continue
        stored = evidence.objects.get(row.key)
        if stored is None:
            yield f"result {row.id} is completed and its object {row.key!r} is missing"
        elif stored.sha256 != row.sha256:
            yield f"the object of result {row.id} has another hash"
        elif stored.colour is None:
            yield f"the object of result {row.id} is no picture"


def pictures_are_under_their_own_prompt(evidence: Evidence) -> Iterator[str]:
    prompts = {job.id: job.prompt for job in evidence.rows.jobs}
    for row in evidence.rows.results:
        stored = evidence.objects.get(row.key) if row.state == "completed" else None
        if stored is None or stored.colour is None or row.model in evidence.free_models:
            continue
        wanted = picture_colour(row.model, prompts[row.job])
        if any(abs(a - b) > COLOUR_TOLERANCE for a, b in zip(wanted, stored.colour, strict=True)):
            yield f"result {row.id} shows a picture of something else"


def pictures_were_bought(evidence: Evidence) -> Iterator[str]:
    """A picture of a model that costs has a charged call behind it."""
    prompts = {job.id: job.prompt for job in evidence.rows.jobs}
    bought = {(c.model, c.prompt) for c in evidence.calls if c.outcome == "charged"}
    for row in evidence.rows.results:
        drawn = row.state == "completed" and row.model not in evidence.free_models
        if drawn and (row.model, prompts[row.job]) not in bought:
            yield f"result {row.id} is completed and nobody drew it"


def only_the_last_claim_completes(evidence: Evidence) -> Iterator[str]:
    """The picture of a row was stored under the row's own, last epoch."""
    settled = defaultdict(list)
    for attempt in evidence.rows.attempts:
        if attempt.state == "settled":
            settled[attempt.result].append(attempt)
    for row in evidence.rows.results:
        if row.state == "completed":
            yield from misplaced(row)
            yield from missettled(row, [a.epoch for a in settled[row.id]])
        elif row.key or settled[row.id]:
            yield f"result {row.id} is {row.state} and has a picture or a settled attempt"


def misplaced(row: ResultRow) -> Iterator[str]:
    name = row.key.rsplit("/", 1)[-1]
    if not name.startswith(f"{row.epoch}-{row.sha256}.") or row.id not in row.key:
        yield f"result {row.id} at epoch {row.epoch} shows the object {row.key}"


def missettled(row: ResultRow, epochs: list[int]) -> Iterator[str]:
    if epochs != [row.epoch]:
        yield f"result {row.id} ended at epoch {row.epoch}, its settled attempts are of {epochs}"


def pictures_are_counted_once(evidence: Evidence) -> Iterator[str]:
    completed = Counter(row.job for row in evidence.rows.results if row.state == "completed")
    for job in evidence.rows.jobs:
        if job.image_count != completed[job.id]:
            yield f"job {job.id} counts {job.image_count} pictures of {completed[job.id]}"


def one_job_for_one_key(evidence: Evidence) -> Iterator[str]:
    made = defaultdict(set)
    for request in evidence.requests:
        if request.key and request.outcome == "ok":
            made[request.key].add(request.job)
    for key, jobs in made.items():
        if len(jobs) > 1:
            yield f"the key {key} made {len(jobs)} jobs"


def keys_stay_secret(evidence: Evidence) -> Iterator[str]:
    yield from (f"a provider's key can be read in {place}" for place in evidence.leaks)


def sweeping_on_changes_nothing(evidence: Evidence) -> Iterator[str]:
    if evidence.later is not None:
        then = {row.id: row for row in evidence.later.results}
        changed = [row.id for row in evidence.rows.results if then.get(row.id) != row]
        yield from (f"result {pk} changed after everything had ended" for pk in changed)
        settled = {attempt.id: attempt for attempt in evidence.later.attempts}
        if len(settled) != len(evidence.rows.attempts):
            yield "attempts appeared or vanished after everything had ended"
        for attempt in evidence.rows.attempts:
            if attempt.state in SETTLED and settled.get(attempt.id) != attempt:
                yield f"attempt {attempt.id} was {attempt.state} and changed"


RULES: dict[int, tuple[Callable[[Evidence], Iterator[str]], ...]] = {
    1: (accepted_jobs_exist, jobs_have_all_their_results, refused_requests_made_nothing),
    2: (everything_ends, nothing_reads_as_open_after_its_deadline),
    3: (states_never_go_back, counts_never_fall, rows_agree_with_what_was_shown),
    4: (nothing_is_bought_twice, every_call_was_intended),
    5: (completed_means_a_picture, pictures_are_under_their_own_prompt, pictures_were_bought),
    6: (only_the_last_claim_completes, pictures_are_counted_once),
    7: (money.nothing_stays_reserved, money.windows_are_sums, money.calls_are_counted),
    9: (one_job_for_one_key,),
    13: (keys_stay_secret,),
    14: (sweeping_on_changes_nothing,),
}
