"""Logging in to the admin, with a limit on wrong guesses by one address and for one account."""

import hashlib
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from generation.gates.addresses import client_of
from generation.gates.counters import counters, passage
from generation.gates.limits import CountersDown, LimitReached, count_login


class LimitedLogin(AdminAuthenticationForm):
    """Counts before it looks at the password, so that guesses made at once are all counted; a
    right password takes its count back."""

    def clean(self) -> dict[str, Any]:
        username, password = (self.cleaned_data.get(name) for name in ("username", "password"))
        if not username or not password or self.request is None:
            return super().clean()
        with told_as_form_errors(), passage() as counted:
            count_login(client_of(self.request), account_key(username))
        cleaned = super().clean()
        counters().take_back(counted)
        return cleaned


def account_key(username: str) -> str:
    """The same for all spellings of a name, and of bounded length."""
    return hashlib.sha256(username.strip().casefold().encode()).hexdigest()


@contextmanager
def told_as_form_errors() -> Iterator[None]:
    try:
        yield
    except LimitReached as reached:
        minutes = math.ceil(reached.standing.retry_after / 60)
        text = _("Too many failed attempts to log in. Please try again in %(minutes)s minutes.")
        raise ValidationError(text, "throttled", {"minutes": minutes}) from None
    except CountersDown:
        text = _("Nobody can log in at the moment, because attempts cannot be counted.")
        raise ValidationError(text, "unavailable") from None


admin.site.login_form = LimitedLogin
