"""From names to providers: what operators type, and where it leads."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.catalogue import Alias, CatalogueModel, load
from providers.kinds import DEMO, KINDS
from providers.routing import Route, UnroutableName, resolve, resolve_chat

DAY = date(2026, 11, 23)
SERVER = "https://pictures.example/v1"
XAI = "https://api.x.ai/v1"
FLARE, BANANA = "gpt-image-2.5-flare", "gemini-nano-banana-2.1"
LONGEST_NOTE = 300


def route(name: str, **more: object) -> Route:
    return resolve(name, today=DAY, **more)  # type: ignore[arg-type]


def ends(found: Route) -> tuple[str, str]:
    return found.kind, found.model_id


# The names of the first version


@pytest.mark.parametrize(
    ("name", "kind", "model_id", "warned"),
    [
        ("DALL-E 3", "openai", FLARE, "retired on 2026-05-12"),
        ("Gemini 2.0", "google-gemini", BANANA, "2025-11-14"),
        ("Stable Diffusion 3.5 Large", "stability", "sd3.5-large", ""),
        ("Black Forest Pro", "bfl", "flux-2-pro", ""),
        ("Imagen 3.0", "google-gemini", BANANA, "retired on 2025-11-10"),
        ("Recraft v3", "recraft", "recraftv3", ""),
        ("Stability AI Turbo", "stability", "sd3.5-large-turbo", ""),
        ("Black Forest Dev", "bfl", "flux-dev", ""),
        ("Flux Pro", "bfl", "flux-2-pro", ""),
    ],
)
def test_a_default_name_of_the_first_version_draws(
    name: str, kind: str, model_id: str, warned: str
) -> None:
    found = route(name)
    assert ends(found) == (kind, model_id)
    assert found.enabled
    assert found.price_micros
    assert warned in found.warning
    assert bool(found.warning) == bool(warned)


@pytest.mark.parametrize(
    "name", ["AWS Nova Canvas", "Nova Canvas", "nova_canvas", "amazon.nova-canvas-v1:0"]
)
def test_a_model_that_ended_without_a_successor_is_switched_off_and_explained(name: str) -> None:
    found = route(name)
    assert ends(found) == ("bedrock", "amazon.nova-canvas-v1:0")
    assert not found.enabled
    assert "2026-09-30" in found.warning
    assert "stability.stable-image-core-v1:1" in found.warning


# The names that the first version sent astray


@pytest.mark.parametrize(
    ("name", "kind", "model_id"),
    [
        ("DALL·E 3", "openai", FLARE),
        ("dall_e-3", "openai", FLARE),
        ("Nano Banana 2.1", "google-gemini", BANANA),
        ("Stable Image Core", "stability", "stable-image-core"),
        ("sd3.5-large", "stability", "sd3.5-large"),
        ("sd3-large", "stability", "sd3.5-large"),
        ("stability.sd3-5-large-v1:0", "bedrock", "stability.sd3-5-large-v1:0"),
        ("us.stability.sd3-5-large-v1:0", "bedrock", "us.stability.sd3-5-large-v1:0"),
        ("GPT-Image-2", "openai", "gpt-image-2"),
        ("Flux 2 Max", "bfl", "flux-2-max"),
    ],
)
def test_a_name_leads_to_its_own_provider(name: str, kind: str, model_id: str) -> None:
    assert ends(route(name)) == (kind, model_id)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("gpt-6-luna", "text model"),
        ("GPT-4o", "text model"),
        ("Gemini 2.0 Flash", "text model"),
        ("gemini-3.5-flash-lite", "text model"),
        ("amazon.nova-micro-v1:0", "text model"),
        ("eu.amazon.nova-micro-v1:0", "text model"),
        ("us.amazon.nova-premier-v1:0", "text model"),
        ("flux-pro-1.0-fill", "changes pictures"),
        ("stability.stable-image-inpaint-v1:0", "changes pictures"),
        ("recraftv3_vector", "SVG"),
        ("Adobe Firefly", "not supported yet"),
        ("firefly-image-5", "not supported yet"),
        ("firefly:image5", "not supported yet"),
        ("supernova-xl", "Name a provider"),
        ("Hunyuan Image", "Name a provider"),
        ("qwen-image", "Name a provider"),
        ("gpt-7-sol", "Name a provider"),
        ("Flux Schnell", "Give the model's id"),
        ("black-forest-labs/FLUX.1-schnell", "base URL"),
        ("fal-ai/flux/dev", "base URL"),
        ("openai/gpt-image-2", "base URL"),
        ("recraft-ai/recraft-v3", "base URL"),
        ("openai:", "needs the name or the id"),
        ("", "needs a name or an id"),
        (" \t", "needs a name or an id"),
    ],
)
def test_a_name_that_cannot_draw_is_refused_in_words(name: str, reason: str) -> None:
    with pytest.raises(UnroutableName, match=reason):
        route(name)


@pytest.mark.parametrize(
    "name", ["Hunyuan Image", "qwen-image", "supernova-xl", "black-forest-labs/FLUX.1-schnell"]
)
def test_an_unknown_name_goes_as_it_is_to_the_server_that_was_named(name: str) -> None:
    found = route(name, base_url=f" {SERVER} ")
    assert found == Route("openai-compatible", name, label=name, base_url=SERVER)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("gpt-image-9", "openai"),
        ("chatgpt-image-3", "openai"),
        ("gemini-9-pro-image", "google-gemini"),
        ("amazon.nova-canvas-v2:0", "bedrock"),
        ("eu.stability.sd4-large-v1:0", "bedrock"),
        ("global.stability.sd4-large-v1:0", "bedrock"),
        ("stable-image-mega", "stability"),
        ("sd3.9-large", "stability"),
        ("flux-9-pro", "bfl"),
        ("recraftv9", "recraft"),
    ],
)
def test_an_id_newer_than_the_catalogue_is_known_by_its_beginning(name: str, kind: str) -> None:
    assert route(name) == Route(kind, name, label=name)


def test_later_names_of_a_retired_line_lead_to_its_successor() -> None:
    assert ends(route("imagen-4.0-generate-preview-06-06")) == ("google-gemini", BANANA)
    assert ends(route("dall-e-3-hd")) == ("openai", FLARE)
    assert not route("Amazon Nova Canvas v1").enabled


def test_grok_has_a_home_of_its_own() -> None:
    found = route("Grok Imagine")
    assert ends(found) == ("openai-compatible", "grok-imagine-image-2.0")
    assert found.base_url == XAI
    assert route("grok-imagine-image", kind="custom").base_url == XAI
    assert route("grok-imagine-image-9").base_url == XAI
    assert route("grok-imagine-image", base_url=SERVER).base_url == SERVER


# Dates


def test_a_model_about_to_end_warns_and_is_replaced_from_its_day_on() -> None:
    before = resolve("gpt-image-1.5", today=date(2026, 11, 30))
    assert ends(before) == ("openai", "gpt-image-1.5")
    assert "2026-12-01" in before.warning
    after = resolve("gpt-image-1.5", today=date(2026, 12, 1))
    assert ends(after) == ("openai", FLARE)
    assert "was retired on 2026-12-01" in after.warning


def test_a_model_being_phased_out_without_a_date_warns() -> None:
    found = route("gemini-2.5-flash-image")
    assert found.model_id == "gemini-2.5-flash-image"
    assert BANANA in found.warning


# The whole catalogue


@pytest.mark.parametrize("model", load().images(), ids=lambda model: model.id)
def test_every_image_model_can_be_reached_by_id_and_by_label(model: CatalogueModel) -> None:
    for name in (model.id, model.id.upper(), model.label):
        found = route(name)
        row = load().find(found.kind, found.model_id)
        assert row is not None
        assert found.enabled != row.is_retired(DAY)
        assert len(found.warning) <= LONGEST_NOTE


@pytest.mark.parametrize("alias", load().aliases, ids=lambda alias: alias.names[0])
def test_every_alias_leads_to_what_it_says(alias: Alias) -> None:
    for name in alias.names:
        found = route(name)
        assert ends(found) == (alias.kind, alias.id)
        assert found.enabled == alias.enabled
        assert len(found.warning) <= LONGEST_NOTE


NAMES = st.one_of(
    st.text(),
    st.sampled_from(["flux", "sd3", "openai:", "Stable Image", "us.stability.", "imagen", "a/b"]),
    st.sampled_from([name for alias in load().aliases for name in alias.names]),
    st.sampled_from([model.id for model in load().models]),
)
WORDS = st.one_of(st.just(""), st.sampled_from([*KINDS, "aws", "firefly", " Google "]), st.text())


patient = settings(deadline=None, database=None)


def sentence_or(call: Callable[..., object], *given: str, **named: object) -> object:
    """What the call returns, or the sentence of its error; any other error is the test's."""
    try:
        return call(*given, **named)
    except UnroutableName as problem:
        return str(problem)


@patient
@given(
    name=st.one_of(NAMES, st.builds(str.__add__, NAMES, st.text())),
    kind=WORDS,
    model_id=st.one_of(st.just(""), NAMES),
    base_url=st.one_of(st.just(""), st.just(SERVER), st.text()),
    configured=st.sets(WORDS, max_size=3),
    today=st.dates(),
)
def test_any_text_leads_to_a_route_or_to_a_sentence(name: str, **more: object) -> None:
    found = sentence_or(resolve, name, **more)
    if isinstance(found, Route):
        assert found.kind in KINDS
        assert found.model_id
        assert found.label
        assert found.base_url or found.kind != "openai-compatible"
        assert found.price_micros != 0 or found.kind == DEMO
    else:
        assert str(found).isprintable()
        assert str(found).endswith(".")


@patient
@given(kind=WORDS, model_id=NAMES)
def test_any_text_leads_to_a_chat_model_or_to_a_sentence(kind: str, model_id: str) -> None:
    assert str(sentence_or(resolve_chat, kind, model_id)).isprintable()
