"""Jobs, their results, the calls made for them, and the pictures that came of it."""

from generation.models.attempt import Attempt
from generation.models.content import AllowedPhrase, BlockedTerm
from generation.models.idempotency import IdempotencyKey
from generation.models.job import Job
from generation.models.limit import Counter, Limit, Whitelisted
from generation.models.money import SpendingLimits, SpendWindow
from generation.models.picture import Picture
from generation.models.proxy_token import ProxyToken
from generation.models.result import Result
from generation.models.sweeper_lease import SweeperLease
from generation.models.vote import Vote

__all__ = [
    "AllowedPhrase",
    "Attempt",
    "BlockedTerm",
    "Counter",
    "IdempotencyKey",
    "Job",
    "Limit",
    "Picture",
    "ProxyToken",
    "Result",
    "SpendWindow",
    "SpendingLimits",
    "SweeperLease",
    "Vote",
    "Whitelisted",
]
