"""Keys at rest: sealed, bound to their row, openable by any configured key."""

import base64
import os
from typing import Any

import pytest

from providers import encryption
from providers.encryption import CannotDecrypt, seal, unseal
from providers.models import Provider


def new_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def test_what_is_sealed_can_be_unsealed() -> None:
    assert unseal(seal("sk-Schlüssel", "row:1"), "row:1") == "sk-Schlüssel"


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert seal("sk", "row:1") != seal("sk", "row:1")


def test_no_key_stays_no_key() -> None:
    assert seal("", "row:1") == unseal("", "row:1") == ""


def test_a_value_moved_to_another_row_does_not_open() -> None:
    with pytest.raises(CannotDecrypt, match="belongs to another row"):
        unseal(seal("sk", "row:1"), "row:2")


def test_an_altered_value_does_not_open() -> None:
    version, name, payload = seal("sk", "row:1").split(".")
    raw = bytearray(base64.b64decode(payload))
    raw[-1] ^= 1
    with pytest.raises(CannotDecrypt):
        unseal(f"{version}.{name}.{base64.b64encode(raw).decode()}", "row:1")


@pytest.mark.parametrize("broken", ["sk-plain", "v1.x", "v2.aa.bb", "v1.00000000.!!!"])
def test_something_that_was_never_sealed_does_not_open(broken: str) -> None:
    with pytest.raises(CannotDecrypt):
        unseal(broken, "row:1")


def test_the_first_key_seals_and_every_key_opens(settings: Any) -> None:
    old, new = new_key(), new_key()
    settings.FIELD_ENCRYPTION_KEYS = [old]
    sealed = seal("sk", "row:1")
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    assert unseal(sealed, "row:1") == "sk"
    assert encryption.key_id(base64.b64decode(new)) in seal("sk", "row:1")
    settings.FIELD_ENCRYPTION_KEYS = [new]
    with pytest.raises(CannotDecrypt, match="FIELD_ENCRYPTION_KEYS"):
        unseal(sealed, "row:1")


@pytest.mark.django_db
def test_a_provider_s_key_is_only_in_its_ciphertext() -> None:
    provider = Provider(name="One", kind="demo")
    provider.key = " canary-key\n"
    provider.save()
    assert Provider.objects.get().key == "canary-key"
    assert "canary-key" not in str(Provider.objects.values().get())
    assert "canary-key" not in repr(provider.account())
