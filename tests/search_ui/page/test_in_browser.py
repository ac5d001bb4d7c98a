"""A person at a real browser, from an empty library to a moment that plays."""

from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Page, expect

from tests.pipeline.films import shoot
from tests.search_ui.page.browsing import PATIENCE_MS

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


def test_from_an_empty_library_to_a_moment_that_plays(
    address: str, page: Page, tmp_path: Path
) -> None:
    shoot(tmp_path / "films" / "a.mp4", "red", "green", "blue")
    patient = {"timeout": PATIENCE_MS}

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

    page.goto(f"{address}/?q=blue")
    mix_and_take_away(page)
    send_examples(page, tmp_path)


def mix_and_take_away(page: Page) -> None:
    cards, patient = page.locator(".clip-card"), {"timeout": PATIENCE_MS}
    expect(cards).to_have_count(3, **patient)
    cards.first.get_by_role("button", name="Search for less of this").click()
    expect(cards).to_have_count(2, **patient)
    assert urlsplit(page.url).query.startswith("q=blue+unlike%3A")
    page.get_by_role("button", name="less of this", exact=True).click()
    expect(cards).to_have_count(3, **patient)

    page.get_by_role("button", name="minus").click()
    page.keyboard.type("red")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=blue+minus+red")
    expect(cards.first).to_contain_text("something blue", **patient)


def send_examples(page: Page, folder: Path) -> None:
    picture = folder / "green.png"
    Image.new("RGB", (64, 48), (0, 255, 0)).save(picture)
    first = page.locator(".clip-card").first
    for file, colour in ((picture, "green"), (shoot(folder / "short.mp4", "red"), "red")):
        page.goto(urlsplit(page.url)._replace(query="").geturl())
        page.get_by_role("button", name="Picture or video").click()
        page.locator(".st-key-example input").set_input_files(file)
        expect(first).to_contain_text(f"something {colour}", timeout=PATIENCE_MS)
        expect(page.locator(".clip-card")).to_have_count(3, timeout=PATIENCE_MS)


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
