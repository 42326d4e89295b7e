"""Servers that speak like OpenAI: what each accent is sent, and how each answers."""

import base64
import json
from typing import Any

import pytest

from providers.adapters.openai_compatible import OpenAICompatible
from providers.errors import (
    Interrupted,
    InvalidRequest,
    InvalidResponse,
    Moderated,
    NotAllowed,
)
from providers.messages import Account, ImageRequest
from tests.fakes import behaviours, shows
from tests.providers.drawing import PROMPT, SUBJECTS, Caller, Meet
from tests.providers.servers import here

FLAVOURS = [subject.flavour for subject in SUBJECTS if subject.flavour]
EVERYTHING: dict[str, Any] = {
    "negative_prompt": "snowmen",
    "aspect_ratio": "16:9",
    "steps": 30,
    "guidance": 7.5,
    "seed": 11,
}


def sent(caller: Caller) -> Any:
    """The body of the last call, without model and prompt."""
    body = dict(caller.fakes.ledger[-1].body)
    assert body.pop("model") == caller.subject.model_id
    assert body.pop("prompt").startswith(PROMPT)
    return body


def answering(**item: Any) -> behaviours.Behaviour:
    return behaviours.body(json.dumps({"data": [item]}).encode())


# What each accent is sent


def test_a_server_that_is_not_known_is_sent_the_least(meet: Meet) -> None:
    caller = meet("litellm")
    caller.draw()
    assert sent(caller) == {"n": 1}
    caller.draw(PROMPT, **EVERYTHING)
    assert sent(caller) == {"n": 1, "size": "1344x768"}


@pytest.mark.parametrize(
    ("flavour", "body"),
    [
        (
            "together",
            {
                "n": 1,
                "width": 1344,
                "height": 768,
                "negative_prompt": "snowmen",
                "steps": 30,
                "guidance_scale": 7.5,
                "seed": 11,
                "response_format": "base64",
            },
        ),
        (
            "vllm-omni",
            {
                "n": 1,
                "size": "1344x768",
                "negative_prompt": "snowmen",
                "num_inference_steps": 30,
                "guidance_scale": 7.5,
                "seed": 11,
                "response_format": "b64_json",
            },
        ),
        (
            "xai",
            {
                "n": 1,
                "aspect_ratio": "16:9",
                "resolution": "1k",
                "response_format": "b64_json",
            },
        ),
        ("localai", {"n": 1, "size": "1344x768", "step": 30, "response_format": "b64_json"}),
    ],
)
def test_each_flavour_is_sent_what_it_knows(meet: Meet, flavour: str, body: dict[str, Any]) -> None:
    caller = meet(flavour)
    result = caller.draw(PROMPT, **EVERYTHING)
    assert sent(caller) == body
    assert result.seed == (11 if "seed" in body else None)
    fates = {name: fate["fate"] for name, fate in result.parameters.items()}
    assert fates["aspectRatio"] == ("applied" if flavour == "xai" else "translated")
    assert fates["seed"] == ("applied" if "seed" in body else "ignored")


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_square_is_not_insisted_on(meet: Meet, flavour: str) -> None:
    caller = meet(flavour)
    caller.draw()
    assert not {"size", "width", "height", "aspect_ratio"} & set(sent(caller))


@pytest.mark.parametrize(
    ("address", "family"),
    [
        ("https://api.together.ai/v1", "together"),
        ("https://api.together.xyz/v1", "together"),
        ("https://api.x.ai/v1", "xai"),
        ("https://images.example.org/v1", "openai-compatible"),
    ],
)
def test_a_flavour_is_known_by_its_host(address: str, family: str) -> None:
    account = Account("openai-compatible", base_url=address)
    assert OpenAICompatible(account, "some-model", here()).family.name == family


def test_a_model_of_the_catalogue_brings_its_flavour(meet: Meet) -> None:
    caller = meet("xai", flavour=None)
    caller.adapter(model_id="grok-imagine-image").generate(ImageRequest(PROMPT))
    assert caller.fakes.ledger[-1].body["resolution"] == "1k"


