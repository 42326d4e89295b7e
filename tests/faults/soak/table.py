"""A soak's findings as tables, as they stand in docs/scale.md."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import psycopg
from psycopg import sql

from tests.faults.evidence import Evidence
from tests.faults.soak.gauges import Gauges, Life
from tests.faults.soak.timed import TimedClients

OURS = ("server", "worker, left alone", "worker, killed")
DEPTHS = (
    "results that wait",
    "results that are drawn",
    "connections of PostgreSQL",
    "busy connections of PostgreSQL",
    "connections of Redis",
)
LIFE_HEAD = (
    "| process | lived (s) | memory (MB): after a minute, at half time, at the end, most "
    "| open files: the same | threads at the end | processor time (s) |\n"
    "|---|---|---|---|---|---|"
)
ROW_HEAD = "| table | rows | bytes a row | of these in indexes |\n|---|---|---|---|"
GROWING = [f"generation_{name}" for name in ("job", "result", "attempt", "picture")]
SIZES = """
    SELECT relname, pg_indexes_size(oid), pg_total_relation_size(oid)
    FROM pg_class WHERE relname = ANY(%s) ORDER BY relname
"""


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of these values that so large a share of all does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(share * 100) // 100) - 1)]


def milliseconds(values: Sequence[float]) -> str:
    return " / ".join(f"{1000 * percentile(values, share):,.0f}" for share in (0.5, 0.95, 1))


def risen(values: Sequence[float]) -> float:
    """How far a counter rose that begins anew when its server is restarted."""
    return sum(max(0.0, after - before) for before, after in pairwise(values))


def outcome(evidence: Evidence) -> dict[str, str]:
    """What became of what was ordered."""
    results = evidence.rows.results
    orders = Counter(request.outcome for request in evidence.requests)
    codes = Counter(row.error_code for row in results if row.state == "error")
    charged = sum(call.outcome == "charged" for call in evidence.calls)
    return {
        "jobs ordered": f"{len(evidence.requests):,}",
        "accepted, refused, without a clear answer": f"{orders['ok']:,}, {orders['failed']:,}, "
        f"{orders['unknown']:,}",
        "jobs that exist": f"{len(evidence.rows.jobs):,}",
        "results": f"{len(results):,}, of which {len(evidence.rows.unfinished)} never ended",
        "completed": f"{sum(row.state == 'completed' for row in results):,}",
        "ended with a reason": ", ".join(f"{n} `{code}`" for code, n in codes.most_common()),
        "calls, of which charged": f"{len(evidence.calls):,}, {charged:,}",
    }


def pace(gauges: Gauges, clients: TimedClients, seconds: float, drawn: int) -> dict[str, str]:
    """How fast it was, and what it took."""
    size, log = gauges.seen["bytes of the database"], gauges.seen["bytes of the log"]
    cpu = 1000 * gauges.cpu(*OURS) / drawn
    return {
        "pictures a minute": f"{60 * drawn / seconds:,.0f}",
        **{
            f"{path}: answers; p50 / p95 / longest (ms)": f"{len(took):,}; {milliseconds(took)}"
            for path, took in clients.took.items()
        },
        "orders sent again, since nobody listened": f"{clients.unheard:,}",
        "processor time for a picture, server and workers (ms)": f"{cpu:.0f}",
        **{f"{name}: median, most": depth(gauges.seen[name]) for name in DEPTHS},
        "database at the start, at the end (MB)": f"{size[0] / 1e6:.1f}, {size[-1] / 1e6:.1f}",
        "its write-ahead log, a picture (kB)": f"{risen(log) / drawn / 1e3:.1f}",
        "commits, a picture": f"{risen(gauges.seen['commits']) / drawn:.1f}",
    }


def depth(values: Sequence[float]) -> str:
    return f"{percentile(values, 0.5):.0f}, {max(values):.0f}"


def lives(gauges: Gauges) -> Iterator[str]:
    """A line for the process that lived longest under each name."""
    longest: dict[str, list[Life]] = {}
    for (name, _pid), seen in gauges.lives.items():
        longest[name] = max(longest.get(name, []), seen, key=len)
    for name, seen in longest.items():
        begun, over = seen[0].at, seen[-1].at
        moments = [seen_by(seen, at) for at in (begun + 60, (begun + over) / 2, over)]
        memory = [*(life.memory for life in moments), max(life.memory for life in seen)]
        files = [*(life.files for life in moments), max(life.files for life in seen)]
        yield (
            f"| {name} | {over - begun:.0f} | {', '.join(f'{value:.0f}' for value in memory)} "
            f"| {', '.join(map(str, files))} | {seen[-1].threads} | {seen[-1].cpu:.0f} |"
        )


def seen_by(looks: Sequence[Life], at: float) -> Life:
    """The last look until then."""
    return [look for look in looks if look.at <= at][-1]


def sizes(database: str) -> Iterator[str]:
    """Bytes on disk for a row of each table that grows with jobs, its indexes included."""
    with psycopg.connect(database) as server:
        for name, indexes, total in server.execute(SIZES, [GROWING]).fetchall():
            query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))
            (count,) = server.execute(query).fetchone() or (0,)
            if count:
                yield f"| {name} | {count:,} | {total / count:,.0f} | {indexes / count:,.0f} |"


def show(facts: Mapping[str, str]) -> None:
    print("\n| what | |\n|---|---|")
    for name, value in facts.items():
        print(f"| {name} | {value} |")
