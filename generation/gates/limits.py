"""How much each may ask for in a while: counted by django-ratelimit, edited in the admin."""

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django_ratelimit.core import get_usage

from generation.gates.addresses import Client
from generation.gates.counters import counters
from generation.models import Limit, Whitelisted

ADDRESS = Limit.Name.ADDRESS.value
GLOBAL = Limit.Name.GLOBAL.value
ENHANCE = Limit.Name.ENHANCE.value
LOG = Limit.Name.LOG.value
VOTE = Limit.Name.VOTE.value
LOGIN_ADDRESS = Limit.Name.LOGIN_ADDRESS.value
LOGIN_ACCOUNT = Limit.Name.LOGIN_ACCOUNT.value
TOLD = (ADDRESS, GLOBAL, ENHANCE, LOG, VOTE)  # to visitors; logins are the operators' affair
EVERYBODY = "everybody"

# django-ratelimit names a counter after its rate, so that an edited rate would start from nothing.
# It counts against this constant, and the comparison is made here.
NEVER_REACHED = 2**62


@dataclass(frozen=True, slots=True)
class Standing:
    """How far somebody has used up a limit. `ends` is in seconds since 1970."""

    name: str
    allowed: int
    used: int
    window: int
    ends: int

    @property
    def left(self) -> int:
        return max(0, self.allowed - self.used)

    @property
    def retry_after(self) -> int:
        """Whole seconds after which the next window has begun for certain."""
        return max(1, math.ceil(self.ends - time.time()))

    @property
    def resets_at(self) -> datetime:
        return datetime.fromtimestamp(self.ends, UTC)


class LimitReached(Exception):
    """This request is one too many."""

    def __init__(self, standing: Standing) -> None:
        self.standing = standing
        super().__init__(standing.name)


class CountersDown(Exception):
    """Nothing can be counted, so nothing is let in."""


def count(client: Client | None, *names: str) -> None:
    """Count one request under each of these limits, or raise LimitReached at the first that is
    used up. Call it in a `passage`, which takes back what was counted.

    No limit holds a whitelisted address, nor the installation itself, whose client is None.
    """
    if client is None or exempt(client):
        return
    for name in names:
        count_one(name, subject(name, client))


def count_login(client: Client, account: str) -> None:
    """Count one attempt to log in, as `count` does."""
    if not exempt(client):
        count_one(LOGIN_ADDRESS, client.key)
        count_one(LOGIN_ACCOUNT, account)


def count_one(name: str, who: str) -> None:
    standing = measure(name, who, increment=True)
    if standing is not None and standing.used > standing.allowed:
        raise LimitReached(standing)


def standings(client: Client, names: Iterable[str]) -> list[Standing]:
    """Where a client stands with those of these limits that hold it."""
    if exempt(client):
        return []
    found = (measure(name, subject(name, client), increment=False) for name in names)
    return [standing for standing in found if standing is not None]


def exempt(client: Client) -> bool:
    return Whitelisted.objects.holds(client.address)


def subject(name: str, client: Client) -> str:
    return EVERYBODY if name == GLOBAL else client.key


def measure(name: str, who: str, *, increment: bool) -> Standing | None:
    """Count or look. None where the operator set no limit."""
    limit = Limit.objects.current(name)
    if limit.allowed is None:
        return None
    rate = (NEVER_REACHED, limit.period)
    try:
        usage = get_usage(None, group=name, key=lambda *_: who, rate=rate, increment=increment)
    except counters().failures as problem:
        raise CountersDown(type(problem).__name__) from problem
    if usage is None or usage["limit"] != NEVER_REACHED:
        raise CountersDown(name)
    # Its windows include the second in which they end.
    ends = int(time.time()) + usage["time_left"] + 1
    return Standing(name, limit.allowed, usage["count"], limit.period, ends)
