"""What an explicit provider, an id, an account and a chat model change about a name."""

from datetime import date

import pytest

from providers.routing import Route, UnroutableName, resolve, resolve_chat

DAY = date(2026, 11, 23)
SERVER = "https://pictures.example/v1"
FLARE, BANANA = "gpt-image-2.5-flare", "gemini-nano-banana-2.1"


def route(name: str, **more: object) -> Route:
    return resolve(name, today=DAY, **more)  # type: ignore[arg-type]


def ends(found: Route) -> tuple[str, str]:
    return found.kind, found.model_id


# An explicit kind


@pytest.mark.parametrize(
    ("word", "kind", "model_id"),
    [
        ("gemini", "google-gemini", BANANA),
        ("google", "google-gemini", BANANA),
        ("google_gemini", "google-gemini", BANANA),
        ("OpenAI", "openai", "gpt-image-2"),
        ("aws", "bedrock", "stability.stable-image-core-v1:1"),
        ("amazon", "bedrock", "stability.stable-image-core-v1:1"),
        ("bedrock_nova", "bedrock", "stability.stable-image-core-v1:1"),
        ("bedrock_sd", "bedrock", "stability.stable-image-core-v1:1"),
        ("black-forest-labs", "bfl", "flux-dev"),
        ("flux", "bfl", "flux-dev"),
        ("black_forest", "bfl", "flux-dev"),
        ("stability_ai", "stability", "sd3.5-large"),
        ("recraft", "recraft", "recraftv3"),
        ("demo", "demo", "aurora"),
    ],
)
def test_a_provider_has_many_names(word: str, kind: str, model_id: str) -> None:
    assert ends(route("Any name", kind=word, model_id=model_id)) == (kind, model_id)
    assert ends(route(f"{word}: {model_id}")) == (kind, model_id)


@pytest.mark.parametrize("word", ["generic", "openai_compatible", "custom"])
def test_a_server_of_ones_own_needs_its_address(word: str) -> None:
    with pytest.raises(UnroutableName, match="base URL"):
        route("my-model", kind=word)
    found = route("My model, v2", kind=word, base_url=SERVER)
    assert ends(found) == ("openai-compatible", "My model, v2")


@pytest.mark.parametrize("word", ["imagen", "google_imagen", "google-imagen"])
def test_imagen_is_replaced_at_google_and_kept_at_a_server_that_was_named(word: str) -> None:
    replaced = route("Imagen 3.0", kind=word)
    assert ends(replaced) == ("google-gemini", BANANA)
    assert "retired on 2025-11-10" in replaced.warning
    kept = route("Imagen 4", kind=word, base_url=SERVER)
    assert ends(kept) == ("google-imagen", "imagen-4.0-generate-001")
    assert "base URL" in kept.warning


def test_the_explicit_kind_wins_over_what_the_name_says() -> None:
    assert ends(route("Stable Diffusion 3.5 Large", kind="bedrock")) == (
        "bedrock",
        "stability.sd3-5-large-v1:0",
    )
    assert ends(route("flux-2-pro", kind="openai-compatible", base_url=SERVER)) == (
        "openai-compatible",
        "flux-2-pro",
    )
    assert ends(route("openai/gpt-image-2", kind="openai")) == ("openai", "openai/gpt-image-2")
    assert ends(route("dall-e-3", kind="generic", base_url=SERVER)) == (
        "openai-compatible",
        "dall-e-3",
    )


def test_an_explicit_id_is_taken_as_typed_even_if_it_is_not_known() -> None:
    found = route("My favourite", kind="openai", model_id="gpt-image-9-preview")
    assert found == Route("openai", "gpt-image-9-preview", label="My favourite")
    assert ends(route("My favourite", model_id="recraftv4_1")) == ("recraft", "recraftv4_1")


def test_a_retired_id_is_replaced_at_its_maker_and_kept_at_a_server_that_was_named() -> None:
    at_maker = route("Old friend", kind="openai", model_id="dall-e-3")
    assert ends(at_maker) == ("openai", FLARE)
    assert FLARE in at_maker.warning
    elsewhere = route("Old friend", kind="openai", model_id="dall-e-3", base_url=SERVER)
    assert ends(elsewhere) == ("openai", "dall-e-3")
    assert "2026-05-12" in elsewhere.warning
    canvas = route("amazon.nova-canvas-v1:0", kind="aws", base_url=SERVER)
    assert canvas.enabled
    assert not route("AWS Nova Canvas", kind="aws", base_url=SERVER).enabled


