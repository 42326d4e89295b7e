"""Keys of providers where none may be: in what processes said, in files, in the database."""

import base64
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from psycopg import sql

from tests.faults.databases import connected

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


def found(secrets: Sequence[str], place: Path, database: str) -> list[str]:
    """Where a key is readable: plain, in base64, or as it would stand in a URL."""
    wanted = [form for secret in secrets for form in forms(secret)]
    return [name for name, text in texts(place, database) if any(key in text for key in wanted)]


def forms(secret: str) -> list[bytes]:
    plain = secret.encode()
    return [plain, base64.b64encode(plain).rstrip(b"=")[:-1], quote(secret, "").encode()]


def texts(place: Path, database: str) -> Iterator[tuple[str, bytes]]:
    """Every file below a directory (logs, pictures, SQLite's own), every table of PostgreSQL."""
    for path in place.rglob("*"):
        if path.is_file() and "static" not in path.parts:
            yield path.name, path.read_bytes()
    if not database.startswith("sqlite"):
        yield from tables(database)


def tables(database: str) -> Iterator[tuple[str, bytes]]:
    with connected(database) as server:
        for (name,) in server.execute(TABLES).fetchall():
            query = sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(name))
            yield name, "\n".join(row for (row,) in server.execute(query)).encode()
