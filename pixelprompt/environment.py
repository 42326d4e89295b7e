"""The environment as `settings` reads it: checked, and with all problems told at once."""

import base64
import os
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from dotenv import dotenv_values
from environs import Env, EnvValidationError
from marshmallow import ValidationError, validate

from generation.networks import parse_networks
from providers.addresses import PrivateHosts
from providers.slots import ChatSlot, ModelSlot, read_chat, read_slots

BROKER_SCHEMES = ("", "redis", "rediss", "amqp", "amqps", "sqs")
# A client that froze is given up sooner than those who wait for its locks give up.
POSTGRES_BOUNDS = "-c idle_in_transaction_session_timeout=5s -c lock_timeout=15s"
LOG_FORMATS = ("line", "json")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class Environment(Env):
    """environs' `Env` over a `.env` file, secrets kept in AWS where they are named, and the process
    environment, which wins.

    A variable set to nothing counts as not set, as compose files and `.env.example` leave it.
    """

    def __init__(self, env_file: Path) -> None:
        super().__init__(eager=False)
        from_file = dotenv_values(env_file, interpolate=False) if env_file.is_file() else {}
        near = not_empty({**from_file, **os.environ})
        self.source = not_empty(kept_in_aws(near)) | near

    def _get_value(self, env_key: str, default: Any) -> Any:
        return self.source.get(env_key, default)

    def note(self, name: str, problem: str) -> None:
        """Add a problem to those that `check` tells."""
        self._errors[name].append(problem)

    def model_slots(self) -> tuple[ModelSlot, ...]:
        try:
            hosts = PrivateHosts.parse(self.source.get("ALLOWED_PRIVATE_HOSTS", "").split(","))
        except ValueError:  # told as a problem of its own
            hosts = PrivateHosts()
        slots, problems = read_slots(self.source, private_hosts=hosts)
        for name, problem in problems:
            self.note(name, problem)
        return slots

    def chat_slot(self, slots: tuple[ModelSlot, ...]) -> ChatSlot | None:
        slot, problems = read_chat(self.source, slots)
        for name, problem in problems:
            self.note(name, problem)
        return slot

    def check(self) -> None:
        """Raise one ValueError that lists every problem."""
        try:
            self.seal()
        except EnvValidationError as found:
            problems: Any = found.error_messages
            lines = [f"  {name}: {text}" for name, texts in problems.items() for text in texts]
            raise ValueError("The configuration has problems:\n" + "\n".join(lines)) from None


def kept_in_aws(near: Mapping[str, str]) -> dict[str, str]:
    """Variables from AWS, where any are kept there. Only then is boto3 worth its import: an eighth
    of a start."""
    if not near.keys() & {"SECRETS_ARN", "SECRETS_PARAMETER_PATH"}:
        return {}
    found: dict[str, str] = import_module("pixelprompt.aws_secrets").read(near)
    return found


def not_empty(variables: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in variables.items() if value}


def between(low: int, high: int) -> validate.Range:
    return validate.Range(low, high, error=f"Must be a whole number from {low} to {high}.")


def one_of(words: Iterable[str], advice: str) -> Callable[[str], None]:
    def check(value: str) -> None:
        if value not in words:
            raise ValidationError(advice)

    return check


def broker_url(value: str) -> None:
    if urlsplit(value).scheme not in BROKER_SCHEMES:
        raise ValidationError("Must be empty, or start with redis://, amqp:// or sqs://.")


def http_url(value: str) -> None:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.netloc):
        raise ValidationError("Must be an address like https://pictures.example.org.")


def origins_of(address: str) -> list[str]:
    """The origin of an address, which may have a path: a stage of API Gateway."""
    parts = urlsplit(address)
    return [f"{parts.scheme}://{parts.netloc}"] if address else []


def host_name(value: str) -> None:
    if value and not re.fullmatch(r"[A-Za-z0-9.-]+", value):
        raise ValidationError("Must be a host name like d111111abcdef8.cloudfront.net.")


def origins(values: list[str]) -> None:
    for value in values:
        if value != "*":
            http_url(value)


def private_hosts(values: list[str]) -> None:
    try:
        PrivateHosts.parse(values)
    except ValueError as problem:
        raise ValidationError(str(problem)) from None


def networks(values: list[str]) -> None:
    try:
        parse_networks(values)
    except ValueError as problem:
        raise ValidationError(str(problem)) from None


