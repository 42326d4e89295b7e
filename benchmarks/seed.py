"""A database with a million pictures: one finished job, multiplied inside the database.

Attempts are left out: neither a status nor the gallery reads them.
"""

import base64
from typing import Any

from benchmarks import database

JOBS = 250_000
PICTURES = 4  # of each job
NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {jobs})",
    "postgres": "WITH n AS (SELECT generate_series(1, {jobs}) AS i)",
}
JOB_ID = {"sqlite": "printf('%032x', n.i)", "postgres": "lpad(to_hex(n.i), 32, '0')::uuid"}
RESULT_ID = {
    "sqlite": """printf('%016x%016x', n.i, r."index")""",
    "postgres": """(lpad(to_hex(n.i), 16, '0') || lpad(to_hex(r."index"::int), 16, '0'))::uuid""",
}
MOMENT = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || n.i || ' seconds')",
    "postgres": "now() - n.i * interval '1 second'",
}


def multiply(url: str, job_id: str, jobs: int = JOBS) -> None:
    """Make `jobs` copies of this job with its results and pictures, each a second older."""
    kind = database.dialect(url)
    (job,) = database.listed(url, [job_id]).split(", ")
    of_job = f"FROM n, generation_job t WHERE t.id = {job}"
    of_result = f"FROM n, generation_result r WHERE r.job_id = {job}"
    of_picture = (
        "FROM n, generation_result r JOIN generation_picture t ON t.result_id = r.id"
        f" WHERE r.job_id = {job}"
    )
    job_key, result_key, moment = JOB_ID[kind], RESULT_ID[kind], MOMENT[kind]
    numbers = NUMBERS[kind].format(jobs=jobs)
    with database.connected(url) as connection:
        for table, source, alias, own in (
            ("generation_job", of_job, "t", {"id": job_key, "created_at": moment}),
            ("generation_result", of_result, "r", {"id": result_key, "job_id": job_key}),
            ("generation_picture", of_picture, "t", {"result_id": result_key}),
        ):
            columns = columns_of(connection, table)
            values = ", ".join(own.get(name, f'{alias}."{name}"') for name in columns)
            names = ", ".join(f'"{name}"' for name in columns)
            connection.execute(f"INSERT INTO {table} ({names}) {numbers} SELECT {values} {source}")
        if kind == "sqlite":
            connection.commit()
        connection.execute("ANALYZE")


def columns_of(connection: Any, table: str) -> list[str]:
    found = connection.execute(f"SELECT * FROM {table} LIMIT 0")
    return [column[0] for column in found.description]


def cursor_of_page(url: str, page: int, entries: int) -> str:
    """What the gallery's answer before this page gives as `nextCursor`."""
    text = "CAST(created_at AS text)"
    with database.connected(url) as connection:
        moment, job_id = connection.execute(
            f"SELECT {text}, id FROM generation_job ORDER BY created_at DESC, id DESC"
            f" LIMIT 1 OFFSET {(page - 1) * entries - 1}"
        ).fetchone()
    return base64.urlsafe_b64encode(f"{moment}|{database.dashed(job_id)}".encode()).decode()


def some_jobs(url: str, count: int) -> list[str]:
    step = JOBS // count
    with database.connected(url) as connection:
        rows = connection.execute(
            f"SELECT id FROM generation_job ORDER BY id LIMIT {count * step}"
        ).fetchall()
    return [database.dashed(row[0]) for row in rows[::step]]
