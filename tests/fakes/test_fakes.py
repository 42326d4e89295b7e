"""The fakes tell the truth: about what they were asked, and about money."""

import base64
import io
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests
from PIL import Image

from tests.fakes import FakeProviders, behaviours, picture_colour, shows
from tests.fakes.__main__ import lines
from tests.fakes.callers import MODELS, ask, download, picture_in

FLAVOURS = ("plain", "url", "data-url", "together", "xai", "vllm-omni", "localai", "litellm")
PICTURES_AT_ADDRESSES = [("openai-compatible", "url"), ("recraft", None)]


@pytest.fixture
def fakes() -> Iterator[FakeProviders]:
    with FakeProviders() as running:
        yield running


@pytest.mark.parametrize("kind", MODELS)
def test_every_kind_draws_the_picture_of_its_model_and_prompt(
    fakes: FakeProviders, kind: str
) -> None:
    response = ask(fakes, kind, "a green owl")
    assert response.status_code == 200, response.text
    assert shows(picture_in(fakes, kind, response), MODELS[kind], "a green owl")
    assert fakes.complaints == []
    [call] = fakes.ledger
    assert (call.kind, call.model, call.prompt) == (kind, MODELS[kind], "a green owl")
    assert (call.outcome, call.status, call.stage) == ("charged", 200, "image")


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_every_flavour_draws(fakes: FakeProviders, flavour: str) -> None:
    response = ask(fakes, "openai-compatible", flavour=flavour)
    content = picture_in(fakes, "openai-compatible", response)
    assert shows(content, "fake-1", "a red fox")
    assert fakes.ledger_for(flavour=flavour)[0].delivered


def test_two_prompts_and_two_models_have_different_colours() -> None:
    assert len({picture_colour(m, p) for m in ("a", "b") for p in ("x", "y")}) == 4


@pytest.mark.parametrize("kind", MODELS)
def test_a_wrong_key_is_refused_and_costs_nothing(fakes: FakeProviders, kind: str) -> None:
    base = fakes.base_url(kind)
    paths = {
        "google-gemini": f"/models/{MODELS[kind]}:generateContent",
        "google-imagen": f"/models/{MODELS[kind]}:predict",
        "bedrock": f"/model/{MODELS[kind]}/invoke",
        "stability": "/v2beta/stable-image/generate/core",
        "bfl": f"/v1/{MODELS[kind]}",
    }
    path = paths.get(kind, "/images/generations")
    wrong = {"Authorization": "Bearer no", "x-key": "no", "x-goog-api-key": "no"}
    response = requests.post(base + path, json={"prompt": "x"}, headers=wrong, timeout=20)
    assert response.status_code in (400, 401, 403)
    [call] = fakes.ledger
    assert call.outcome == "refused"
    assert fakes.charged == []


@pytest.mark.parametrize("kind", [kind for kind in MODELS if kind != "bfl"])
def test_an_unknown_field_is_refused(fakes: FakeProviders, kind: str) -> None:
    response = ask(fakes, kind, negativ_prompt="rain")
    assert response.status_code == 400
    assert "negativ_prompt" in fakes.complaints[0]
    assert fakes.charged == []


def test_bfl_overlooks_an_unknown_field_but_the_fake_complains(fakes: FakeProviders) -> None:
    response = ask(fakes, "bfl", guidence=3)
    assert shows(picture_in(fakes, "bfl", response), "flux-2-pro", "a red fox")
    assert "guidence" in fakes.complaints[0]


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize(
    "reason", ["bad_key", "no_credit", "no_access", "model_gone", "moderated", "invalid_request"]
)
def test_documented_refusals_come_in_every_form(
    fakes: FakeProviders, kind: str, reason: str
) -> None:
    for form in fakes.forms(kind, reason):
        fakes.plan(getattr(behaviours, reason)(form), kind=kind, times=1)
        response = ask(fakes, kind)
        assert response.status_code >= 400 or reason == "moderated", (form, response.text)
        assert fakes.ledger[-1].outcome == "refused" or response.status_code == 200
    assert fakes.complaints == []


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 429, 500, 503])
def test_any_status_comes_in_the_providers_own_words(
    fakes: FakeProviders, kind: str, status: int
) -> None:
    fakes.plan(behaviours.status(status, message="as ordered"), kind=kind)
    response = ask(fakes, kind)
    assert response.status_code == status
    assert "as ordered" in response.text
    assert fakes.charged == []


