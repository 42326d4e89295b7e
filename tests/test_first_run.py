"""The first account of an installation."""

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.db import connection

from pixelprompt import firstrun


@pytest.mark.django_db(transaction=True)
def test_the_first_password_is_hashed_while_no_transaction_is_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = []

    def slow(password: str) -> str:
        held.append(connection.in_atomic_block)
        return make_password(password)

    monkeypatch.setattr(firstrun, "make_password", slow)
    password = firstrun.create_admin()
    assert held == [False]
    admin = authenticate(username="admin", password=password)
    assert admin is not None
    assert admin.is_superuser
    assert firstrun.create_admin() == ""
    assert held == [False]
