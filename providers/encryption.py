"""Secrets at rest: AES-256-GCM, bound to the row and field they belong to.

A sealed value is `v1.<key id>.<base64 of nonce + ciphertext>`. The context (for example
`provider:<id>:key`) is authenticated, so a value that is copied to another row does not open.
"""

import base64
import hashlib
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12


class CannotDecrypt(Exception):
    """No configured key opens this value."""


def key_id(key: bytes) -> str:
    """Eight hex digits that name a key without telling anything about it."""
    return hashlib.sha256(b"pixelprompt key id" + key).hexdigest()[:8]


def keys() -> Sequence[bytes]:
    """The configured keys; the first one seals, all of them open."""
    return [base64.b64decode(text) for text in settings.FIELD_ENCRYPTION_KEYS]


def seal(plain: str, context: str) -> str:
    """The sealed form of a text; the empty text stays empty."""
    if not plain:
        return ""
    key, nonce = keys()[0], os.urandom(NONCE_BYTES)
    sealed = nonce + AESGCM(key).encrypt(nonce, plain.encode(), context.encode())
    return f"v1.{key_id(key)}.{base64.b64encode(sealed).decode()}"


def newest(sealed: str) -> bool:
    """Whether the first configured key sealed this value, or there is nothing to seal."""
    return not sealed or sealed.startswith(f"v1.{key_id(keys()[0])}.")


def unseal(sealed: str, context: str) -> str:
    """The text, or CannotDecrypt when its key is not configured or it was moved or altered."""
    if not sealed:
        return ""
    version, _, rest = sealed.partition(".")
    name, _, payload = rest.partition(".")
    key = {key_id(key): key for key in keys()}.get(name)
    if version != "v1" or key is None:
        raise CannotDecrypt("The key that sealed this value is not in FIELD_ENCRYPTION_KEYS.")
    try:
        raw = base64.b64decode(payload, validate=True)
        plain = AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode())
    except (InvalidTag, ValueError) as problem:
        raise CannotDecrypt("This value was altered, or belongs to another row.") from problem
    return plain.decode()
