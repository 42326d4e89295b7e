"""Finished pictures, fetched by anyone who knows the address, refused to who shows a key."""

import secrets
import threading
from dataclasses import dataclass

from tests.fakes.messages import Answer, Picture, Refusal, Request

CREDENTIALS = ("authorization", "x-key", "x-goog-api-key", "x-api-key", "cookie")
_ENDINGS = {"image/png": ".png", "image/jpeg": ".jpeg", "image/webp": ".webp"}


@dataclass(frozen=True, slots=True)
class Owner:
    """Who drew a picture, and for which prompt."""

    kind: str
    flavour: str
    model: str
    prompt: str


class Files:
    """Pictures by path. Paths cannot be guessed, as with a signed address."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[Picture, Owner]] = {}

    def add(self, picture: Picture, owner: Owner, folder: str) -> str:
        path = f"{folder}/{secrets.token_hex(12)}{_ENDINGS.get(picture.mime, '')}"
        with self._lock:
            self._kept[path] = (picture, owner)
        return path

    def find(self, path: str) -> tuple[Picture, Owner] | None:
        with self._lock:
            return self._kept.get(path)

    def expire(self) -> None:
        """Forget every picture: its address answers 404 from now on."""
        with self._lock:
            self._kept.clear()


def demand_no_credentials(request: Request) -> None:
    """A signed address refuses a second way to sign in, as object stores do."""
    shown = [name for name in CREDENTIALS if name in request.headers]
    if shown:
        complaint = f"credentials sent with a download: {', '.join(shown)}"
        raise Refusal(storage_error(400, "InvalidArgument"), complaint)


def storage_error(status: int, code: str, message: str = "") -> Answer:
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return Answer(status, body.encode(), {"Content-Type": "application/xml"})
