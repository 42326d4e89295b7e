"""Looking closely at a finished job in a real Chromium: the lightbox, and pictures side by side."""

import re
import zipfile
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.chromium import CHROMIUM
from tests.served import Served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="needs Chromium: install the package chromium"),
]

MODELS = ["demo-aurora", "demo-mosaic", "demo-ink", "demo-riso", "demo-orbit"]
STAGE = "#compare [data-slot=stage]"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture(scope="module")
def job(served: Served) -> str:
    """The address of a finished job of five pictures."""
    job_id = served.generate("a fox in the snow", models=MODELS)
    assert served.finished(job_id)["status"] == "completed"
    return f"{served.root}/jobs/{job_id}"


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 360, "height": 760}, has_touch=True, is_mobile=True
    )
    yield context.new_page()
    context.close()


def link(page: Page, index: int) -> Locator:
    return page.locator(f"#tile-{index} [data-slot=link]")


def transforms(page: Page) -> list[str]:
    images = page.locator("#compare .pane img")
    return [str(image.evaluate("image => image.style.transform")) for image in images.all()]


def shown(page: Page) -> list[str]:
    return [name.inner_text() for name in page.locator("#compare figcaption strong").all()]


def touch(page: Page, *moments: list[tuple[float, float]]) -> None:
    """Fingers at these places, one moment after the other, and then gone."""
    session = page.context.new_cdp_session(page)
    for number, places in enumerate(moments):
        points = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(places)]
        kind = "touchMove" if number else "touchStart"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_picture_that_does_not_come_is_told_in_its_tile_and_left_out_of_the_rest(
    job: str, page: Page
) -> None:
    page.goto(job)
    lost = (link(page, 2).get_attribute("href") or "").rsplit(".", 1)[0]
    page.route(f"{lost}*", lambda route: route.fulfill(content_type="image/png", body=""))
    page.reload()
    tile = page.locator("#tile-2")
    expect(tile.get_by_text("This picture cannot be loaded.")).to_be_visible()
    expect(link(page, 2)).not_to_be_visible()
    expect(page.locator("[data-when=lost]:visible")).to_have_count(1)
    link(page, 1).click()
    page.keyboard.press("ArrowRight")
    assert page.url.endswith("#tile-3")
    page.unroute(f"{lost}*")
    expect(page.locator("[data-when=lost]:visible")).to_have_count(0, timeout=20_000)


def test_on_paper_are_words_and_pictures_in_dark_ink_and_nothing_to_press(
    job: str, page: Page
) -> None:
    page.goto(job)
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_role("heading", name="a fox in the snow")).to_have_css(
        "color", "rgb(23, 23, 22)"
    )
    expect(page.locator("button:visible, nav:visible")).to_have_count(0)
    expect(page.locator("[data-slot=link]:visible")).to_have_count(5)


