"""The environment's MODEL_i_* slots, brought into the database again and again."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from providers.addresses import PrivateHosts
from providers.messages import Account
from providers.models import ChatModel, ImageModel, Provider
from providers.slots import ChatSlot, ModelSlot, read_slots
from providers.sync import sync_chat, sync_slots

pytestmark = pytest.mark.django_db

URL = "http://127.0.0.1:9/v1"


def variables(index: int, **values: str) -> dict[str, str]:
    usual = {"NAME": "My model", "PROVIDER": "openai-compatible", "ID": "m-1", "BASE_URL": URL}
    return {f"MODEL_{index}_{name}": value for name, value in (usual | values).items()}


def read(*slots: Mapping[str, str]) -> tuple[ModelSlot, ...]:
    source = {name: value for slot in slots for name, value in slot.items()}
    found, problems = read_slots(
        source | {"MODEL_COUNT": str(len(slots))}, private_hosts=PrivateHosts.parse(["127.0.0.1"])
    )
    assert problems == []
    return found


def only() -> ImageModel:
    return ImageModel.objects.select_related("provider").get()


def test_a_slot_becomes_a_model_and_its_account() -> None:
    assert sync_slots(read(variables(1, KEY="sk-1"))) == []
    model = only()
    assert (model.name, model.model_id, model.slot, model.enabled) == ("My model", "m-1", 1, True)
    assert (model.provider.kind, model.provider.key) == ("openai-compatible", "sk-1")
    assert "sk-1" not in model.provider.sealed_key


def test_an_unchanged_environment_leaves_what_was_edited() -> None:
    slots = read(variables(1, KEY="sk-1"))
    sync_slots(slots)
    ImageModel.objects.update(name="Renamed", enabled=False, price_micros=5)
    Provider.objects.update(name="Renamed too", region="here")
    sync_slots(slots)
    model = only()
    assert (model.name, model.enabled, model.price_micros) == ("Renamed", False, 5)
    assert (model.provider.name, model.provider.region) == ("Renamed too", "here")


def test_a_changed_value_updates_only_itself() -> None:
    sync_slots(read(variables(1, KEY="sk-1")))
    ImageModel.objects.update(name="Renamed")
    Provider.objects.update(name="Ours")
    sync_slots(read(variables(1, KEY="sk-2")))
    model = only()
    assert (model.name, model.provider.name, model.provider.key) == ("Renamed", "Ours", "sk-2")
    sync_slots(read(variables(1, KEY="sk-2", NAME="Newly named")))
    assert only().name == "Newly named"


def test_another_model_id_makes_a_new_model() -> None:
    sync_slots(read(variables(1)))
    sync_slots(read(variables(1, ID="m-2")))
    old, new = ImageModel.objects.order_by("model_id")
    assert (old.model_id, old.slot, old.enabled) == ("m-1", None, False)
    assert (new.model_id, new.slot, new.enabled) == ("m-2", 1, True)
    assert old.slug != new.slug


def test_going_back_to_an_earlier_id_brings_the_earlier_model_back() -> None:
    for model_id in ("m-1", "m-2", "m-1"):
        sync_slots(read(variables(1, ID=model_id)))
    assert ImageModel.objects.count() == 2
    assert ImageModel.objects.get(slot=1).model_id == "m-1"
    assert ImageModel.objects.get(slot=1).enabled


def test_slots_above_the_count_are_switched_off_and_kept() -> None:
    sync_slots(read(variables(1), variables(2, ID="m-2")))
    sync_slots(read(variables(1)))
    assert list(ImageModel.objects.order_by("model_id").values_list("model_id", "enabled")) == [
        ("m-1", True),
        ("m-2", False),
    ]


def test_equal_accounts_are_one_provider() -> None:
    sync_slots(
        read(
            variables(1, KEY="sk-1"),
            variables(2, ID="m-2", KEY="sk-1"),
            variables(3, ID="m-3", KEY="sk-3"),
        )
    )
    assert Provider.objects.count() == 2
    first, second, third = ImageModel.objects.order_by("slot")
    assert first.provider == second.provider != third.provider


def test_a_new_key_for_one_of_two_models_does_not_touch_the_other() -> None:
    sync_slots(read(variables(1, KEY="sk-1"), variables(2, ID="m-2", KEY="sk-1")))
    sync_slots(read(variables(1, KEY="sk-9"), variables(2, ID="m-2", KEY="sk-1")))
    first, second = ImageModel.objects.order_by("slot").select_related("provider")
    assert (first.provider.key, second.provider.key) == ("sk-9", "sk-1")


def test_a_key_for_both_moves_both() -> None:
    sync_slots(read(variables(1, KEY="sk-1"), variables(2, ID="m-2", KEY="sk-1")))
    sync_slots(read(variables(1, KEY="sk-2"), variables(2, ID="m-2", KEY="sk-2")))
    first, second = ImageModel.objects.order_by("slot").select_related("provider")
    assert (first.provider.key, second.provider.key) == ("sk-2", "sk-2")


def test_syncing_twice_changes_nothing_more() -> None:
    slots = read(variables(1), variables(2, ID="m-2", KEY="k"))
    sync_slots(slots)
    before = list(ImageModel.objects.values()), list(Provider.objects.values())
    sync_slots(slots)
    assert (list(ImageModel.objects.values()), list(Provider.objects.values())) == before


def test_fingerprints_tell_nothing_of_a_key() -> None:
    sync_slots(read(variables(1, KEY="canary-key")))
    stored = f"{ImageModel.objects.values().get()}{Provider.objects.values().get()}"
    assert "canary-key" not in stored


@pytest.mark.parametrize(
    ("source", "variable", "words"),
    [
        ({"MODEL_COUNT": "1"}, "MODEL_1_NAME", "missing"),
        ({"MODEL_1_NAME": "x"}, "MODEL_COUNT", "Set it to 1"),
        ({"MODEL_COUNT": "1", "MODEL_1_NAME": "Nonsense"}, "MODEL_1_NAME", "base URL"),
        ({"MODEL_COUNT": "1", "MODEL_1_NAME": "gpt-6-luna"}, "MODEL_1_NAME", "text model"),
        (
            {"MODEL_COUNT": "1", "MODEL_1_NAME": "x", "MODEL_1_PROVIDER": "acme"},
            "MODEL_1_PROVIDER",
            "openai",
        ),
        (
            {"MODEL_COUNT": "1", "MODEL_1_NAME": "Flux Pro"},
            "MODEL_1_KEY",
            "bfl needs a key",
        ),
        (
            {"MODEL_COUNT": "1", "MODEL_1_NAME": "x", "MODEL_1_BASE_URL": "http://10.0.0.9/v1"},
            "MODEL_1_BASE_URL",
            "ALLOWED_PRIVATE_HOSTS",
        ),
    ],
)
def test_a_wrong_slot_is_told_with_what_to_do(
    source: dict[str, str], variable: str, words: str
) -> None:
    _slots, problems = read_slots(source)
    assert variable in dict(problems)
    assert words in dict(problems)[variable]


def test_every_problem_of_a_slot_is_told() -> None:
    source = {
        "MODEL_COUNT": "1",
        "MODEL_1_PROVIDER": "nope",
        "MODEL_1_BASE_URL": "ftp://example.org",
    }
    _slots, problems = read_slots(source)
    assert [name for name, _text in problems] == [
        "MODEL_1_NAME",
        "MODEL_1_PROVIDER",
        "MODEL_1_BASE_URL",
    ]


@pytest.fixture
def new_secret(settings: Any) -> Callable[[], None]:
    """Takes another SECRET_KEY into use, and keeps the earlier one as a fallback."""

    def change() -> None:
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another secret that is long enough to be one"

    return change


def test_a_new_secret_key_with_its_fallback_changes_no_model(
    new_secret: Callable[[], None], settings: Any
) -> None:
    slots = read(variables(1, KEY="sk-1"), variables(2, NAME="Other", KEY="sk-2"))
    sync_slots(slots)
    before = list(ImageModel.objects.values("pk", "slot", "enabled", "provider"))
    ImageModel.objects.update(position=7)
    new_secret()
    sync_slots(slots)
    settings.SECRET_KEY_FALLBACKS = []
    sync_slots(slots)
    assert list(ImageModel.objects.values("pk", "slot", "enabled", "provider")) == before
    assert set(ImageModel.objects.values_list("position", flat=True)) == {7}


def test_what_changes_together_with_the_secret_key_is_still_seen(
    new_secret: Callable[[], None],
) -> None:
    sync_slots(read(variables(1, KEY="sk-1")))
    new_secret()
    sync_slots(read(variables(1, KEY="sk-2")))
    assert only().provider.key == "sk-2"


def test_a_new_secret_key_with_its_fallback_keeps_the_enhancer(
    new_secret: Callable[[], None], settings: Any
) -> None:
    chat = ChatSlot(Account("openai", "sk-1"), "gpt-6-luna")
    sync_chat(chat)
    new_secret()
    sync_chat(chat)
    settings.SECRET_KEY_FALLBACKS = []
    sync_chat(chat)
    assert ChatModel.objects.get().enabled
    assert Provider.objects.count() == 1