def test_an_error_after_the_charge_is_charged(fakes: FakeProviders) -> None:
    fakes.plan(behaviours.error_after_charge(502))
    assert ask(fakes, "openai").status_code == 502
    assert len(fakes.charged) == 1


def test_the_newest_plan_wins_and_is_used_up(fakes: FakeProviders) -> None:
    fakes.plan(behaviours.status(500))
    fakes.plan(behaviours.status(503), times=1)
    fakes.plan(behaviours.status(418), kind="bfl")
    answers = [ask(fakes, "openai").status_code for _ in range(2)]
    assert answers == [503, 500]
    assert ask(fakes, "bfl").status_code == 418
    fakes.reset()
    assert ask(fakes, "openai").status_code == 200


def test_a_plan_can_be_for_one_model_or_one_prompt(fakes: FakeProviders) -> None:
    fakes.plan(behaviours.status(500), model="bad-1")
    fakes.plan(behaviours.status(502), prompt="rain")
    kind = "openai-compatible"
    assert ask(fakes, kind, model="bad-1").status_code == 500
    assert ask(fakes, kind, "rain").status_code == 502
    assert ask(fakes, kind).status_code == 200


@pytest.mark.parametrize(
    ("behaviour", "header", "pattern"),
    [
        (behaviours.rate_limited(7), "Retry-After", r"7"),
        (behaviours.rate_limited(7, "date"), "Retry-After", r"\w{3}, \d\d .* GMT"),
        (behaviours.rate_limited(7, "ms"), "retry-after-ms", r"7000"),
        (behaviours.rate_limited("soon"), "Retry-After", "soon"),
        (behaviours.rate_limited(1e12), "Retry-After", "1000000000000"),
    ],
)
def test_a_rate_limit_tells_its_wait(
    fakes: FakeProviders, behaviour: behaviours.Behaviour, header: str, pattern: str
) -> None:
    fakes.plan(behaviour)
    response = ask(fakes, "openai")
    assert response.status_code == 429
    assert re.fullmatch(pattern, response.headers[header])


def test_google_tells_the_wait_in_the_body(fakes: FakeProviders) -> None:
    fakes.plan(behaviours.rate_limited(49, "body"))
    response = ask(fakes, "google-gemini")
    assert "Retry-After" not in response.headers
    assert response.json()["error"]["details"][-1]["retryDelay"] == "49s"


@pytest.mark.parametrize(
    "behaviour",
    [
        behaviours.reset_before_answer(),
        behaviours.close_before_answer(),
        behaviours.reset_in_body(),
        behaviours.half_body(),
    ],
    ids=lambda behaviour: behaviour.name,
)
def test_a_broken_connection_is_charged_but_not_delivered(
    fakes: FakeProviders, behaviour: behaviours.Behaviour
) -> None:
    fakes.plan(behaviour)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        ask(fakes, "openai")
    fakes.wait_until_idle()
    assert [call.delivered for call in fakes.charged] == [False]


def test_a_reset_is_a_reset_and_not_a_polite_end(fakes: FakeProviders) -> None:
    fakes.plan(behaviours.reset_before_answer(charged=False))
    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        ask(fakes, "openai")
    assert fakes.charged == []


def test_a_hanging_call_ends_when_its_caller_leaves(fakes: FakeProviders) -> None:
    fakes.plan(behaviours.hang())
    base = fakes.base_url("openai-compatible")
    headers = {"Authorization": f"Bearer {fakes.key('openai-compatible')}"}
    body = {"model": "fake-1", "prompt": "x"}
    with pytest.raises(requests.ReadTimeout):
        requests.post(base + "/images/generations", json=body, headers=headers, timeout=0.3)
    fakes.wait_until_idle()
    assert fakes.charged[0].ended is not None
    assert not fakes.charged[0].delivered