@pytest.mark.parametrize("name", ["togehter", "gpt-image-2", "", 7, ["xai"]])
def test_a_flavour_that_does_not_exist_is_said_to_be_none(meet: Meet, name: Any) -> None:
    caller = meet("plain", flavour=name)
    if not name:
        caller.draw()
        return
    error = caller.failure()
    assert type(error) is InvalidRequest
    assert "flavour" in error.public_message
    assert caller.fakes.traffic == []


# What an operator adds


@pytest.mark.parametrize("wanted", ["url", "b64_json"])
def test_an_operator_chooses_the_form_of_the_answer(meet: Meet, wanted: str) -> None:
    caller = meet("plain", response_format=wanted)
    assert shows(caller.draw().content, "fake-plain", PROMPT)
    assert sent(caller)["response_format"] == wanted


def test_an_operator_leaves_the_form_of_the_answer_open(meet: Meet) -> None:
    caller = meet("localai", response_format=None)
    assert shows(caller.draw().content, "fake-localai", PROMPT)
    assert "response_format" not in sent(caller)
    assert caller.fakes.traffic[-1].stage == "download"


def test_an_operator_adds_fields_and_takes_them_away(meet: Meet) -> None:
    caller = meet("together", extra_body={"disable_safety_checker": True, "n": None, "seed": 5})
    result = caller.draw(PROMPT, seed=11)
    assert sent(caller) == {
        "seed": 5,
        "response_format": "base64",
        "disable_safety_checker": True,
    }
    assert result.seed == 5


def test_what_an_operator_decides_is_not_the_visitors_to_choose(meet: Meet) -> None:
    caller = meet("together", extra_body={"steps": 4, "negative_prompt": None, "width": 512})
    result = caller.draw(PROMPT, **EVERYTHING)
    fates = {name: fate["fate"] for name, fate in result.parameters.items()}
    assert fates == {
        "negativePrompt": "ignored",
        "aspectRatio": "ignored",
        "steps": "ignored",
        "guidance": "applied",
        "seed": "applied",
    }
    assert sent(caller) == {
        "n": 1,
        "steps": 4,
        "width": 512,
        "guidance_scale": 7.5,
        "seed": 11,
        "response_format": "base64",
    }


@pytest.mark.parametrize("extra", [{"prompt": None, "model": "other"}, "text", [1], None])
def test_neither_prompt_nor_model_can_be_taken_away(meet: Meet, extra: Any) -> None:
    caller = meet("plain", extra_body=extra)
    assert caller.draw().prompt_sent == PROMPT
    assert sent(caller) == {"n": 1}


@pytest.mark.parametrize("flavour", ["vllm-omni", "localai"])
def test_a_local_server_needs_no_key(meet: Meet, flavour: str) -> None:
    caller = meet(flavour)
    caller.draw()
    assert "authorization" not in caller.fakes.ledger[-1].headers


def test_without_a_base_url_nobody_is_called(meet: Meet) -> None:
    caller = meet("plain")
    error = caller.failure(base_url="")
    assert type(error) is NotAllowed
    assert error.uncharged
    assert caller.fakes.traffic == []


# LocalAI's way with a |


def test_localai_is_told_what_to_avoid_after_a_bar(meet: Meet) -> None:
    caller = meet("localai")
    result = caller.draw(PROMPT, negative_prompt="snowmen")
    assert result.prompt_sent == f"{PROMPT}|snowmen"
    assert result.parameters["negativePrompt"]["fate"] == "translated"
    assert caller.fakes.ledger[-1].prompt == PROMPT


@pytest.mark.parametrize(("prompt", "unwanted"), [("a | b", "c"), ("a", "b|c")])
def test_a_bar_of_the_visitors_own_is_left_alone(meet: Meet, prompt: str, unwanted: str) -> None:
    result = meet("localai").draw(prompt, negative_prompt=unwanted)
    assert result.prompt_sent == f"{prompt}\n\nDo not include: {unwanted}"


