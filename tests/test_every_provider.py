"""One job over one account of every kind, and nowhere a trace of a key."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.files.storage import default_storage
from playwright.sync_api import Page, expect

from generation import enhancement
from generation.models import Attempt
from pixelprompt.broker import Workers
from providers.addresses import PrivateHosts
from providers.models import ChatModel, ImageModel, Provider
from providers.slots import read_chat, read_slots
from providers.sync import sync_chat, sync_slots
from tests.chromium import CHROMIUM
from tests.fake_accounts import MODELS, set_flavours, variables
from tests.fakes import FakeProviders, behaviours, shows
from tests.served import Served
from tests.support import Api

PROMPT = "a red fox in the snow"
LOCAL = PrivateHosts.parse(["127.0.0.1"])
PAGES = (
    "/",
    "/gallery/",
    "/models",
    "/gallery/list",
    "/readyz",
    "/admin/",
    "/admin/providers/provider/",
    "/admin/providers/imagemodel/",
    "/admin/generation/attempt/",
    "/admin/generation/result/",
)


@pytest.fixture
def accounts(fakes: FakeProviders, transactional_db: None) -> FakeProviders:
    """Every kind's fake account, synced as from the environment."""
    slots, problems = read_slots(variables(fakes), private_hosts=LOCAL)
    assert problems == []
    sync_slots(slots)
    set_flavours()
    return fakes


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("each_storage")
def test_one_job_draws_with_every_kind(api: Api, accounts: FakeProviders, workers: Workers) -> None:
    fields = {"aspectRatio": "3:2", "negativePrompt": "dogs", "seed": 7}
    told = api.finished(api.generate(PROMPT, **fields), seconds=40)
    failed = [(r["model"], r.get("error")) for r in told["results"] if r["status"] != "completed"]
    assert failed == []
    assert len(told["results"]) == len(MODELS)
    assert len(accounts.charged) == len(MODELS)
    assert accounts.complaints == []
    for result, (_kind, _flavour, model_id) in zip(told["results"], MODELS, strict=True):
        with default_storage.open(result["imageKey"]) as stored:
            drawn = next(c.prompt for c in accounts.charged if c.model == model_id)
            assert shows(stored.read(), model_id, drawn), result["model"]
    for attempt in Attempt.objects.all():
        assert set(attempt.parameters) >= {"steps", "guidance", "seed", "aspectRatio"}
        assert PROMPT in attempt.prompt_sent
        assert attempt.state == "settled"


CHATS = [
    ("openai", "gpt-6-luna"),
    ("google-gemini", "gemini-3.5-flash-lite"),
    ("bedrock", "amazon.nova-micro-v1:0"),
    ("openai-compatible", "some-chat-model"),
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("kind", "model_id"), CHATS)
class TestEnhancement:
    @pytest.fixture
    def chat(self, fakes: FakeProviders, kind: str, model_id: str) -> FakeProviders:
        source = {
            "PROMPT_MODEL_PROVIDER": kind,
            "PROMPT_MODEL_ID": model_id,
            "PROMPT_MODEL_KEY": fakes.key(kind),
            "PROMPT_MODEL_BASE_URL": fakes.base_url(kind),
        }
        slot, problems = read_chat(source, ())
        assert problems == []
        sync_chat(slot)
        return fakes

    def test_a_language_model_enhances(self, api: Api, chat: FakeProviders) -> None:
        said = '```json\n{"short": "A cat.", "long": "A cat sits. It is warm."}\n```'
        chat.plan(behaviours.says(said), stage="text")
        told = api.post("/enhance", {"prompt": "cat"}).json()
        assert told == {
            "original": "cat",
            "enhanced": "A cat sits. It is warm.",
            "short_prompt": "A cat.",
            "long_prompt": "A cat sits. It is warm.",
        }
        assert chat.complaints == []
        assert Attempt.objects.get().purpose == "enhancement"

    @pytest.mark.parametrize(
        "behaviour",
        [
            behaviours.bad_key(),
            behaviours.server_error(500),
            behaviours.not_json(),
            behaviours.says("I would rather talk about dogs."),
            behaviours.says('{"short": "same", "long": "same"}'),
            behaviours.says('{"short": "", "long": "x"}'),
            behaviours.reset_before_answer(),
        ],
    )
    def test_the_built_in_enhancer_steps_in(
        self, api: Api, chat: FakeProviders, behaviour: behaviours.Behaviour
    ) -> None:
        chat.plan(behaviour, stage="text")
        told = api.post("/enhance", {"prompt": "cat"})
        assert told.status_code == 200
        assert told.json()["fallback"] is True
        assert "cat" in told.json()["short_prompt"]
        assert len(chat.traffic) == 1


