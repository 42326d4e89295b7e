"""What tests of the cloud share: moto's server, and the way there."""

import pytest

from tests.serverless.aws import REGION


@pytest.fixture
def aws(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever asks AWS asks moto."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_url)