# What is read


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_every_accent_is_understood(meet: Meet, flavour: str) -> None:
    caller = meet(flavour)
    result = caller.draw()
    assert shows(result.content, caller.subject.model_id, PROMPT)
    assert result.request_id == caller.fakes.ledger[-1].request_id
    assert result.cost_micros == (20_000 if flavour == "xai" else None)
    assert caller.fakes.complaints == []


TINY = base64.b64encode(b"a picture").decode()


@pytest.mark.parametrize(
    "item",
    [
        {"b64_json": TINY, "url": None},
        {"b64_json": TINY, "url": "https://127.0.0.1:1/never-asked"},
        {"b64_json": f"data:image/png;base64,{TINY}"},
        {"b64_json": "\n".join(TINY)},
        {"b64_json": None, "url": f"data:image/png;base64,{TINY}"},
        {"b64_json": "", "url": f"data:;base64,{TINY}"},
    ],
)
def test_base64_is_taken_wherever_it_is(meet: Meet, item: dict[str, Any]) -> None:
    caller = meet("plain")
    caller.plan(answering(**item))
    assert caller.draw().content == b"a picture"


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"b64_json": None, "url": None},
        {"b64_json": "", "url": ""},
        {"url": 7},
        {"b64_json": ["a"]},
        {"b64_json": "!!!"},
        {"b64_json": "a"},
        {"url": "data:image/svg+xml,<svg/>"},
        {"url": "data:"},
    ],
)
def test_an_item_without_a_picture_is_unreadable_and_names_its_request(
    meet: Meet, item: dict[str, Any]
) -> None:
    caller = meet("plain")
    caller.plan(answering(**item))
    error = caller.failure()
    assert type(error) is InvalidResponse
    assert error.request_id == caller.fakes.ledger[-1].request_id
    assert not error.uncharged


def test_the_words_that_were_drawn_are_told(meet: Meet) -> None:
    caller = meet("xai")
    caller.plan(answering(b64_json=TINY, revised_prompt="A fox.\0\ud800"))
    assert caller.draw().revised_prompt == "A fox.?"


def test_a_picture_that_xai_holds_back_was_moderated_and_paid_for(meet: Meet) -> None:
    caller = meet("xai")
    caller.plan(behaviours.moderated("respect_moderation"))
    error = caller.failure()
    assert type(error) is Moderated
    assert not error.uncharged


# Fetching a picture


def test_a_picture_is_fetched_again_when_the_line_breaks(meet: Meet) -> None:
    caller = meet("url")
    caller.plan(behaviours.half_body(), "download", times=2)
    assert shows(caller.draw().content, "fake-url", PROMPT)
    assert [call.stage for call in caller.fakes.traffic] == ["image", *["download"] * 3]


def test_a_picture_that_cannot_be_fetched_is_not_bought_again(meet: Meet) -> None:
    caller = meet("url")
    caller.plan(behaviours.reset_in_body(), "download")
    error = caller.failure()
    assert type(error) is Interrupted
    assert not error.uncharged
    assert error.request_id == caller.fakes.ledger[0].request_id
    assert len(caller.fakes.traffic) == 4


def test_a_picture_that_is_gone_is_unreadable(meet: Meet) -> None:
    caller = meet("url")
    caller.plan(behaviours.status(404), "download")
    assert type(caller.failure()) is InvalidResponse


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/x.png",
        "file:///etc/passwd",
        "/x.png",
        "http://user:word@127.0.0.1/x.png",
    ],
)
def test_a_picture_is_not_fetched_from_just_anywhere(meet: Meet, address: str) -> None:
    caller = meet("url")
    caller.plan(behaviours.result_url(address))
    error = caller.failure()
    assert type(error) is NotAllowed
    assert not error.uncharged
