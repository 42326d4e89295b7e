"""Every page in every state: open to all (axe), within the policy, quiet, and with no outside help.

Each is looked at twice: in light at a desk's width, and in dark at a phone's.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Request, ViewportSize, expect

from tests.chromium import CHROMIUM
from tests.fakes import FakeProviders, behaviours
from tests.served import Served
from tests.test_browser_desk import log_in
from tests.test_serve import model_variables

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="needs Chromium: install the package chromium"),
]

DESK = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=360, height=740)
TELL_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`))"""
EXPECTED = "Failed to load resource"  # Chromium logs every answer from 400 on


class Site:
    """A running server with something of everything, and a browser that is logged in."""

    def __init__(self, served: Served, fakes: FakeProviders, page: Page) -> None:
        self.served, self.fakes, self.page = served, fakes, page
        self.troubles: list[str] = []
        page.on("console", self.hear)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("request", self.follow)

    def hear(self, told: Any) -> None:
        if told.type in ("error", "warning") and EXPECTED not in told.text:
            self.troubles.append(told.text)

    def follow(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and f"http://{parts.netloc}" != self.served.root:
            self.troubles.append(f"asked {request.url}")

    def open(self, path: str) -> None:
        self.page.goto(self.served.root + path)

    def admin(self, path: str) -> None:
        self.open(f"/admin/{path}")

    def first(self, listed: str) -> None:
        """The page of the first row of a list."""
        self.admin(f"{listed}/")
        self.page.locator(
            "#result_list tbody th a, #result_list tbody .field-small a"
        ).first.click()
        self.page.wait_for_url(re.compile("/change/"))

    def generate(self, prompt: str) -> None:
        self.open("/")
        self.page.get_by_label("Prompt", exact=True).fill(prompt)
        self.page.get_by_role("button", name=re.compile("^Generate")).click()
        self.page.wait_for_url(re.compile("/jobs/"))

    def finish(self, prompt: str) -> None:
        self.fakes.plan(behaviours.moderated(), model="two", times=1)
        self.generate(prompt)
        expect(self.page.locator("[data-job]")).to_have_attribute("data-status", "partial")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=re.compile(f"^{name}")).first.click()


@pytest.fixture(scope="module")
def providers() -> Iterator[FakeProviders]:
    with FakeProviders() as running:
        yield running