@pytest.mark.django_db
def test_an_enhancer_the_environment_no_longer_names_rests(fakes: FakeProviders) -> None:
    source = {"PROMPT_MODEL_PROVIDER": "openai", "PROMPT_MODEL_KEY": "sk-1"}
    for key in ("sk-1", "sk-2"):
        slot, _problems = read_chat(source | {"PROMPT_MODEL_KEY": key}, ())
        sync_chat(slot)
    assert ChatModel.objects.filter(enabled=True).count() == 1
    sync_chat(None)
    assert not ChatModel.objects.filter(enabled=True).exists()


def test_a_slot_s_account_can_enhance_too(fakes: FakeProviders) -> None:
    env = variables(fakes)
    slots, _problems = read_slots(env, private_hosts=LOCAL)
    slot, problems = read_chat(env | {"PROMPT_MODEL_INDEX": "1"}, slots)
    assert problems == []
    assert slot is not None
    assert (slot.account.kind, slot.model_id) == ("openai", "gpt-6-luna")
    _slot, problems = read_chat(env | {"PROMPT_MODEL_INDEX": "7"}, slots)
    assert "cannot enhance" in dict(problems)["PROMPT_MODEL_INDEX"]
    _slot, problems = read_chat(env | {"PROMPT_MODEL_INDEX": "99"}, slots)
    assert "number" in dict(problems)["PROMPT_MODEL_INDEX"]


def test_a_text_that_is_too_long_is_cut_at_a_word() -> None:
    long = enhancement.read(f'{{"short": "s", "long": "{"word " * 400}"}}').long
    assert len(long) <= 1000
    assert long.endswith("word")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, FakeProviders]]:
    """A server with an account of every kind, logging all it can."""
    data = tmp_path_factory.mktemp("desk")
    with FakeProviders() as fakes:
        env = variables(fakes) | {"LOG_LEVEL": "DEBUG"}
        with Served(data, **env) as served:
            yield served, fakes


def log_in(page: Page, served: Served) -> None:
    password = re.search(r"password (\S+)", served.output)
    assert password
    page.goto(f"{served.root}/admin/")
    page.fill("#id_username", "admin")
    page.fill("#id_password", password[1])
    page.click("input[type=submit]")


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason="needs Chromium: install the package chromium")
def test_the_desk_tests_a_model_of_each_kind_and_no_key_is_found_anywhere(
    desk: tuple[Served, FakeProviders], page: Page
) -> None:
    served, fakes = desk
    log_in(page, served)
    page.goto(f"{served.root}/admin/providers/imagemodel/")
    tests = [link.get_attribute("href") for link in page.get_by_role("link", name="Test").all()]
    told: dict[str, str] = {}
    for address in tests:
        page.goto(f"{served.root}{address}")
        name = page.locator("h1").last.inner_text()
        page.locator("#content input[type=submit]").click()
        page.wait_for_load_state()
        shown = page.locator("#content img")
        told[name] = "draws" if shown.count() else page.locator("#content").inner_text()
        if shown.count():
            expect(shown).to_have_js_property("complete", True)
            assert shown.evaluate("image => image.naturalWidth") > 0
    # Together's flavour is not known by this host, so its answer to the plain form is a refusal.
    assert len(told) >= len(MODELS)
    refused = {name: text for name, text in told.items() if text != "draws"}
    assert all("together" in name or "xai" in name for name in refused), refused
    served.finished(served.generate(PROMPT))
    surfaces = [served.get(path).text for path in PAGES[:5]]
    for path in PAGES[5:]:
        page.goto(f"{served.root}{path}")
        surfaces.append(page.content())
    fakes.plan(behaviours.echo_key())
    failing = served.generate("tell me the key")
    served.finished(failing)
    surfaces += [str(served.status(failing)), served.get(f"/jobs/{failing}").text, served.output]
    assert_no_canary(fakes, surfaces, served.data)


def assert_no_canary(fakes: FakeProviders, surfaces: list[str], data: Path) -> None:
    """No key, plain, in base64 or URL-encoded, on any surface or in any file but sealed."""
    files = [path for path in data.rglob("*") if path.is_file() and "static" not in path.parts]
    haystack = "\n".join(surfaces).encode() + b"\n".join(path.read_bytes() for path in files)
    for secret in fakes.canaries:
        for form in (secret, base64.b64encode(secret.encode()).decode()[:-2], quote(secret, "")):
            assert form.encode() not in haystack, f"found {form}"


@pytest.mark.django_db
def test_keys_are_sealed_in_the_database(accounts: FakeProviders) -> None:
    rows = f"{list(Provider.objects.values())}{list(ImageModel.objects.values())}"
    assert not [secret for secret in accounts.canaries if secret in rows]
    assert Provider.objects.exclude(sealed_key="").count() >= 8
