"""A person at a real browser, from an empty library to a moment that plays."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.conftest import skip_or_fail
from tests.pipeline.films import shoot
from tests.workers.system import System

PATIENCE_MS = 60_000
MIDDLE_PIXEL = """video => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 1;
    const pen = canvas.getContext('2d');
    pen.drawImage(video, 0, 0, 1, 1);
    return Array.from(pen.getImageData(0, 0, 1, 1).data.slice(0, 3));
}"""

IS_RED = f"""() => {{
    const video = document.querySelector('video');
    const [red, green, blue] = ({MIDDLE_PIXEL})(video);
    return video.currentTime > 0 && red > 200 && green < 100 && blue < 100;
}}"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where the page of an empty library is served."""
    system = System(tmp_path)
    system.start()
    (page,) = (service for service in system.running.services if service.name == "page")
    yield page.address
    system.stop()


@pytest.fixture
def browser_page() -> Iterator[Page]:
    """A page that fails the test where a script fails, or where it asks a foreign host."""
    program = shutil.which("chromium")
    if program is None:
        skip_or_fail("browser", "there is no chromium on this machine")
    troubles: list[str] = []
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda request: troubles.extend(foreign(request.url)))
        yield page
        browser.close()
    assert not troubles


def foreign(url: str) -> list[str]:
    own = urlsplit(url).scheme in ("data", "blob") or urlsplit(url).hostname == "127.0.0.1"
    return [] if own else [url]


def test_from_an_empty_library_to_a_moment_that_plays(
    address: str, browser_page: Page, tmp_path: Path
) -> None:
    shoot(tmp_path / "films" / "a.mp4", "red", "green", "blue")
    page, patient = browser_page, {"timeout": PATIENCE_MS}

    page.goto(address)
    expect(page.get_by_text("This library is empty")).to_be_visible(**patient)
    page.get_by_label("Folder or video file").fill(str(tmp_path / "films"))
    page.get_by_role("button", name="Add").click()

    page.get_by_role("link", name="Library").click()
    expect(page.get_by_text("1 video, 3 clips")).to_be_visible(**patient)
    expect(page.get_by_text("1 video added")).to_be_visible(**patient)

    page.get_by_role("link", name="Search").click()
    box = page.get_by_label("What happens in the moment?")
    box.fill("blue")
    box.press("Enter")
    expect(page.get_by_text("3 moments in 1 video")).to_be_visible(**patient)
    assert urlsplit(page.url).query == "q=blue"

    # The cards of before stand until those found are drawn.
    expect(page.locator(".clip-card")).to_have_count(3, **patient)
    play_with_keys(page)
    filter_and_compare(page)
    page.keyboard.press("/")
    expect(box).to_be_focused()


def play_with_keys(page: Page) -> None:
    page.keyboard.press("ArrowDown")
    expect(page.locator(".clip-card .play").first).to_be_focused()
    page.keyboard.press("Enter")
    assert_blue_plays(page, later_than=0.2)

    # The first clip of the video is red; its bar is the first one.
    timeline = page.get_by_role("group", name="Moments of this video by time")
    timeline.get_by_role("button").first.click()
    page.wait_for_function(IS_RED)
    page.keyboard.press("Escape")
    expect(page.locator("video")).to_have_count(0, timeout=PATIENCE_MS)


def filter_and_compare(page: Page) -> None:
    cards, patient = page.locator(".clip-card"), {"timeout": PATIENCE_MS}
    page.get_by_label("Colour").click()
    page.get_by_role("option", name="green (1)").click()
    page.keyboard.press("Escape")
    expect(cards).to_have_count(1, **patient)
    assert urlsplit(page.url).query == "q=blue&category=green"

    cards.first.get_by_role("button", name="More like").click()
    expect(page.get_by_text("Moments like this one")).to_be_visible(**patient)
    page.get_by_role("button", name="Clear filters").click()
    expect(cards).to_have_count(2, **patient)


def assert_blue_plays(page: Page, *, later_than: float) -> None:
    video = page.locator("video")
    expect(video).to_be_visible(timeout=PATIENCE_MS)
    page.wait_for_function(f"document.querySelector('video').currentTime > {later_than}")
    red, green, blue = video.evaluate(MIDDLE_PIXEL)
    assert blue > 200 > 100 > max(red, green)