@pytest.mark.parametrize("model_id", ["gpt-4o", "us.amazon.nova-lite-v1:0", "recraftv4_1_vector"])
@pytest.mark.parametrize("kind", ["openai", "bedrock", "recraft", "generic"])
def test_an_id_that_is_known_not_to_draw_is_refused_at_every_kind(kind: str, model_id: str) -> None:
    with pytest.raises(UnroutableName):
        route("Mine", kind=kind, model_id=model_id, base_url=SERVER)


@pytest.mark.parametrize(
    "model_id", ["two words", "../v2", "a/../b", "a?b", "a#b", "-x", "x" * 201]
)
def test_an_id_that_cannot_stand_in_an_address_is_refused(model_id: str) -> None:
    with pytest.raises(UnroutableName, match="Give the model's id"):
        route("Mine", kind="bfl", model_id=model_id)


@pytest.mark.parametrize("model_id", ["a\nb", "a\x00b", "\ud800", "x" * 201])
def test_an_id_with_unprintable_characters_is_refused_everywhere(model_id: str) -> None:
    with pytest.raises(UnroutableName, match="Give the model's id"):
        route("Mine", kind="custom", model_id=model_id, base_url=SERVER)


def test_an_unknown_provider_is_refused_with_the_list_of_known_ones() -> None:
    with pytest.raises(UnroutableName, match="openai, google-gemini, google-imagen, bedrock"):
        route("DALL-E 3", kind="midjourney")
    with pytest.raises(UnroutableName, match="not supported yet"):
        route("image5", kind="Adobe Firefly")


def test_a_demo_painter_passes_unchecked_and_costs_nothing() -> None:
    assert route("Aurora", kind="demo", model_id="aurora") == Route("demo", "aurora", "Aurora", 0)
    assert ends(route("demo:whoever")) == ("demo", "whoever")


# Which account


@pytest.mark.parametrize(
    ("configured", "kind"),
    [
        ((), "stability"),
        (("stability",), "stability"),
        (("bedrock",), "bedrock"),
        (("AWS", "openai"), "bedrock"),
        (("bedrock", "stability_ai"), "stability"),
        (("openai",), "stability"),
    ],
)
def test_a_model_at_two_providers_is_taken_where_there_is_an_account(
    configured: tuple[str, ...], kind: str
) -> None:
    assert route("Stable Diffusion 3.5 Large", configured=configured).kind == kind
    assert route("stable-image-mega", configured=configured).kind == kind


# Chat


@pytest.mark.parametrize(
    ("kind", "model_id"),
    [
        ("openai", "gpt-6-luna"),
        ("gemini", "gemini-3.5-flash-lite"),
        ("aws", "amazon.nova-micro-v1:0"),
    ],
)
def test_a_kind_that_can_chat_has_a_model_for_it(kind: str, model_id: str) -> None:
    assert resolve_chat(kind) == model_id


@pytest.mark.parametrize(
    ("kind", "model_id", "found"),
    [
        ("openai", "GPT-5.6-Luna", "gpt-5.6-luna"),
        ("openai", "gpt-9-sol", "gpt-9-sol"),
        ("openai", "gpt-4", "gpt-6-luna"),
        ("bedrock", "eu.amazon.nova-lite-v1:0", "eu.amazon.nova-lite-v1:0"),
        ("generic", "llama-4:70b", "llama-4:70b"),
        ("generic", "gpt-4", "gpt-4"),
    ],
)
def test_a_chat_model_may_be_named(kind: str, model_id: str, found: str) -> None:
    assert resolve_chat(kind, model_id, today=DAY) == found


@pytest.mark.parametrize(
    "kind", ["stability", "bfl", "recraft", "google-imagen", "demo", "firefly"]
)
def test_a_kind_without_chat_cannot_enhance(kind: str) -> None:
    with pytest.raises(UnroutableName):
        resolve_chat(kind, "gpt-6-luna")


@pytest.mark.parametrize(
    ("kind", "model_id"), [("generic", ""), ("openai", "gpt-image-2"), ("openai", "two words")]
)
def test_what_cannot_chat_is_refused(kind: str, model_id: str) -> None:
    with pytest.raises(UnroutableName):
        resolve_chat(kind, model_id)
