"""`manage.py rotate_keys`: every provider key under the newest encryption key, told in counts."""

import base64
import os
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from providers import encryption, rotation
from providers.encryption import key_id
from providers.models import Provider


def new_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


OLD, NEW = new_key(), new_key()


def account(name: str, key: str = "sk-canary") -> Provider:
    provider = Provider(name=name, kind="openai")
    provider.key = key
    provider.save()
    return provider


@pytest.fixture
def accounts(settings: Any) -> list[Provider]:
    """Three sealed under the old key, one without any, and the new key put in front."""
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    made = [account(f"Account {number}", f"sk-canary-{number}") for number in range(3)]
    account("Keyless", "")
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    return made


def run() -> str:
    out = StringIO()
    call_command("rotate_keys", stdout=out, stderr=out)
    return out.getvalue()


@pytest.mark.django_db
def test_after_a_rotation_the_old_key_is_not_needed(
    accounts: list[Provider], settings: Any
) -> None:
    told = run()
    assert "3 sealed anew, 0 sealed with the newest key already, 0 cannot be decrypted" in told
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    keys = [Provider.objects.get(pk=provider.pk).key for provider in accounts]
    assert keys == ["sk-canary-0", "sk-canary-1", "sk-canary-2"]
    assert "canary" not in told


@pytest.mark.django_db
def test_a_second_rotation_changes_nothing(accounts: list[Provider]) -> None:
    run()
    before = list(Provider.objects.values("pk", "sealed_key"))
    assert "0 sealed anew, 3 sealed with the newest" in run()
    assert list(Provider.objects.values("pk", "sealed_key")) == before


@pytest.mark.django_db
def test_a_key_that_nothing_opens_is_named_and_the_others_are_rotated(
    accounts: list[Provider], settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [new_key()]
    account("Lost")
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    with pytest.raises(CommandError, match="Put the key that sealed it back"):
        call_command("rotate_keys")
    told = capsys.readouterr()
    assert "Lost: its key cannot be decrypted" in told.err
    assert "3 sealed anew, 0 sealed with the newest key already, 1 cannot" in told.out
    sealed = Provider.objects.exclude(sealed_key="").exclude(name="Lost")
    newest = f"v1.{key_id(base64.b64decode(NEW))}."
    assert all(value.startswith(newest) for value in sealed.values_list("sealed_key", flat=True))


@pytest.mark.django_db
def test_a_key_entered_during_a_rotation_stands(
    accounts: list[Provider], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = encryption.newest

    def entered_meanwhile(sealed: str) -> bool:
        other = Provider.objects.get(pk=accounts[0].pk)
        other.key = "sk-entered"
        other.save()
        return read(sealed)

    monkeypatch.setattr(encryption, "newest", entered_meanwhile)
    run()
    assert Provider.objects.get(pk=accounts[0].pk).key == "sk-entered"


@pytest.mark.django_db(transaction=True)
def test_rotations_at_once_do_each_row_once(accounts: list[Provider]) -> None:
    def rotate(_number: int) -> int:
        try:
            return rotation.rotate()[0][rotation.Outcome.ROTATED]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(rotate, range(4))) == 3
    assert Provider.objects.get(pk=accounts[0].pk).key == "sk-canary-0"
