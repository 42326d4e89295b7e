"""What is known after a run: plain facts, gathered from clients, ledger, database and storage.

Times are seconds since the epoch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

TERMINAL = ("completed", "error")


@dataclass(frozen=True, slots=True)
class Request:
    """One POST /generate. `outcome` is "ok", "failed" (refused, nothing made) or "unknown"."""

    prompt: str
    outcome: str
    job: str = ""
    total: int = 0
    key: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One result as a status answer tells it."""

    state: str
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Poll:
    """One answer of GET /status/{job}."""

    job: str
    at: float
    status: str
    version: int
    total: int
    completed: int
    failed: int
    results: Mapping[str, Shown]


@dataclass(frozen=True, slots=True)
class PaidCall:
    """A line of a fake provider's ledger. `outcome` is "charged", "refused" or still "open"."""

    model: str
    prompt: str
    outcome: str
    status: int | None = None


@dataclass(frozen=True, slots=True)
class JobRow:
    id: str
    prompt: str
    total: int
    image_count: int


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A result and, when it has one, its picture's key and SHA-256."""

    id: str
    job: str
    index: int
    round: int
    model: str
    state: str
    epoch: int
    deadline: float
    error_code: str = ""
    key: str = ""
    sha256: str = ""
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class AttemptRow:
    id: str
    result: str
    epoch: int
    state: str
    object_key: str = ""
    spent: int = 0
    window: int | None = None


@dataclass(frozen=True, slots=True)
class WindowRow:
    """Money of a day or a month, over all models (no scope) or of one."""

    id: int
    scope: str
    period: str
    starts: str
    reserved: int
    spent: int


@dataclass(frozen=True, slots=True)
class StoredObject:
    """`colour` is that of the middle, None where the object is no picture."""

    sha256: str
    colour: tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class Rows:
    """The database at one moment."""

    jobs: Sequence[JobRow] = ()
    results: Sequence[ResultRow] = ()
    attempts: Sequence[AttemptRow] = ()
    windows: Sequence[WindowRow] = ()

    @property
    def unfinished(self) -> list[ResultRow]:
        return [row for row in self.results if row.state not in TERMINAL]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything the checker judges. `later` is the database some sweeps after `rows`. `price` is
    what a call costs, in millionths of a dollar, where `prices` does not say otherwise. `leaks`
    are the files and tables in which a provider's key can be read."""

    requests: Sequence[Request]
    polls: Sequence[Poll]
    calls: Sequence[PaidCall]
    rows: Rows
    objects: Mapping[str, StoredObject]
    later: Rows | None = None
    price: int = 0
    prices: Mapping[str, int] = field(default_factory=dict)
    free_models: Sequence[str] = ()
    leaks: Sequence[str] = ()
