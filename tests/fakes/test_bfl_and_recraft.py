"""Black Forest Labs and Recraft: tasks that are polled, pictures at addresses."""

from typing import Any

import pytest
import requests

from tests.fakes import FakeProviders, behaviours
from tests.fakes.callers import ask, credentials, download, picture_in, poll, size_of


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        ("flux-2-pro", {"width": 1000, "height": 1024}),
        ("flux-2-pro", {"width": 4096, "height": 4096}),
        ("flux-2-pro", {"safety_tolerance": 6}),
        ("flux-2-flex", {"steps": 51}),
        ("flux-pro-1.1", {"width": 1456, "height": 1024}),
        ("flux-pro-1.1-ultra", {"aspect_ratio": "wide"}),
        ("flux-dev", {"guidance": 1}),
    ],
)
def test_bfl_refuses(fakes: FakeProviders, model: str, changes: dict[str, Any]) -> None:
    response = ask(fakes, "bfl", model=model, **changes)
    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"][0] == "body"
    assert fakes.charged == []


def test_bfl_answers_at_once_and_draws_afterwards(fakes: FakeProviders) -> None:
    fakes.hold()
    order = ask(fakes, "bfl", width=512, height=256, seed=9).json()
    key = credentials(fakes, "bfl")
    assert requests.get(order["polling_url"], headers=key, timeout=20).json()["status"] == "Pending"
    assert fakes.in_flight == 1
    assert order["id"] == fakes.charged[0].request_id
    fakes.release()
    result = poll(fakes, order["polling_url"])["result"]
    assert result["seed"] == 9
    assert size_of(download(result["sample"])) == (512, 256)
    assert fakes.in_flight == 0


def test_a_bfl_task_is_known_only_where_it_was_said_to_be(fakes: FakeProviders) -> None:
    order = ask(fakes, "bfl").json()
    url = f"{fakes.base_url('bfl')}/v1/get_result?id={order['id']}"
    assert poll(fakes, url)["status"] == "Task not found"


def test_a_bfl_poll_needs_the_key_and_a_download_must_not_have_it(fakes: FakeProviders) -> None:
    order = ask(fakes, "bfl").json()
    assert requests.get(order["polling_url"], timeout=20).status_code == 403
    sample = poll(fakes, order["polling_url"])["result"]["sample"]
    assert requests.get(sample, headers=credentials(fakes, "bfl"), timeout=20).status_code == 400
    assert requests.get(sample, timeout=20).status_code == 200


@pytest.mark.parametrize("reason", ["moderated", "task_failed"])
def test_bfl_tells_the_end_of_a_task_by_its_status(fakes: FakeProviders, reason: str) -> None:
    for form in fakes.forms("bfl", reason):
        fakes.plan(getattr(behaviours, reason)(form), times=1)
        order = ask(fakes, "bfl").json()
        assert poll(fakes, order["polling_url"])["status"] == form


def test_polls_and_their_address_misbehave_on_order(fakes: FakeProviders) -> None:
    fakes.plan(behaviours.polling_url("https://evil.example/"), times=1)
    assert ask(fakes, "bfl").json()["polling_url"] == "https://evil.example/"
    fakes.plan(behaviours.poll_status("Dreaming"), stage="poll", times=1)
    fakes.plan(behaviours.server_error(502), stage="poll", kind="bfl", times=1)
    url = ask(fakes, "bfl").json()["polling_url"]
    key = credentials(fakes, "bfl")
    first, second = (requests.get(url, headers=key, timeout=20) for _ in range(2))
    assert (first.status_code, second.json()["status"]) == (502, "Dreaming")


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        ("recraftv4_1", {"seed": 7}),
        ("recraftv4_1", {"negative_prompt": "rain"}),
        ("recraftv4_1", {"style": "realistic_image"}),
        ("recraftv4_1", {"size": "1820x1024"}),
        ("recraftv4_1_pro", {"size": "1024x1024"}),
        ("recraftv3", {"size": "1344x768"}),
        ("recraftv3", {"prompt": "x" * 1001}),
        ("flux2_pro", {}),
    ],
)
def test_recraft_refuses(fakes: FakeProviders, model: str, changes: dict[str, Any]) -> None:
    response = ask(fakes, "recraft", model=model, **changes)
    assert response.status_code == 400
    assert set(response.json()) == {"code", "message"}
    assert fakes.charged == []


def test_recraft_v3_keeps_negative_prompts_and_its_own_sizes(fakes: FakeProviders) -> None:
    wish: dict[str, Any] = {
        "negative_prompt": "rain",
        "size": "1820x1024",
        "random_seed": 7,
        "image_format": "png",
    }
    response = ask(fakes, "recraft", model="recraftv3", response_format="b64_json", **wish)
    assert size_of(picture_in(fakes, "recraft", response)) == (1820, 1024)
    assert response.headers["X-Recraft-Requestid"] == fakes.charged[0].request_id


def test_recraft_vectors_are_svg(fakes: FakeProviders) -> None:
    response = ask(fakes, "recraft", model="recraftv4_1_vector")
    assert picture_in(fakes, "recraft", response).startswith(b"<svg")