def test_hanging_calls_do_not_keep_the_fakes_from_closing() -> None:
    with FakeProviders() as fakes:
        fakes.plan(behaviours.hang())
        caller = threading.Thread(target=ask_and_lose, args=(fakes,))
        caller.start()
        fakes.wait_until_in_flight(1)
    caller.join(10)
    assert not caller.is_alive()


def ask_and_lose(fakes: FakeProviders) -> None:
    with pytest.raises(requests.ConnectionError):
        ask(fakes, "openai")


@pytest.mark.parametrize("part", ["body", "headers"])
def test_a_dripping_answer_arrives_whole_in_the_end(fakes: FakeProviders, part: str) -> None:
    fakes.plan(behaviours.drip(part, pause=0.00001))
    response = ask(fakes, "openai-compatible")
    assert shows(picture_in(fakes, "openai-compatible", response), "fake-1", "a red fox")


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize("kind", ["openai", "stability", "google-gemini"])
def test_a_huge_stream_is_as_long_as_ordered(
    fakes: FakeProviders, kind: str, declared: bool
) -> None:
    fakes.plan(behaviours.huge_stream(3_000_000, declared=declared))
    response = ask(fakes, kind)
    assert len(response.content) > 3_000_000
    assert ("Content-Length" in response.headers) is declared
    if kind != "stability":
        assert len(picture_in(fakes, kind, response)) > 2_250_000


@pytest.mark.parametrize(("kind", "flavour"), PICTURES_AT_ADDRESSES)
def test_a_huge_download_is_as_long_as_ordered(
    fakes: FakeProviders, kind: str, flavour: str | None
) -> None:
    fakes.plan(behaviours.huge_stream(3_000_000))
    response = ask(fakes, kind, flavour=flavour)
    assert len(picture_in(fakes, kind, response)) > 3_000_000


def test_the_bomb_is_small_and_unpacks_to_169_megapixels(fakes: FakeProviders) -> None:
    fakes.plan(behaviours.bomb())
    content = picture_in(fakes, "openai", ask(fakes, "openai"))
    assert len(content) < 30_000
    with pytest.warns(Image.DecompressionBombWarning), Image.open(io.BytesIO(content)) as image:
        assert image.size == (13_000, 13_000)


@pytest.mark.parametrize("format", ["GIF", "WEBP", "APNG"])
def test_animations_have_three_frames(fakes: FakeProviders, format: str) -> None:
    fakes.plan(behaviours.animated(format))
    content = picture_in(fakes, "stability", ask(fakes, "stability"))
    with Image.open(io.BytesIO(content)) as image:
        assert getattr(image, "n_frames", 1) == 3


def test_a_picture_of_the_wrong_type_is_declared_as_another(fakes: FakeProviders) -> None:
    fakes.plan(behaviours.wrong_mime())
    response = ask(fakes, "stability")
    assert response.headers["Content-Type"] == "image/png"
    assert response.content.startswith(b"\xff\xd8")


@pytest.mark.parametrize(("kind", "flavour"), [*PICTURES_AT_ADDRESSES, ("bfl", None)])
def test_a_picture_may_be_said_to_be_anywhere(
    fakes: FakeProviders, kind: str, flavour: str | None
) -> None:
    secret = f"{fakes.root}/_fake/ledger"
    fakes.plan(behaviours.result_url(secret), times=1)
    response = ask(fakes, kind, flavour=flavour)
    assert b'"number": 1' in picture_in(fakes, kind, response)


@pytest.mark.parametrize(("kind", "flavour"), PICTURES_AT_ADDRESSES)
@pytest.mark.parametrize("header", ["Authorization", "x-key", "x-goog-api-key"])
def test_a_download_with_credentials_is_refused(
    fakes: FakeProviders, kind: str, flavour: str | None, header: str
) -> None:
    url = ask(fakes, kind, flavour=flavour).json()["data"][0]["url"]
    assert requests.get(url, headers={header: "secret"}, timeout=20).status_code == 400
    assert header.lower() in fakes.complaints[0]
    assert Image.open(io.BytesIO(download(url))).width > 0


