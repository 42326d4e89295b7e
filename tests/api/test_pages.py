"""The server-rendered pages, as a browser without JavaScript uses them."""

import html
import re
from typing import Any

import pytest
from django.test import Client

from generation.models import Job, Result
from generation.submission import Order, submit
from providers.models import ImageModel, Provider
from tests.api.drawing import draw, drawn, fail
from tests.support import NOBODY, make_job, make_model

pytestmark = pytest.mark.django_db

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.fixture
def browser() -> Client:
    """A browser that has opened the studio, so that it has the form's token."""
    client = Client(enforce_csrf_checks=True, headers={"accept": BROWSER})
    client.get("/")
    return client


def form(client: Client, **fields: Any) -> dict[str, Any]:
    """The studio's form as a browser sends it."""
    empty = dict.fromkeys(("seed", "aspect_ratio", "negative_prompt"), "")
    numbers = {"steps": "25", "guidance": "7", "control": "1"}
    usual = {"prompt": "a red fox", "listed": "on", "models": ["aurora"]}
    token = client.cookies["csrftoken"].value
    return {"csrfmiddlewaretoken": token} | empty | numbers | usual | fields


def text(answer: Any) -> str:
    return str(answer.content.decode())


def errors(page: str) -> list[str]:
    found = re.findall(r'<p class="error"[^>]*data-error-for="(\w+)">([^<]*)</p>', page)
    return [field for field, message in found if message.strip()]


def test_the_studio_offers_every_model(browser: Client, aurora: ImageModel) -> None:
    answer = browser.get("/")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert re.search(
        r'<input type="checkbox" name="models" value="aurora"[^>]* checked', text(answer)
    )


def test_without_any_model_nothing_is_said_of_demo_models(
    browser: Client, aurora: ImageModel
) -> None:
    assert "Demo models are drawing." in text(browser.get("/"))
    ImageModel.objects.update(enabled=False)
    page = text(browser.get("/"))
    assert "Demo models are drawing." not in page
    assert "No model is enabled." in page


def test_a_form_without_javascript_makes_a_job_and_leads_to_it(
    browser: Client, aurora: ImageModel
) -> None:
    fields = {"seed": "7", "aspect_ratio": "16:9", "negative_prompt": "people", "guidance": "3.5"}
    answer = browser.post("/", form(browser, **fields))
    job = Job.objects.get()
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/jobs/{job.id}"
    assert (job.prompt, job.seed, job.aspect_ratio) == ("a red fox", 7, "16:9")
    assert (job.negative_prompt, job.guidance, job.listed) == ("people", 3.5, True)
    page = browser.get(answer.headers["Location"])
    assert "a red fox" in text(page)
    assert 'http-equiv="refresh"' in text(page)


def test_an_unticked_box_keeps_the_job_out_of_the_gallery(
    browser: Client, aurora: ImageModel
) -> None:
    fields = form(browser)
    del fields["listed"]
    browser.post("/", fields)
    assert Job.objects.get().listed is False


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("prompt", "", "prompt"),
        ("prompt", "x" * 1001, "prompt"),
        ("steps", "0", "steps"),
        ("steps", "many", "steps"),
        ("steps", "nan", "steps"),
        ("guidance", "1e400", "guidance"),
        ("control", "-1", "control"),
        ("seed", "0.5", "seed"),
        ("aspect_ratio", "7:5", "aspect_ratio"),
        ("negative_prompt", "x" * 1001, "negative_prompt"),
        ("models", [], "models"),
        ("models", ["no-such-model"], "models"),
        ("models", ["a\0b"], "models"),
    ],
)
def test_a_refused_form_says_why_beside_the_field_and_keeps_what_was_typed(
    browser: Client, aurora: ImageModel, name: str, value: Any, field: str
) -> None:
    answer = browser.post("/", form(browser, **{"prompt": "typed at length", name: value}))
    assert answer.status_code == 400
    assert errors(text(answer)) == [field]
    if name != "prompt":
        assert "typed at length" in text(answer)
    assert not Job.objects.exists()


def test_choosing_no_model_is_told_to_people(browser: Client, aurora: ImageModel) -> None:
    answer = browser.post("/", form(browser, models=[]))
    assert "Choose at least one model." in text(answer)


def test_an_unavailable_model_is_told_beside_the_models(
    browser: Client, aurora: ImageModel
) -> None:
    ImageModel.objects.update(enabled=False)
    answer = browser.post("/", form(browser))
    assert answer.status_code == 422
    assert errors(text(answer)) == ["models"]


def test_characters_that_are_no_text_do_no_harm(browser: Client, aurora: ImageModel) -> None:
    answer = browser.post("/", form(browser, prompt="a\0b\r\nc", negative_prompt="\0"))
    assert answer.status_code == 302
    assert Job.objects.get().prompt == "ab\nc"