class TestLightbox:
    def test_a_tile_opens_at_full_size_and_focus_returns_to_where_one_looked_last(
        self, job: str, page: Page
    ) -> None:
        page.goto(job)
        link(page, 2).click()
        dialog = page.get_by_role("dialog", name="Mosaic")
        expect(dialog.locator("[data-slot=place]")).to_have_text("2 of 5")
        expect(dialog.locator("img")).to_have_js_property(
            "src", link(page, 2).get_attribute("href")
        )
        page.keyboard.press("ArrowRight")
        assert page.url.endswith("#tile-3")
        with page.expect_download() as saved:
            page.get_by_role("link", name="Download", exact=True).click()
        assert saved.value.suggested_filename == "a-fox-in-the-snow-demo-ink.png"
        page.keyboard.press("Escape")
        expect(link(page, 3)).to_be_focused()
        page.wait_for_url(job)

    def test_a_picture_that_a_cdn_shows_is_saved_from_here(
        self, job: str, browser: Browser
    ) -> None:
        page = browser.new_page()
        page.goto(job)
        link(page, 1).evaluate(
            "link => (link.href = link.href.replace(/.*[/]media/, 'https://pictures.example'))"
        )
        link(page, 1).click()
        with page.expect_download() as saved:
            page.get_by_role("link", name="Download", exact=True).click()
        assert saved.value.suggested_filename == "a-fox-in-the-snow-demo-aurora.png"
        page.close()

    def test_the_address_opens_the_same_picture_and_back_closes_it(
        self, job: str, page: Page
    ) -> None:
        page.goto(f"{job}#tile-4")
        expect(page.get_by_role("dialog", name="Riso")).to_be_visible()
        page.keyboard.press("Escape")
        link(page, 1).click()
        page.go_back()
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.wait_for_url(job)

    def test_details_tell_what_was_sent_and_what_was_ignored(self, job: str, page: Page) -> None:
        page.goto(f"{job}#tile-3")
        page.keyboard.press("d")
        details = page.get_by_role("complementary", name="Details")
        expect(details).to_contain_text("as it was typed")
        expect(details.locator("[data-fate=ignored]").first).to_contain_text("Steps 25 ignored")
        expect(details.locator("[data-fate=applied]")).to_contain_text("Seed")
        page.reload()
        expect(page.get_by_role("complementary", name="Details")).to_be_visible()

    def test_a_finger_leads_to_the_next_picture(self, job: str, phone: Page) -> None:
        phone.goto(f"{job}#tile-2")
        expect(phone.get_by_role("dialog", name="Mosaic")).to_be_visible()
        touch(phone, [(280, 300)], [(180, 305)], [(80, 305)])
        expect(phone.get_by_role("dialog", name="Ink")).to_be_visible()

    def test_two_fingers_look_closer(self, job: str, phone: Page) -> None:
        phone.goto(f"{job}#tile-2")
        scale = phone.locator("#lightbox [data-slot=scale]")
        expect(scale).to_have_text(re.compile("^1.0"))
        touch(phone, [(170, 300), (190, 300)], [(140, 300), (220, 300)], [(140, 300), (220, 300)])
        expect(scale).to_have_text(re.compile("^4.0"))
        expect(phone.get_by_role("dialog", name="Mosaic")).to_be_visible()


class TestCompare:
    def test_zoom_and_pan_move_every_picture_alike(self, job: str, page: Page) -> None:
        page.goto(job)
        page.keyboard.press("c")
        assert shown(page) == ["Aurora (demo)", "Mosaic (demo)"]
        page.keyboard.press("4")
        assert len(shown(page)) == 3
        box = page.locator(STAGE).bounding_box()
        assert box
        page.mouse.move(box["x"] + 100, box["y"] + 200)
        page.mouse.wheel(0, -400)
        seen = [transforms(page)]
        page.mouse.down()
        page.mouse.move(box["x"] + 160, box["y"] + 240)
        page.mouse.up()
        seen.append(transforms(page))
        page.keyboard.press("ArrowLeft")
        seen.append(transforms(page))
        assert [len(set(alike)) for alike in seen] == [1, 1, 1]
        assert len({alike[0] for alike in seen}) == 3
        page.keyboard.press("0")
        assert set(transforms(page)) == {"translate(0px, 0px) scale(1)"}

    def test_a_shared_address_opens_the_same_comparison(
        self, job: str, page: Page, browser: Browser
    ) -> None:
        page.goto(f"{job}#compare=5,2")
        page.keyboard.press("s")
        page.get_by_role("slider").press("ArrowRight")
        page.keyboard.press("+")
        page.wait_for_url(re.compile(r"#compare=5,2&zoom=[\d.]+-[\d.]+-[\d.]+&split=50.5$"))
        context = browser.new_context()
        second = context.new_page()
        second.goto(page.url)
        assert shown(second) == shown(page) == ["Orbit (demo)", "Mosaic (demo)"]
        expect(second.get_by_role("slider")).to_have_value("50.5")
        expect(second.locator("#compare [data-slot=scale]")).to_have_text(re.compile("^1.5"))
        assert transforms(second) == transforms(page)
        context.close()

    def test_two_to_four_are_compared(self, job: str, page: Page) -> None:
        page.goto(f"{job}#compare=1,2")
        for key in "345":
            page.keyboard.press(key)
        assert len(shown(page)) == 4
        assert shown(page)[-1] == "Orbit (demo)"
        for key in "1235":
            page.keyboard.press(key)
        assert len(shown(page)) == 2
        expect(page.locator("[data-announce]")).to_have_text("At least two pictures are compared.")

    def test_the_slider_shows_more_of_one_and_less_of_the_other(self, job: str, page: Page) -> None:
        page.goto(f"{job}#compare=1,2&split=50")
        box = page.locator(STAGE).bounding_box()
        assert box
        middle = box["x"] + box["width"] / 2
        page.mouse.move(middle, box["y"] + box["height"] / 2)
        page.mouse.down()
        page.mouse.move(middle - box["width"] / 4, box["y"] + 60)
        page.mouse.up()
        assert float(page.get_by_role("slider").input_value()) == pytest.approx(25, abs=2)

    def test_it_is_left_by_escape_to_the_button_it_came_from(self, job: str, page: Page) -> None:
        page.goto(job)
        button = page.get_by_role("button", name="Compare")
        button.click()
        page.keyboard.press("Escape")
        expect(button).to_be_focused()
        page.wait_for_url(job)

    def test_a_picture_in_the_lightbox_is_compared_with_the_next(
        self, job: str, page: Page
    ) -> None:
        page.goto(f"{job}#tile-2")
        page.keyboard.press("c")
        assert shown(page) == ["Mosaic (demo)", "Ink (demo)"]
        expect(page.get_by_role("dialog")).to_have_count(1)


