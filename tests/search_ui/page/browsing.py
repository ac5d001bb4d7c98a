"""A real browser, and what it may not say."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.conftest import skip_or_fail

PATIENCE_MS = 120_000
UNSETTLED = "[data-testid=stSkeleton], [data-stale=true]"
"""Parts that are still to come, or to go."""
GRAVE = frozenset({"serious", "critical"})


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a screen."""
    program = shutil.which("chromium")
    if program is None:
        skip_or_fail("browser", "there is no chromium on this machine")
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def quiet_page(browser: Browser, *, theme: str = "light") -> Iterator[Page]:
    """A page that fails the test where it logs an error, or asks a foreign host."""
    troubles: list[str] = []
    dark = theme == "dark"
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, color_scheme="dark" if dark else "light"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.extend(_error(message)))
    page.on("request", lambda request: troubles.extend(_foreign(request.url)))
    yield page
    context.close()
    assert not troubles


def faults(page: Page) -> list[str]:
    """What axe-core finds serious, with the element that it is about."""
    # Streamlit fetches parts of itself late, that which applies our styles among them.
    page.wait_for_load_state("networkidle")
    expect(page.locator(UNSETTLED)).to_have_count(0, timeout=PATIENCE_MS)
    # Half-way from one colour to another, neither is what people read.
    page.add_style_tag(content="* { transition: none !important; animation: none !important; }")
    found = Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {node['html']}: {node['failureSummary']}"
        for fault in found
        if fault["impact"] in GRAVE
        for node in fault["nodes"]
    ]


def _error(message: ConsoleMessage) -> list[str]:
    said = f"{message.text} {message.location['url']}"
    return [said] if message.type == "error" else []


def _foreign(url: str) -> list[str]:
    own = urlsplit(url).scheme in ("data", "blob") or urlsplit(url).hostname == "127.0.0.1"
    return [] if own else [url]