def test_downloads_misbehave_on_order(fakes: FakeProviders) -> None:
    fakes.plan(behaviours.status(404), stage="download", times=1)
    fakes.plan(behaviours.redirect("http://169.254.169.254/"), stage="download", times=1)
    url = ask(fakes, "recraft").json()["data"][0]["url"]
    answers = [requests.get(url, allow_redirects=False, timeout=20) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [302, 404, 200]
    assert [call.stage for call in fakes.traffic] == ["image", "download", "download", "download"]
    assert len(fakes.ledger) == 1


def test_two_hundred_calls_can_hang_at_once(fakes: FakeProviders) -> None:
    fakes.hold()
    callers = [threading.Thread(target=ask, args=(fakes, "openai-compatible")) for _ in range(200)]
    for caller in callers:
        caller.start()
    fakes.wait_until_in_flight(200, timeout=60)
    assert len(fakes.charged) == 200
    fakes.release()
    for caller in callers:
        caller.join(60)
    assert fakes.max_concurrent == 200
    assert fakes.in_flight == 0


def test_a_call_held_before_the_charge_is_not_charged_yet(fakes: FakeProviders) -> None:
    fakes.hold(after_charge=False)
    caller = threading.Thread(target=ask, args=(fakes, "openai"))
    caller.start()
    fakes.wait_until_in_flight(1)
    assert [call.outcome for call in fakes.ledger] == ["open"]
    fakes.release()
    caller.join(20)
    assert [call.outcome for call in fakes.ledger] == ["charged"]


def test_a_delay_is_for_those_it_was_ordered_for(fakes: FakeProviders) -> None:
    fakes.delay(0.4, model="slow-1")
    started = time.monotonic()
    ask(fakes, "openai-compatible", model="slow-1")
    assert time.monotonic() - started >= 0.4


def test_a_careless_provider_repeats_the_key(fakes: FakeProviders) -> None:
    fakes.plan(behaviours.echo_key())
    assert fakes.key("openai") in ask(fakes, "openai").text


def test_a_connection_serves_many_calls(fakes: FakeProviders) -> None:
    with requests.Session() as session:
        for _ in range(3):
            session.get(fakes.root + "/nowhere", timeout=20)
    assert fakes.connections_accepted == 1


@pytest.mark.parametrize("framing", ["Content-Length: 99", "Transfer-Encoding: chunked"])
def test_who_leaves_in_the_middle_of_a_request_has_asked_for_nothing(
    fakes: FakeProviders, framing: str
) -> None:
    address = urlsplit(fakes.base_url("openai"))
    head = f"POST {address.path}/images/generations HTTP/1.1\r\nHost: here\r\n{framing}\r\n\r\n"
    with socket.create_connection((address.hostname, address.port)) as caller:
        caller.sendall(head.encode() + b"63\r\n{")
        caller.shutdown(socket.SHUT_WR)
        assert caller.recv(1000) == b""
    assert fakes.ledger == []


def test_orders_can_be_given_over_http(fakes: FakeProviders) -> None:
    order = {"behaviour": "status", "arguments": [503], "kind": "openai", "times": 1}
    assert requests.post(fakes.root + "/_fake/plan", json=order, timeout=20).status_code == 200
    assert ask(fakes, "openai").status_code == 503
    [call] = requests.get(fakes.root + "/_fake/ledger", timeout=20).json()
    assert (call["outcome"], call["status"]) == ("refused", 503)
    wrong = requests.post(fakes.root + "/_fake/plan", json={"behaviour": "sing"}, timeout=20)
    assert "no behaviour 'sing'" in wrong.json()["problem"]


def test_the_example_configuration_has_one_model_of_every_kind(fakes: FakeProviders) -> None:
    text = "\n".join(lines(fakes))
    assert "ALLOWED_PRIVATE_HOSTS=127.0.0.1" in text
    for kind in MODELS:
        assert f"_PROVIDER={kind}\n" in text
        assert fakes.base_url(kind) in text


def test_deep_json_is_too_deep_to_parse(fakes: FakeProviders) -> None:
    fakes.plan(behaviours.deep_json())
    with pytest.raises(RecursionError):
        json.loads(ask(fakes, "openai").content)


def test_base64_is_sound(fakes: FakeProviders) -> None:
    text = ask(fakes, "openai").json()["data"][0]["b64_json"]
    assert base64.b64decode(text, validate=True).startswith(b"\x89PNG")