@pytest.fixture(scope="module")
def site(
    providers: FakeProviders, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    env = model_variables(providers, "one", "two") | {"IP_LIMIT": "1000"}
    with Served(tmp_path_factory.mktemp("served"), **env) as served:
        context = browser.new_context(reduced_motion="reduce", viewport=DESK)
        context.add_init_script(TELL_VIOLATIONS)
        site = Site(served, providers, context.new_page())
        site.finish("a finished run")
        log_in(served, site.page)
        yield site
        context.close()


def filled(site: Site) -> None:
    site.open("/")
    site.page.get_by_label("Prompt", exact=True).fill("too long " * 200)
    site.press("Generate")
    expect(site.page.locator("[data-error-for=prompt]")).to_be_visible()


def settings_open(site: Site) -> None:
    site.open("/")
    site.page.locator("[data-settings] > summary").click()


def help_open(site: Site) -> None:
    site.open("/")
    site.page.keyboard.press("?")
    expect(site.page.locator("dialog[open]")).to_be_visible()


def enhance_open(site: Site) -> None:
    site.open("/")
    site.page.get_by_label("Prompt", exact=True).fill("a cat")
    site.press("Enhance")
    expect(site.page.locator("#enhance [data-use=short_prompt]")).to_be_visible()


def running(site: Site) -> None:
    site.fakes.hold()
    site.generate("still being drawn")
    expect(site.page.locator("[data-tile][data-status=in_progress]").first).to_be_visible()


def finished(site: Site) -> None:
    site.fakes.release()
    site.finish("half a success")


def lightbox(site: Site) -> None:
    finished(site)
    site.page.locator("[data-tile][data-status=completed] [data-slot=link]").first.click()
    expect(site.page.locator("#lightbox")).to_be_visible()


def details(site: Site) -> None:
    lightbox(site)
    site.press("Details")
    expect(site.page.locator("[data-slot=call-time]")).to_be_visible()


def with_two(name: str) -> Callable[[Site], None]:
    def opened(site: Site) -> None:
        site.fakes.release()
        site.generate("two pictures")
        expect(site.page.locator("[data-job]")).to_have_attribute("data-status", "completed")
        site.press(name)
        expect(site.page.locator("dialog[open] img").first).to_be_visible()

    return opened


def tested(site: Site) -> None:
    site.fakes.release()
    site.admin("providers/imagemodel/?q=one")
    site.page.get_by_role("link", name="Test").first.click()
    site.press("Send the test")
    expect(site.page.get_by_text("It draws:")).to_be_visible()


def dialog(name: str) -> Callable[[Site], None]:
    def opened(site: Site) -> None:
        finished(site)
        site.press(name)
        expect(site.page.locator("dialog[open]")).to_be_visible()

    return opened


def at(path: str) -> Callable[[Site], None]:
    return lambda site: site.open(path)


def first(listed: str) -> Callable[[Site], None]:
    return lambda site: site.first(listed)


def login(site: Site) -> None:
    kept = site.page.context.cookies()
    site.page.context.clear_cookies()
    site.admin("login/")
    site.page.get_by_label("Username").fill("nobody")
    site.page.get_by_label("Password").fill("wrong")
    site.press("Log in")
    expect(site.page.get_by_text("Please enter the correct")).to_be_visible()
    site.page.context.clear_cookies()
    site.page.context.add_cookies(kept)  # type: ignore[arg-type]


def run_again(site: Site) -> None:
    site.first("generation/job")
    with site.page.expect_navigation():
        site.press("Run again")


def refused(site: Site) -> None:
    site.admin("providers/provider/add/")
    site.press("Save")
    expect(site.page.get_by_text("Please correct the error")).to_be_visible()


def deleting(site: Site) -> None:
    site.first("generation/job")
    site.page.get_by_role("link", name="Delete").click()
    site.page.wait_for_url(re.compile("/delete/"))


LISTS = (
    "providers/provider", "providers/imagemodel", "providers/chatmodel", "generation/job",
    "generation/result", "generation/picture", "generation/attempt", "generation/spendwindow",
    "generation/limit", "generation/whitelisted", "generation/proxytoken",
    "generation/blockedterm/?q=blood", "generation/allowedphrase/?q=blood", "auth/user",
    "auth/group",
)  # fmt: skip
ADDED = ("providers/provider", "providers/imagemodel", "providers/chatmodel", "auth/user")
OPENED = (
    "providers/provider", "providers/imagemodel", "generation/job", "generation/result",
    "generation/attempt", "auth/user",
)  # fmt: skip

STATES: dict[str, Callable[[Site], None]] = {
    "studio": at("/"),
    "studio with a mistake": filled,
    "studio, settings open": settings_open,
    "studio, help open": help_open,
    "studio, enhanced": enhance_open,
    "job running": running,
    "job finished": finished,
    "job, lightbox": lightbox,
    "job, details": details,
    "job, compared": with_two("Compare"),
    "job, blind test": with_two("Blind test"),
    "job, run again with": dialog("Run again with"),
    "job, delete": dialog("Delete"),
    "gallery": at("/gallery/"),
    "gallery, nothing found": at("/gallery/?q=nothingofthekind"),
    "leaderboard": at("/leaderboard/"),
    "page of the API": at("/docs/"),
    "not found": at("/nowhere"),
    "desk": at("/admin/"),
    "desk, login refused": login,
    "desk, form refused": refused,
    "desk, run again": run_again,
    "desk, delete": deleting,
    "desk, tested": tested,
    "desk, try a prompt": at("/admin/generation/blockedterm/try/"),
    "desk, spending limits": at("/admin/generation/spendinglimits/1/change/"),
    "desk, password": at("/admin/password_change/"),
    **{f"list of {name}": at(f"/admin/{name}") for name in LISTS},
    **{f"add to {name}": at(f"/admin/{name}/add/") for name in ADDED},
    **{f"one of {name}": first(name) for name in OPENED},
}


@pytest.mark.parametrize("state", STATES)
def test_a_page_is_open_to_all_and_keeps_to_itself(site: Site, state: str) -> None:
    site.page.set_viewport_size(DESK)
    site.page.emulate_media(color_scheme="light")
    site.troubles.clear()
    STATES[state](site)
    assert site.troubles == []
    site.page.evaluate(AXE_SCRIPT)
    found = violations(site.page)
    site.page.set_viewport_size(PHONE)
    site.page.emulate_media(color_scheme="dark")
    assert found | violations(site.page) == set()


def violations(page: Page) -> set[str]:
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return {f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]}
