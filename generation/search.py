"""Searching prompts: full text on PostgreSQL, FTS5 on SQLite.

PostgreSQL keeps an index on the prompt's words (see the migration). SQLite keeps them in a table
of its own, `generation_prompt_words`, which is written here and not by triggers, because Django
rebuilds a SQLite table when it alters it, and triggers do not survive that.
"""

import re
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from generation.models import Job
from generation.models.job import JobQuerySet

FTS5_TABLE = "generation_prompt_words"


def add(job: Job) -> None:
    """Make a new job's prompt findable."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {FTS5_TABLE} (job_id, prompt) VALUES (%s, %s)",  # noqa: S608
                [job.id.hex, job.prompt],
            )


def remove(job_id: UUID) -> None:
    """Forget a deleted job's prompt."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {FTS5_TABLE} WHERE job_id = %s",  # noqa: S608
                [job_id.hex],
            )


def matching(jobs: JobQuerySet, query: str) -> JobQuerySet:
    """The jobs whose prompt holds every word of the query; the last word may be a beginning."""
    words = re.findall(r"\w+", query)[:20]
    if not words:
        return jobs.none() if query.strip() else jobs
    if connection.vendor == "sqlite":
        sql = f"SELECT job_id FROM {FTS5_TABLE} WHERE {FTS5_TABLE} MATCH %s"  # noqa: S608
        terms = " ".join(f'"{word}"' for word in words) + "*"
        return jobs.filter(pk__in=RawSQL(sql, [terms]))  # noqa: S611 - the parameter is bound
    sql = "to_tsvector('simple'::regconfig, generation_job.prompt) @@ to_tsquery('simple', %s)"
    terms = " & ".join(words) + ":*"
    return jobs.filter(RawSQL(sql, [terms], BooleanField()))  # noqa: S611 - as above
