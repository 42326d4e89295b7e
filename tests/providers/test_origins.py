"""The key is shown to the provider's own servers and to nobody else."""

import pytest

from providers.origins import is_own

BFL = "https://api.bfl.ai"
PROXY = "https://proxy.example:8443/flux"


@pytest.mark.parametrize(
    ("address", "base_url"),
    [
        ("https://api.bfl.ai/v1/get_result?id=1", BFL),
        ("https://API.BFL.AI:443/v1/get_result?id=1", BFL),
        ("https://api.eu2.bfl.ai/v1/get_result?id=1", BFL),
        ("https://gateway.bfl.ai/v1/get_result?id=1", "https://api.us.bfl.ai/"),
        ("https://bfl.ai/v1/get_result?id=1", BFL),
        ("https://proxy.example:8443/elsewhere?id=1", PROXY),
        ("http://127.0.0.1:9000/v1/get_result", "http://127.0.0.1:9000/bfl"),
        ("http://localhost/v1/get_result", "http://localhost:80"),
    ],
)
def test_the_providers_own_servers_see_the_key(address: str, base_url: str) -> None:
    assert is_own(address, base_url, "bfl.ai")


@pytest.mark.parametrize(
    ("address", "base_url"),
    [
        ("", BFL),
        ("/v1/get_result?id=1", BFL),
        ("//api.bfl.ai/v1/get_result", BFL),
        ("http://api.bfl.ai/v1/get_result", BFL),
        ("https://api.bfl.ai:8443/v1/get_result", BFL),
        ("ftp://api.bfl.ai/v1/get_result", BFL),
        ("https://evil-bfl.ai/v1/get_result", BFL),
        ("https://bfl.ai.evil.example/v1/get_result", BFL),
        ("https://api.bfl.ai.", BFL),
        ("https://api.bfl.ai@evil.example/", BFL),
        ("https://user:secret@api.bfl.ai/", BFL),
        ("https://evil.example\\@api.bfl.ai/", BFL),
        ("https://evil.example#@api.bfl.ai/", BFL),
        ("https://evil.example?.bfl.ai/", BFL),
        ("https://[::1/", BFL),
        ("https://api.bfl.ai:port/", BFL),
        ("https://api.bfl.ai:443/", PROXY),
        ("https://proxy.example/flux", PROXY),
        ("http://proxy.example:8443/flux", PROXY),
        ("https://other.example:8443/flux", PROXY),
        ("https://sub.proxy.example:8443/flux", PROXY),
        ("http://127.0.0.1:9001/v1/get_result", "http://127.0.0.1:9000/bfl"),
        ("https://api.bfl.ai/v1/get_result", "http://api.bfl.ai"),
        ("https://api.bfl.ai/v1/get_result", ""),
        ("", ""),
    ],
)
def test_nobody_else_sees_the_key(address: str, base_url: str) -> None:
    assert not is_own(address, base_url, "bfl.ai")
