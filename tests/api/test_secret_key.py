"""A new SECRET_KEY: what the earlier one signed holds as long as it is a fallback."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from providers.models import ImageModel
from tests.support import Api, make_job

pytestmark = pytest.mark.django_db


def change(settings: Any, *, fallback: bool) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY] if fallback else []
    settings.SECRET_KEY = "another secret that is long enough to be one"


@pytest.mark.parametrize(("fallback", "status"), [(True, 200), (False, 403)])
def test_a_token_holds_as_long_as_its_secret_is_a_fallback(
    api: Api, aurora: ImageModel, settings: Any, fallback: bool, status: int
) -> None:
    job = make_job(aurora)
    token = job.token
    change(settings, fallback=fallback)
    assert job.token != token
    answer = api.post(f"/jobs/{job.pk}/cancel", {}, **{"X-Job-Token": token})
    assert answer.status_code == status
    assert api.post(f"/jobs/{job.pk}/cancel", {}, **{"X-Job-Token": job.token}).status_code == 200


@pytest.mark.parametrize(("fallback", "status"), [(True, 200), (False, 302)])
def test_a_session_holds_as_long_as_its_secret_is_a_fallback(
    client: Client, settings: Any, fallback: bool, status: int
) -> None:
    client.force_login(get_user_model().objects.create_superuser("ada"))
    change(settings, fallback=fallback)
    assert client.get("/admin/").status_code == status