def test_a_form_from_elsewhere_is_refused(browser: Client, aurora: ImageModel) -> None:
    fields = form(browser)
    del fields["csrfmiddlewaretoken"]
    assert browser.post("/", fields).status_code == 403
    assert not Job.objects.exists()


@pytest.mark.parametrize("charset", ["hex", "idna", "unicode_escape", "undefined", "utf-16"])
def test_forms_are_utf_8_whatever_they_say(
    browser: Client, aurora: ImageModel, charset: str
) -> None:
    token = browser.cookies["csrftoken"].value
    body = (
        f"csrfmiddlewaretoken={token}&prompt=%C3%A9%5Cud800&models=aurora&steps=25&guidance=7"
        "&control=1&listed=on"
    )
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    answer = browser.generic("POST", "/?a=%5Cud800", body.encode(), kind)
    assert answer.status_code == 302
    assert Job.objects.get().prompt == "é\\ud800"


def test_a_prompt_in_the_address_is_in_the_box(browser: Client, aurora: ImageModel) -> None:
    page = text(browser.get("/", {"prompt": f"a fox {EVIL}"}))
    box = re.search(r"<textarea id=\"prompt\"[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert box
    assert html.unescape(box[1]) == f"a fox {EVIL}"
    assert EVIL not in page


@pytest.mark.parametrize("prompt", ["%00", "%ff", "%ed%a0%80", "x" * 5000, "%E2%80%AE"])
def test_any_prompt_in_the_address_gets_the_studio(browser: Client, prompt: str) -> None:
    answer = browser.get(f"/?prompt={prompt}")
    assert answer.status_code == 200
    assert "\0" not in text(answer)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_the_studio_takes_forms_and_readers_only(method: str) -> None:
    answer = Client().generic(method, "/")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, POST"


def test_without_models_the_studio_says_so(browser: Client) -> None:
    page = browser.get("/")
    assert page.status_code == 200
    assert "No model is enabled." in text(page)
    answer = browser.post("/", form(browser, models=[]))
    assert errors(text(answer)) == ["models"]


def test_the_studio_shows_the_newest_run_that_went_well(browser: Client, server: Provider) -> None:
    for name in ("one", "two", "three", "four"):
        make_model(server, name)
    drawn("all went well")
    drawn("too few pictures", slugs=["one"])
    marred = submit(Order("one failed"), client=None)
    for place, result in enumerate(marred.results.order_by("index")):
        draw(result) if place else fail(result)
    page = text(browser.get("/"))
    assert "all went well" in page
    assert "one failed" not in page


class TestJobPage:
    def test_it_shows_each_result_in_its_state(self, browser: Client, demo: Provider) -> None:
        models = [make_model(demo, f"model-{place}", position=place) for place in (1, 2, 3, 4)]
        job = make_job(*models, prompt="one of each")
        first, second, third, _fourth = job.results.order_by("index")
        draw(first)
        assert Result.objects.claim(second.pk, "a worker")
        fail(third)
        page = text(browser.get(f"/jobs/{job.id}"))
        states = re.findall(r'id="tile-\d"[^>]*data-index="(\d)" data-status="(\w+)"', page)
        assert states == [
            ("1", "completed"), ("2", "in_progress"), ("3", "error"), ("4", "pending"),
        ]  # fmt: skip
        assert "The provider refused this prompt." in page
        assert f"http://testserver/media/{job.id}/" in page

    def test_prompts_are_only_ever_text(self, browser: Client, aurora: ImageModel) -> None:
        job = drawn(EVIL)
        for path in (f"/jobs/{job.id}", "/gallery/", "/"):
            page = text(browser.get(path))
            assert EVIL not in page
            assert "<img src=x" not in page
            assert html.escape("<script>alert(1)") in page

    def test_an_overdue_job_is_ended_by_its_reader(
        self, browser: Client, aurora: ImageModel
    ) -> None:
        job = make_job(aurora, deadline=-1)
        page = text(browser.get(f"/jobs/{job.id}"))
        assert 'data-status="failed"' in page
        assert 'http-equiv="refresh"' not in page

    @pytest.mark.parametrize("job_id", [str(NOBODY), "x", "%00", NOBODY.hex, "a/b", "%ff"])
    def test_an_unknown_job_is_a_page_that_says_so(self, browser: Client, job_id: str) -> None:
        answer = browser.get(f"/jobs/{job_id}")
        assert answer.status_code == 404
        assert answer.headers["Content-Type"].startswith("text/html")

    def test_a_job_page_is_never_cached(self, browser: Client, aurora: ImageModel) -> None:
        answer = browser.get(f"/jobs/{make_job(aurora).id}")
        assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/", "/gallery/", "/nope"])
def test_pages_forbid_everything_inline_and_foreign(
    browser: Client, aurora: ImageModel, path: str
) -> None:
    drawn()
    answer = browser.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
    page = text(answer)
    assert not re.search(r"<script(?![^>]* (src|type=\"application/json\"))", page)
    assert not re.search(r"<[^>]* (style|on\w+)=", page)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
