"""The real services that tests use where they answer."""

import socket
from urllib.parse import urlsplit

REDIS = "redis://127.0.0.1:6379/9"
RABBITMQ = "amqp://guest:guest@127.0.0.1:5672/%2F"
POSTGRES = "postgres://postgres@127.0.0.1:5432/test"


def answers(url: str) -> bool:
    """Whether something listens at the address of a service."""
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=1):
            return True
    except OSError:
        return False