STILL = "Promise.allSettled(document.getAnimations().map((a) => a.finished)).then(() => null)"


@pytest.mark.parametrize("place", ["tile-2", "compare=1,2&split=40", "compare=1,2,3,4", "blind"])
def test_every_window_is_open_to_all(job: str, page: Page, place: str) -> None:
    page.goto(f"{job}#{place}")
    if place == "tile-2":
        page.keyboard.press("d")
        expect(page.get_by_role("complementary", name="Details")).to_contain_text("Seed")
    if place == "blind":
        page.keyboard.press("1")
        expect(page.get_by_role("link", name="See the leaderboard")).to_be_visible()
    expect(page.get_by_role("dialog")).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.evaluate(STILL)
        found = Axe().run(page).response["violations"]
        assert [each["id"] for each in found] == []


def test_all_pictures_are_downloaded_with_one_press(job: str, page: Page) -> None:
    page.goto(job)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download all").click()
    assert waiting.value.suggested_filename.startswith("a-fox-in-the-snow-")
    with zipfile.ZipFile(waiting.value.path()) as archive:
        names = [f"{place:02d}-{slug}.png" for place, slug in enumerate(MODELS, start=1)]
        assert archive.namelist() == [*names, "manifest.json"]


class TestBlind:
    def test_names_come_after_the_pick_and_the_first_pick_counts(
        self, served: Served, job: str, page: Page
    ) -> None:
        page.goto(job)
        page.keyboard.press("b")
        dialog = page.get_by_role("dialog", name="Which is the best?")
        assert dialog.locator("li").count() == len(MODELS)
        for slug in MODELS:
            assert slug.removeprefix("demo-") not in dialog.inner_text().lower()
        alts = [image.get_attribute("alt") for image in dialog.locator("img").all()]
        assert alts == [f"Picture {number}" for number in range(1, 6)]
        before = [each.bounding_box() for each in dialog.locator("img").all()]
        page.keyboard.press("2")
        chosen = dialog.locator("[data-chosen] strong")
        name = chosen.inner_text()
        assert name in [f"{slug.removeprefix('demo-').title()} (demo)" for slug in MODELS]
        expect(dialog.get_by_role("status").last).to_have_text(
            re.compile(rf"^You picked {re.escape(name)}\. \d votes?\.$")
        )
        assert [each.bounding_box() for each in dialog.locator("img").all()] == before
        page.keyboard.press("Escape")
        page.wait_for_url(job)
        page.keyboard.press("b")
        dialog.locator("li button").first.click()
        expect(dialog.get_by_role("status").last).to_contain_text(
            f"You picked {name} before, and the first pick counts."
        )

    def test_the_order_is_shuffled(self, job: str, page: Page) -> None:
        orders = set()
        for _ in range(6):
            page.goto(job)
            page.keyboard.press("b")
            rows = page.locator("#blind li").all()
            orders.add(tuple(row.get_attribute("data-index") for row in rows))
        assert len(orders) > 1

    def test_a_link_leads_straight_to_it(self, job: str, phone: Page) -> None:
        phone.goto(f"{job}#blind")
        dialog = phone.get_by_role("dialog", name="Which is the best?")
        dialog.locator("li button").first.tap()
        dialog.get_by_role("link", name="See the leaderboard").tap()
        expect(phone.get_by_role("heading", name="Leaderboard", level=1)).to_be_visible()
        expect(phone.get_by_role("table")).to_be_visible()
