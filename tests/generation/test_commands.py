"""`manage.py doctor`, `load_models` and `sync_models` as an operator types them."""

from io import StringIO
from pathlib import Path
from typing import Any

import dramatiq
import pytest
from django.core.management import CommandError, call_command

from pixelprompt.broker import configure
from providers.models import ImageModel, Provider
from tests.support import make_model

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out, stderr=out)
    return out.getvalue()


def test_the_doctor_finds_nothing_wrong(aurora: ImageModel) -> None:
    ImageModel.objects.update(price_micros=0)
    assert "in order" in run("doctor")


def test_the_doctor_says_what_is_missing_and_what_to_do(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match="1 found"):
        call_command("doctor")
    told = capsys.readouterr().out
    assert "problem: No image model is enabled and usable. Add one in the admin" in told


def test_the_doctor_warns_where_no_server_runs(aurora: ImageModel) -> None:
    told = run("doctor")
    assert "warning: No sweeper has been seen yet. Start the server or a worker" in told
    assert "No worker thread" not in told


def test_the_doctor_asks_a_broker_of_its_own(aurora: ImageModel, settings: Any) -> None:
    settings.BROKER_URL = "redis://:secret@127.0.0.1:1/0"
    before = dramatiq.get_broker()
    configure(settings.BROKER_URL)
    try:
        told = StringIO()
        with pytest.raises(CommandError, match="1 found"):
            call_command("doctor", stdout=told)
    finally:
        dramatiq.set_broker(before)
    assert "problem: Redis does not answer (ConnectionError). See BROKER_URL" in told.getvalue()


def test_the_doctor_names_a_key_it_cannot_open(
    server: Provider, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    make_model(server, "m-1")
    settings.FIELD_ENCRYPTION_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]
    with pytest.raises(CommandError):
        call_command("doctor")
    assert "Local server: its key cannot be decrypted" in capsys.readouterr().out


def test_the_doctor_warns_of_what_is_about_to_end(server: Provider) -> None:
    openai = Provider(name="OpenAI", kind="openai")
    openai.key = "sk-1"
    openai.save()
    make_model(openai, "gpt-image-1", name="Old")
    told = run("doctor")
    assert "Old: Its provider has retired it. Use gpt-image-2.5-flare instead." in told
    assert "Old: its price is unknown" in told


FILE = """
[[models]]
name = "Flux Pro"
key = "bfl-key"

[[models]]
name = "My server"
provider = "openai-compatible"
id = "m-1"
base_url = "https://models.example.org/v1"
"""


def test_models_are_loaded_from_a_file_once(tmp_path: Path) -> None:
    file = tmp_path / "models.toml"
    file.write_text(FILE)
    assert "2 of 2 models are new" in run("load_models", str(file))
    assert "0 of 2 models are new" in run("load_models", str(file))
    flux = ImageModel.objects.get(name="Flux Pro")
    assert (flux.model_id, flux.provider.kind) == ("flux-2-pro", "bfl")
    assert flux.provider.key == "bfl-key"
    assert flux.price_micros == 30_000
    assert flux.slot is None


def test_a_retired_name_is_loaded_as_its_successor_with_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "models.toml"
    file.write_text('[[models]]\nname = "DALL-E 3"\nkey = "sk-1"\n')
    assert "retired" in run("load_models", str(file))
    assert ImageModel.objects.get().model_id == "gpt-image-2.5-flare"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("not toml at all", "cannot be read"),
        ("[models]\nname = 1", "no list of models"),
        ('[[models]]\nname = "gpt-6-luna"\nkey = "k"', "text model"),
        ('[[models]]\nname = "Flux Pro"', "needs a key"),
        ('[[models]]\nnam = "x"', "is not one of"),
        ('[[models]]\nkey = "x"', "missing"),
    ],
)
def test_a_wrong_file_loads_nothing_and_says_why(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "models.toml"
    file.write_text(f"{FILE}\n{content}" if content.startswith("[[") else content)
    with pytest.raises(CommandError, match=words):
        run("load_models", str(file))
    assert not ImageModel.objects.exists()


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        run("load_models", str(tmp_path / "none.toml"))
