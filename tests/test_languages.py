"""A language is one file: every text of the interface can be translated."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from generation import inspiration
from generation.models import BlockedTerm, Job, SpendingLimits
from generation.submission import Order, submit
from pixelprompt.languages import languages
from providers.models import ImageModel, Provider
from tests import pseudo
from tests.api.drawing import drawn, fail
from tests.crawl import pages
from tests.gates.limiting import allow

# In English like the contract; Django's script; Django's sentence around a tag.
REFERENCE = ("/docs", "/admin/jsi18n")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def models(server: Provider) -> list[ImageModel]:
    """One that draws, and one without a key."""
    Provider.objects.update(name="わたし")
    keyless = Provider.objects.create(name="ほか", kind="openai")
    return [
        ImageModel.objects.create(
            name=name,
            slug=f"m{number}",
            provider=provider,
            model_id=str(number),
            price_micros=40_000,
        )
        for number, (name, provider) in enumerate({"ひとつ": server, "ふたつ": keyless}.items(), 1)
    ]


@pytest.fixture
def jobs(models: list[ImageModel]) -> list[Job]:
    finished, failed = drawn("きつね"), submit(Order("かなしいきつね"), client=None)
    fail(failed.results.get())
    return [finished, failed]


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    pseudo.speak(monkeypatch)
    monkeypatch.setattr(inspiration, "PROMPTS", ("きつね",) * 3)  # ours, and no interface


@pytest.mark.usefixtures("marked")
class TestEveryText:
    def test_of_the_public_pages_can_be_translated(self, client: Client, jobs: list[Job]) -> None:
        starts = ["/", "/gallery/", "/gallery/?q=なにも", "/nowhere"]
        starts += [job.get_absolute_url() for job in jobs]
        found = dict(pages(client, *starts))
        stays = untranslatable(found, without=("/admin", *REFERENCE))
        assert not stays, "\n".join(stays)

    def test_of_a_refusal_can_be_translated(self, client: Client, models: list[ImageModel]) -> None:
        BlockedTerm.objects.create(text="ちまみれ", category="gore")
        fine = {"prompt": "きつね", "models": [models[0].slug], "steps": "25", "guidance": "7"}
        answers = {}
        wrongs: list[dict[str, Any]] = [
            {"prompt": ""}, {"prompt": "き" * 1001}, {"models": []}, {"models": ["nobody"]},
            {"models": [models[1].slug]}, {"steps": "x"}, {"steps": "101"}, {"guidance": "-1"},
            {"seed": "-1"}, {"aspect_ratio": "x"}, {"prompt": "ちまみれ"},
            {"negative_prompt": "き" * 1001},
        ]  # fmt: skip
        for wrong in wrongs:
            answers[str(wrong)] = client.post("/", fine | {"control": "1"} | wrong)
        SpendingLimits.objects.create(daily_cap_micros=1)
        answers["budget"] = client.post("/", fine | {"control": "1"})
        allow("address", 0)
        answers["limit"] = client.post("/", fine | {"control": "1"})
        assert {name for name, told in answers.items() if told.status_code < 400} == set()
        stays = untranslatable(answers)
        assert not stays, "\n".join(stays)

    def test_of_the_desk_can_be_translated(self, client: Client, jobs: list[Job]) -> None:
        user = User.objects.create_superuser("きみ")
        client.force_login(user)
        found = dict(pages(client, reverse("admin:index")))
        djangos = reverse("admin:auth_user_password_change", args=[user.pk])
        stays = untranslatable(found, without=(*REFERENCE, djangos))
        assert not stays, "\n".join(stays)


def test_scripts_hold_no_sentence_of_their_own() -> None:
    """They say what the page carries for them in template#words."""
    for module in (Path(settings.BASE_DIR) / "static" / "js").glob("*.js"):
        code = re.sub(r"/\*.*?\*/|//[^\n]*", "", module.read_text("utf-8"), flags=re.DOTALL)
        assert re.findall(r"""["'`][A-Z][a-z]+ [a-z][^"'`]*["'`]""", code) == [], module.name


class TestALanguage:
    @pytest.fixture
    def german(self, tmp_path: Path, settings: Any) -> None:
        """One file, as a translator writes it and msgfmt compiles it."""
        folder = tmp_path / "de" / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "django.po").write_text(GERMAN, encoding="utf-8")
        subprocess.run(["msgfmt", "-o", "django.mo", "django.po"], cwd=folder, check=True)
        settings.LOCALE_PATHS = [tmp_path]
        settings.LANGUAGES = languages(tmp_path)

    @pytest.mark.skipif(not shutil.which("msgfmt"), reason="needs msgfmt: install gettext")
    @pytest.mark.usefixtures("german")
    def test_is_one_file_and_speaks_to_those_who_ask_for_it(
        self, client: Client, jobs: list[Job]
    ) -> None:
        asked = {"Accept-Language": "de-AT,de;q=0.9", "Accept": "text/html"}
        page = client.get("/", headers=asked).content.decode()
        assert '<html lang="de"' in page
        assert ">Galerie</a>" in page
        assert '<data value="choose-model">wähle ein Modell</data>' in page
        told = client.get(f"/status/{jobs[1].pk}", headers=asked).json()
        assert told["results"][0]["error"] == "Der Anbieter hat abgelehnt."

    def test_that_nobody_wrote_is_not_pretended(self, client: Client) -> None:
        """Django speaks many that we do not; half a page in each would help nobody."""
        page = client.get("/admin/login/", headers={"Accept-Language": "eo"}).content.decode()
        assert '<html lang="en"' in page


GERMAN = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\nLanguage: de\\n"

msgid "Gallery"
msgstr "Galerie"

msgid "choose a model"
msgstr "wähle ein Modell"

msgid "The provider refused this prompt."
msgstr "Der Anbieter hat abgelehnt."
"""


def untranslatable(answers: dict[str, Any], without: tuple[str, ...] = ("-",)) -> list[str]:
    """Texts that stay as they are, each with a page on which it stands."""
    found: dict[str, str] = {}
    for name, answer in answers.items():
        if not name.startswith(without) and "html" in answer.headers.get("Content-Type", ""):
            texts = pseudo.untranslatable(answer.content.decode())
            found |= dict.fromkeys(texts, name)
    return [f"{text} ({name})" for text, name in found.items()]