def cache_url(value: str) -> None:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("redis", "rediss") or not parts.netloc):
        raise ValidationError("Must be empty, or an address like redis://localhost:6379/1.")


def database_url(value: str) -> None:
    try:
        dj_database_url.parse(value)
    except (ValueError, dj_database_url.ParseError) as problem:
        raise ValidationError(f"Is not a database address: {type(problem).__name__}.") from None


def token(value: str) -> None:
    if value and not re.fullmatch(r"[!-~]{16,200}", value):
        raise ValidationError("Must have 16 to 200 characters: letters, digits, signs, no space.")


def encryption_keys(values: list[str]) -> None:
    if not all(is_encryption_key(value) for value in values):
        raise ValidationError(
            "Each key must be 32 random bytes in base64. Make one with: "
            "python -c 'import base64, os; print(base64.b64encode(os.urandom(32)).decode())'"
        )


def is_encryption_key(value: str) -> bool:
    try:
        return len(base64.b64decode(value, validate=True)) == 32
    except ValueError:
        return False


def database(url: str, *, pool_size: int) -> dict[str, Any]:
    """Django's settings for a database address.

    SQLite: in its default deferred transactions, two writers that both began by reading fail at
    once with "database is locked", whatever the timeout. IMMEDIATE makes them queue instead.

    PostgreSQL: a client that froze in a transaction keeps its locks until the server gives it up,
    by default never; and a pool hands out connections that a restart has cut.
    """
    parsed: dict[str, Any] = dict(dj_database_url.parse(url))
    if parsed["ENGINE"] == "django.db.backends.sqlite3":
        options = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
        return parsed | {
            "ENGINE": "pixelprompt.sqlite3",
            "OPTIONS": options,
            "CONN_MAX_AGE": 0,
        }
    pool = {"min_size": 1, "max_size": pool_size, "timeout": 20}
    options = {"options": POSTGRES_BOUNDS} | parsed.get("OPTIONS", {}) | {"pool": pool}
    return parsed | {"OPTIONS": options, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}


def counters(url: str) -> dict[str, Any]:
    """Django's settings for the cache that counts requests."""
    if not url:
        return {"BACKEND": "generation.gates.counters.SqlCounters"}
    return {
        "BACKEND": "generation.gates.redis_counters.RedisCounters",
        "LOCATION": [url],
        "KEY_PREFIX": "pixelprompt",
    }


def picture_storage(bucket: str, endpoint: str, region: str, *, local: Path) -> dict[str, Any]:
    """Django's settings for where pictures are kept: an S3 bucket, or a local directory."""
    if not bucket:
        options: dict[str, Any] = {"location": str(local), "base_url": "/media/"}
        return {"BACKEND": "generation.storage.PictureFiles", "OPTIONS": options}
    options = {
        "bucket_name": bucket,
        "endpoint_url": endpoint or None,
        "region_name": region or None,
        "signature_version": "s3v4",
        "addressing_style": "path" if endpoint else "virtual",
    }
    return {"BACKEND": "generation.bucket.PictureBucket", "OPTIONS": options}


def picture_origins(bucket: str, endpoint: str, region: str, cloudfront: str) -> list[str]:
    """Origins besides our own from which a page shows pictures."""
    if cloudfront:
        return [f"https://{cloudfront}"]
    if not bucket:
        return []
    parts = urlsplit(endpoint)
    amazon = f"https://{bucket}.s3.{region}.amazonaws.com" if region else "https://*.amazonaws.com"
    return [f"{parts.scheme}://{parts.netloc}" if endpoint else amazon]


def kept_secret(directory: Path, name: str) -> str:
    """32 random bytes in base64, made once and kept in a file that only its owner can read."""
    path = directory / name
    try:
        if not path.exists():
            make_secret(path)
        secret = path.read_bytes().decode("ascii", "replace").strip()
    except OSError as problem:
        raise ImproperlyConfigured(
            f"The data directory {directory} cannot be used: {problem.strerror}. "
            "Set PIXELPROMPT_DATA_DIR to a directory that can be written to."
        ) from None
    if is_encryption_key(secret):
        return secret
    raise ImproperlyConfigured(
        f"{path} is damaged: it should hold 32 random bytes in base64. Put its backup back. "
        "If there is none, delete it, and a new one is made; people must then log in again, and "
        "stored provider keys must be entered again."
    )


def make_secret(path: Path) -> None:
    """The file appears complete or not at all, and the first of two racing processes wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    try:
        draft.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
