"""AWS Signature Version 4, as a server checks it."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from urllib.parse import quote

from tests.fakes.messages import Request

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, "
    r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True)
class Signed:
    """The parts of an Authorization header."""

    access_id: str
    date: str
    region: str
    service: str
    headers: tuple[str, ...]
    signature: str


def parse(authorization: str) -> Signed | None:
    match = AUTHORIZATION.fullmatch(authorization)
    if match is None:
        return None
    access_id, date, region, service, names, signature = match.groups()
    return Signed(access_id, date, region, service, tuple(names.split(";")), signature)


def expected(signed: Signed, secret: str, request: Request) -> str:
    """The signature that this request must carry."""
    key = f"AWS4{secret}".encode()
    for part in (signed.date, signed.region, signed.service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    scope = f"{signed.date}/{signed.region}/{signed.service}/aws4_request"
    digest = hashlib.sha256(canonical(signed, request).encode()).hexdigest()
    stamp = request.headers.get("x-amz-date", "")
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, digest])
    return hmac.new(key, text.encode(), "sha256").hexdigest()


def canonical(signed: Signed, request: Request) -> str:
    """The path is encoded a second time, as for every service but S3."""
    lines = [f"{name}:{' '.join(request.headers.get(name, '').split())}" for name in signed.headers]
    query = "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
        for name, value in sorted(request.query.items())
    )
    return "\n".join(
        [
            request.method,
            quote(request.path, safe="/-_.~"),
            query,
            *lines,
            "",
            ";".join(signed.headers),
            hashlib.sha256(request.content).hexdigest(),
        ]
    )
