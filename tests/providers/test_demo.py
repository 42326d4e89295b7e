"""The demo kind: its adapter, and the painters behind it."""

import time
from fractions import Fraction
from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest
from PIL import Image

from providers.adapters.demo import FAULTS, SIZES, Demo
from providers.errors import (
    InvalidRequest,
    ModelGone,
    Moderated,
    OutcomeUnknown,
    ProviderError,
    TimedOut,
)
from providers.messages import ASPECT_RATIOS, Account, ImageRequest, ImageResult
from providers.painters import PAINTERS
from providers.transport import Transport

PROMPT = "a red fox in a snowy forest"


def demo(model_id: str = "orbit", *, timeout: float = 20, **options: Any) -> Demo:
    account = Account(kind="demo", options={"delay": 0} | options)
    return Demo(account, model_id, Transport(timeout=timeout))


def drawn(model_id: str = "orbit", **asked: Any) -> ImageResult:
    return demo(model_id).generate(ImageRequest(PROMPT, **asked))


def pauses(prompt: str = PROMPT, seed: int = 0, **options: Any) -> list[float]:
    account = Account(kind="demo", options=options)
    adapters = [Demo(account, model_id, Transport(timeout=1)) for model_id in PAINTERS]
    return [adapter.pause(prompt, seed) for adapter in adapters]


@pytest.mark.parametrize("model_id", PAINTERS)
def test_every_painter_draws_a_small_png(model_id: str) -> None:
    result = drawn(model_id, aspect_ratio="3:2")
    image = Image.open(BytesIO(result.content))
    image.load()
    assert (image.format, image.mode, image.size) == ("PNG", "RGB", (1020, 680))
    assert len(result.content) < 1_500_000


def test_every_ratio_has_a_size_of_exactly_its_shape() -> None:
    assert set(SIZES) == set(ASPECT_RATIOS)
    for ratio, (width, height) in SIZES.items():
        wide, high = ratio.split(":")
        error = Fraction(width, height) / Fraction(int(wide), int(high)) - 1
        assert abs(error) < Fraction(1, 1000), ratio
        assert 600_000 < width * height < 1_000_000


def test_a_picture_is_square_unless_asked_otherwise() -> None:
    assert Image.open(BytesIO(drawn().content)).size == SIZES["1:1"]
    assert Image.open(BytesIO(drawn(aspect_ratio="9:21").content)).size == (540, 1260)


def test_it_says_that_only_ratio_and_seed_were_applied() -> None:
    asked: dict[str, Any] = {
        "negative_prompt": "blur",
        "aspect_ratio": "1:1",
        "steps": 30,
        "guidance": 7.5,
        "control": 0.5,
        "seed": 42,
    }
    result = drawn(**asked)
    fates = {name: told["fate"] for name, told in result.parameters.items()}
    assert fates == {
        "negativePrompt": "ignored",
        "aspectRatio": "applied",
        "steps": "ignored",
        "guidance": "ignored",
        "control": "ignored",
        "seed": "applied",
    }
    assert result.parameters["seed"]["value"] == result.seed == 42


def test_what_was_not_asked_is_not_reported() -> None:
    assert drawn().parameters == {}


def test_it_needs_no_key_and_costs_nothing() -> None:
    result = drawn()
    assert Demo.free
    assert not Demo.needs_key
    assert result.cost_micros == 0


def test_the_prompt_is_sent_as_it_is() -> None:
    assert drawn(negative_prompt="blur").prompt_sent == PROMPT


def test_without_a_seed_it_is_zero() -> None:
    assert drawn().seed == 0
    assert drawn().content == drawn(seed=0).content


def test_a_name_that_no_painter_has_is_gone() -> None:
    with pytest.raises(ModelGone, match="rembrandt"):
        drawn("rembrandt")


def test_a_failing_demo_fails_uncharged() -> None:
    with pytest.raises(ProviderError) as caught:
        drawn("demo-fails")
    assert (caught.value.code, caught.value.uncharged) == ("PROVIDER_ERROR", True)


def test_a_refusing_demo_says_that_other_words_may_pass() -> None:
    with pytest.raises(Moderated) as caught:
        drawn("demo-refuses")
    assert "Other words" in caught.value.public_message


def test_a_hanging_demo_waits_until_its_time_is_over() -> None:
    started = time.monotonic()
    with pytest.raises(TimedOut) as caught:
        demo("demo-hangs", timeout=0.2).generate(ImageRequest(PROMPT))
    assert time.monotonic() - started >= 0.2
    assert caught.value.uncharged


def test_junk_is_no_picture() -> None:
    with pytest.raises(OSError, match="cannot identify"):
        Image.open(BytesIO(drawn("demo-junk").content))


def test_no_fault_hides_a_painter() -> None:
    assert not set(FAULTS) & set(PAINTERS)


def test_nothing_outlasts_the_deadline() -> None:
    started = time.monotonic()
    with pytest.raises(TimedOut) as caught:
        demo(timeout=0.1, delay=30).generate(ImageRequest(PROMPT))
    assert time.monotonic() - started < 20
    assert caught.value.uncharged
    assert not isinstance(caught.value, OutcomeUnknown)


@pytest.mark.parametrize("prompt", ["a cat", "a lighthouse by the sea", "龍"])
def test_tiles_arrive_one_after_the_other(prompt: str) -> None:
    told = sorted(pauses(prompt))
    assert 0.3 <= told[0] <= told[-1] <= 3.0
    assert all(later - earlier > 0.1 for earlier, later in pairwise(told))


def test_the_same_call_pauses_the_same() -> None:
    assert pauses() == pauses()
    assert pauses() != pauses(seed=1)
    assert pauses() != pauses("a dog")


def test_the_pause_can_be_scaled_and_fixed() -> None:
    assert pauses(delay_scale=0) == [0.0] * len(PAINTERS)
    assert pauses(delay_scale=0.5) == [pause * 0.5 for pause in pauses()]
    assert pauses(delay=1.5, delay_scale=9) == [1.5] * len(PAINTERS)
    assert pauses(delay=-1) == [0.0] * len(PAINTERS)


@pytest.mark.parametrize("name", ["delay", "delay_scale"])
def test_a_pause_that_is_no_number_is_an_error_of_ours(name: str) -> None:
    account = Account(kind="demo", options={name: "soon"})
    with pytest.raises(InvalidRequest, match=name):
        Demo(account, "orbit", Transport(timeout=1)).pause(PROMPT, 0)
