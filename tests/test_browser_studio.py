"""The studio's desk in a real Chromium."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from generation import inspiration
from tests.chromium import CHROMIUM
from tests.served import Served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="needs Chromium: install the package chromium"),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served"), IP_LIMIT="50") as running:
        yield running


def test_inspiration_does_not_repeat_itself_and_can_be_undone(served: Served, page: Page) -> None:
    page.goto(served.root)
    prompt = page.get_by_label("Prompt", exact=True)
    prompt.fill("my own words")
    page.get_by_role("button", name="Inspire me").click()
    page.get_by_role("button", name="Undo").click()
    expect(prompt).to_have_value("my own words")
    given = []
    for _ in range(40):
        page.get_by_role("button", name="Inspire me").click()
        given.append(prompt.input_value())
    assert len(set(given)) == 40
    assert set(given) <= set(inspiration.PROMPTS)
    assert len(set(inspiration.PROMPTS)) >= 70


def test_an_enhancement_marks_what_it_added_and_can_be_undone(served: Served, page: Page) -> None:
    page.goto(served.root)
    prompt = page.get_by_label("Prompt", exact=True)
    prompt.fill("a grey cat")
    page.get_by_role("button", name="Enhance").click()
    dialog = page.get_by_role("dialog", name="Enhance")
    expect(dialog.locator("mark").first).to_be_visible()
    long = dialog.locator("[data-slot=long_prompt]").inner_text()
    dialog.get_by_role("button", name="Use the long one").click()
    expect(prompt).to_have_value(long)
    page.get_by_role("button", name="Undo").click()
    expect(prompt).to_have_value("a grey cat")


def test_a_limit_of_another_kind_is_told_in_the_same_words(
    served: Served, browser: Browser
) -> None:
    told = {"code": "RATE_LIMIT_EXCEEDED", "message": "Please try again in 716 minutes."}
    limited = {"status": 429, "headers": {"Retry-After": "42960"}, "json": told}
    page = browser.new_page(locale="en-US")
    page.route("**/enhance", lambda route: route.fulfill(**limited))
    page.goto(served.root)
    page.get_by_label("Prompt", exact=True).fill("a grey cat")
    page.get_by_role("button", name="Enhance").click()
    trouble = page.get_by_role("dialog", name="Enhance").locator("[data-slot=trouble]")
    words = re.compile(r"^That is all for now\. Come back at [\d:]+\s[AP]M\.$")
    expect(trouble).to_have_text(words)
    page.close()


def test_the_desk_says_which_models_do_not_know_a_parameter(served: Served, page: Page) -> None:
    page.goto(served.root)
    page.get_by_text("Shape, seed and more").click()
    steps, seed = (page.locator(f"[data-support={name}]") for name in ("steps", "seed"))
    expect(steps).to_have_text("None of the chosen models knows this.")
    expect(seed).to_be_empty()
    presets = page.locator("[data-support='steps guidance control']")
    expect(presets).to_have_text("None of the chosen models knows this.")


def test_the_summary_tells_only_what_a_chosen_model_knows(served: Served, page: Page) -> None:
    page.goto(served.root)
    page.get_by_text("Shape, seed and more").click()
    page.get_by_label("Seed").fill("42")
    summary = page.locator("[data-slot=settings]")
    expect(summary).to_have_text("seed 42")
    page.get_by_role("button", name="None").click()
    expect(summary).to_be_empty()
    page.get_by_role("button", name="All").click()
    expect(summary).to_have_text("seed 42")


def test_the_estimate_follows_the_choice_which_is_remembered(served: Served, page: Page) -> None:
    page.goto(served.root)
    generate = page.get_by_role("button", name=re.compile("^Generate"))
    expect(generate).to_contain_text("8 images · free")
    page.get_by_role("checkbox", name=re.compile("^Ink")).uncheck()
    expect(generate).to_contain_text("7 images · free")
    page.reload()
    expect(generate).to_contain_text("7 images · free")
    page.get_by_role("button", name="None").click()
    expect(generate).to_contain_text("choose a model")


def test_what_is_left_is_told_before_it_is_gone(served: Served, page: Page) -> None:
    page.goto(served.root)
    expect(page.get_by_text(re.compile(r"^\d+ of 50 runs left until"))).to_be_visible()


def test_an_unfinished_run_is_not_shown_as_a_finished_one(served: Served, page: Page) -> None:
    served.generate("still being drawn", listed=True)
    page.goto(served.root)
    expect(page.locator(".wall [data-tile]:not([data-status=completed])")).to_have_count(0)


def test_on_a_phone_the_tiles_are_a_deck_and_every_target_is_large(
    served: Served, browser: Browser
) -> None:
    served.finished(served.generate("a run to look at"))
    context = browser.new_context(
        viewport={"width": 360, "height": 760}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(served.root)
    page.get_by_text("Shape, seed and more").tap()
    generate = page.get_by_role("button", name=re.compile("^Generate"))
    expect(generate).to_be_in_viewport(ratio=1)
    assert page.evaluate(SMALL) == []
    prompt = page.get_by_label("Prompt", exact=True)
    prompt.fill("seen from everywhere")
    bar = page.locator("[data-to-prompt]")
    expect(bar).to_be_hidden()
    page.locator(".wall [data-tile]").first.scroll_into_view_if_needed()
    expect(bar).to_have_text("seen from everywhere")
    expect(bar).to_be_in_viewport(ratio=1)
    expect(generate).to_be_in_viewport(ratio=1)
    bar.tap()
    expect(prompt).to_be_focused()
    expect(prompt).to_be_in_viewport()
    page.get_by_role("link", name="Open this run").tap()
    first, second = (page.locator("[data-tile]").nth(place) for place in (0, 1))
    expect(first.get_by_text("1 of 8")).to_be_visible()
    expect(first).to_be_in_viewport(ratio=0.5)
    page.locator("[data-tiles]").evaluate("deck => deck.scrollBy(300, 0)")
    expect(second.get_by_text("2 of 8")).to_be_in_viewport()
    assert page.evaluate(SMALL) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    context.close()


def test_enlarged_twice_the_bar_leaves_the_page_to_the_words(served: Served, page: Page) -> None:
    page.set_viewport_size({"width": 720, "height": 450})
    page.goto(served.root)
    generate = page.get_by_role("button", name=re.compile("^Generate"))
    expect(generate).not_to_be_in_viewport()
    generate.scroll_into_view_if_needed()
    expect(generate).to_be_in_viewport(ratio=1)


SMALL = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
  .filter((each) => each.checkVisibility() && !each.closest("p, .skip"))
  .map((each) => [each.outerHTML.slice(0, 90), (each.closest("label") ?? each)])
  .map(([text, each]) => [text, each.getBoundingClientRect()])
  .filter(([, { width, height }]) => width < 43.5 || height < 43.5)
  .map(([text]) => text)"""
