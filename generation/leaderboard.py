"""Which models people prefer without knowing their names, beside what they take and cost."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.core.cache import cache
from django.db.models import Count, F, QuerySet

from generation.bradley_terry import Strength, strengths, weight
from generation.models import Result, Vote
from providers.models import ImageModel

MOST_VOTES = 20_000  # the newest count
MOST_MODELS = 60  # of those that were shown most often
MOST_TIMES = 5_000
ENOUGH = 10  # times shown, before a model gets a place
AGE = 60  # seconds for which a board is kept
KEY = "leaderboard"


@dataclass(frozen=True, slots=True)
class Standing:
    """One model. `rank` is None while it was shown too seldom; `seconds` is a median."""

    slug: str
    name: str
    picked: int
    shown: int
    strength: Strength
    rank: int | None
    seconds: float | None
    price_micros: int | None

    @property
    def percent(self) -> dict[str, str]:
        """The chance to be preferred and its interval, of 100, for words and for an SVG."""
        low, high = self.strength.interval
        figures = {"chance": self.strength.chance, "low": low, "high": high, "reach": high - low}
        return {name: f"{figure * 100:.0f}" for name, figure in figures.items()}


@dataclass(frozen=True, slots=True)
class Board:
    """`votes` is how many there are in it."""

    standings: list[Standing]
    votes: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What votes say: how often each model was shown and was picked, and the duels in weights."""

    shown: dict[str, int]
    picked: dict[str, int]
    duels: dict[tuple[str, str], float]


def current() -> Board:
    """The board, at most a minute old."""
    kept: Board | None = cache.get(KEY)
    if kept is None:
        kept = board()
        cache.set(KEY, kept, AGE)
    return kept


def board() -> Board:
    tally = count(pairs())
    found = strengths(tally.duels)
    facts = facts_of(found)
    rows = [standing(slug, tally, found, facts.get(slug, {})) for slug in found]
    rows.sort(key=lambda row: (row.rank is None, row.rank or 0, -row.strength.value))
    return Board(rows, sum(tally.picked.values()))


def newest() -> QuerySet[Vote]:
    return Vote.objects.order_by("-pk")[:MOST_VOTES]


def pairs() -> Iterable[tuple[str, str, int, int]]:
    """Picked, shown beside it (also itself), among how many, and how often. Added up by SQL."""
    votes = Vote.objects.filter(
        pk__in=newest().values("pk"),
        job__results__state=Result.State.COMPLETED,
        job__results__finished_at__lte=F("created_at"),
    )
    grouped = votes.values_list("result__slug", "job__results__slug", "choices")
    return grouped.annotate(times=Count("pk")).order_by()


def count(rows: Iterable[tuple[str, str, int, int]]) -> Tally:
    """A picture beside itself tells that it was shown and picked; beside another, that it won."""
    shown: dict[str, int] = defaultdict(int)
    picked: dict[str, int] = defaultdict(int)
    duels: dict[tuple[str, str], float] = defaultdict(float)
    for best, other, choices, times in rows:
        shown[other] += times
        if best == other:
            picked[best] += times
        else:
            duels[best, other] += times * weight(choices)
    known = set(sorted(shown, key=lambda slug: -shown[slug])[:MOST_MODELS])
    kept = {pair: worth for pair, worth in duels.items() if known.issuperset(pair)}
    return Tally(shown, picked, kept)


def facts_of(slugs: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Name, price and median time, from the newest pictures that were voted on."""
    voted = Result.objects.filter(job__in=newest().values("job"), slug__in=list(slugs))
    done = voted.filter(state=Result.State.COMPLETED).order_by("-finished_at")
    times: dict[str, list[float]] = defaultdict(list)
    facts: dict[str, dict[str, Any]] = {}
    fields = ("slug", "name", "price_micros", "started_at", "finished_at")
    for result in done.only(*fields)[:MOST_TIMES]:
        times[result.slug].append(result.duration or 0)
        facts.setdefault(result.slug, {"name": result.name, "price": result.price_micros})
    for model in ImageModel.objects.filter(slug__in=facts):
        facts[model.slug] |= {"name": model.name}
    return {slug: told | {"seconds": median(times[slug])} for slug, told in facts.items()}


def standing(
    slug: str, tally: Tally, found: dict[str, Strength], facts: dict[str, Any]
) -> Standing:
    return Standing(
        slug=slug,
        name=facts.get("name", slug),
        picked=tally.picked.get(slug, 0),
        shown=tally.shown[slug],
        strength=found[slug],
        rank=rank_of(slug, tally, found),
        seconds=facts.get("seconds"),
        price_micros=facts.get("price"),
    )


def rank_of(slug: str, tally: Tally, found: dict[str, Strength]) -> int | None:
    """One more than there are models that are better for certain: those whose interval begins
    where this one's has ended. Models that cannot be told apart share a place."""
    if tally.shown[slug] < ENOUGH:
        return None
    highest = found[slug].interval[1]
    placed = (other for other in found if tally.shown[other] >= ENOUGH)
    return 1 + sum(found[other].interval[0] > highest for other in placed)
