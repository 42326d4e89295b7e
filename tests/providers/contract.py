"""What every adapter owes us, whichever provider it speaks to."""

import pytest

from providers.errors import ProviderError
from providers.messages import ASPECT_RATIOS, ImageRequest
from tests.fakes import behaviours, shows
from tests.fakes.pictures import draw
from tests.providers.drawing import PROMPT, Caller, checked, leaves
from tests.providers.failure_contract import FailureContract
from tests.providers.servers import Server, message, says
from tests.providers.troubles import each

EVERYTHING = {
    "negative_prompt": "lilac umbrellas",
    "aspect_ratio": "16:9",
    "steps": 37,
    "guidance": 5.5,
    "control": 0.625,
    "seed": 7919,
}
LEAST = {"negative_prompt": "x", "steps": 1, "guidance": 0, "control": 0, "seed": 0}
MOST = {"negative_prompt": "x" * 1000, "steps": 100, "guidance": 20, "seed": 2**31 - 2}
PROMPTS = {
    "letters": "Füchse, 狐 und שועל 🦊👩‍👩‍👧 ﷽ \u202e\u200d\ufeff",
    "quotes": 'she said "it\'s" `here` \\n \\u0041 %s {0} $HOME <b>&amp;</b>',
    "lines": "  first\n\nthird\ttabbed\r\nlast\u2028 ",
    "control characters": "".join(map(chr, range(1, 32))) + "\x7f\x85",
    "a thousand characters": "fox " * 250,
    "a form": 'x\r\n--boundary\r\nContent-Disposition: form-data; name="model"\r\n\r\ny',
    "JSON": '{"model": "other", "n": 10}',
}


class AdapterContract(FailureContract):
    """Inherit, and parametrize `subject`."""

    # A picture

    def test_a_picture_comes_back_and_is_the_right_one(self, caller: Caller) -> None:
        result = caller.draw(PROMPT)
        [call] = caller.fakes.charged
        assert call.prompt == result.prompt_sent == PROMPT
        assert shows(result.content, call.model, PROMPT)
        assert call.model == caller.subject.model_id
        assert result.request_id in ("", call.request_id)
        assert result.parameters == {}
        assert caller.fakes.complaints == []

    @each("prompt", PROMPTS)
    def test_the_prompt_is_sent_unchanged(self, caller: Caller, prompt: str) -> None:
        result = caller.draw(prompt)
        [call] = caller.fakes.charged
        assert call.prompt == result.prompt_sent == prompt
        assert shows(result.content, call.model, prompt)
        assert caller.fakes.complaints == []

    # Parameters

    @pytest.mark.parametrize("parameters", [EVERYTHING, LEAST, MOST])
    def test_the_fate_of_every_parameter_is_told(
        self, caller: Caller, parameters: dict[str, object]
    ) -> None:
        request = ImageRequest(PROMPT, **parameters)  # type: ignore[arg-type]
        result = checked(caller.adapter().generate(request))
        [call] = caller.fakes.charged
        asked = request.asked()
        assert set(result.parameters) == set(asked)
        for name, fate in result.parameters.items():
            assert fate["value"] == asked[name]
            assert fate["fate"] in ("applied", "translated", "ignored")
            if fate["fate"] == "applied":
                assert asked[name] in leaves(call.body)
            assert bool(fate.get("sent")) == (fate["fate"] == "translated")
        assert caller.fakes.complaints == []

    def test_what_is_ignored_is_not_sent(self, caller: Caller) -> None:
        result = caller.draw(PROMPT, **EVERYTHING)
        sent = leaves(caller.fakes.ledger[-1].body)
        ignored = [f["value"] for f in result.parameters.values() if f["fate"] == "ignored"]
        assert [value for value in ignored if value in sent] == []

    def test_a_seed_that_was_used_is_told(self, caller: Caller) -> None:
        result = caller.draw(PROMPT, seed=7919)
        applied = result.parameters["seed"]["fate"] == "applied"
        assert result.seed == (7919 if applied else None)

    def test_every_shape_is_taken(self, caller: Caller) -> None:
        for ratio in ASPECT_RATIOS:
            caller.draw(PROMPT, aspect_ratio=ratio)
        assert caller.fakes.complaints == []

    def test_every_model_of_the_catalogue_can_be_asked_for_everything(self, caller: Caller) -> None:
        for model in caller.living_models():
            adapter = caller.adapter(model_id=model.id)
            result = adapter.generate(ImageRequest(PROMPT, **EVERYTHING))  # type: ignore[arg-type]
            assert shows(result.content, model.id, caller.fakes.ledger[-1].prompt)
        assert caller.fakes.complaints == []

    # Secrets

    def test_a_provider_that_repeats_our_key_is_not_quoted(self, caller: Caller) -> None:
        caller.plan(behaviours.echo_key())
        caller.failure()

    def test_a_paid_call_follows_no_redirect(self, caller: Caller) -> None:
        with Server(says(message(b"{}"))) as elsewhere:
            caller.plan(behaviours.redirect(elsewhere.url("/", host="localhost"), 307))
            assert type(caller.failure()) is ProviderError
        assert elsewhere.requests == []

    def test_the_key_stays_with_the_provider(self, caller: Caller) -> None:
        """Whatever address is named for the picture, no credentials go there."""
        content = draw("another", "picture", (64, 64), "PNG").data
        with Server(says(message(content))) as elsewhere:
            caller.plan(behaviours.result_url(elsewhere.url("/x.png", host="localhost")))
            result = checked(caller.adapter().generate(ImageRequest(PROMPT)))
        for request in elsewhere.requests:
            assert request.startswith(b"GET /x.png ")
            assert result.content == content
            caller.is_silent_on_the_key(request.decode("latin-1"))

    # What operators type

    @pytest.mark.parametrize("key", ["ключ", "two words", "line\n", "\r\nX-Evil: 1", "a:b:c"])
    def test_an_odd_key_is_refused_and_no_crash(self, caller: Caller, key: str) -> None:
        caller.survives(key, key=key)
        assert caller.fakes.charged == [] or caller.key == ""

    @pytest.mark.parametrize("model_id", ["../../v1/x", "a b", "ü/ñ", "x?y#z", "%2e%2e", "x" * 300])
    def test_an_odd_model_id_is_no_crash(self, caller: Caller, model_id: str) -> None:
        caller.survives(model_id, model_id=model_id)
        base_path = caller.base_url.removeprefix(caller.fakes.root)
        assert all(call.path.startswith(base_path) for call in caller.fakes.ledger)

    @pytest.mark.parametrize(
        "base_url",
        ["http://[", "ftp://127.0.0.1", "no address", "http://", "http://127.0.0.1:99999"],
    )
    def test_an_odd_base_url_is_an_error_that_costs_nothing(
        self, caller: Caller, base_url: str
    ) -> None:
        assert caller.failure(base_url=base_url).uncharged
        assert caller.fakes.traffic == []

    def test_a_base_url_may_end_in_a_slash(self, caller: Caller) -> None:
        adapter = caller.adapter(base_url=caller.base_url + "/")
        adapter.generate(ImageRequest(PROMPT))
        assert caller.fakes.complaints == []
