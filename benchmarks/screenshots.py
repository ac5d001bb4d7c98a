"""Pictures of every page, for the documentation: ``make screenshots``.

Runs `clipseek up` on a library of the sample footage, and of whatever folders are named, and has
Chromium look at it: light and dark, at a desktop's size and a phone's. Ends where a script of the
page fails.
"""

import argparse
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from pipeline.running import running_system
from search_ui.demo_footage import prepare_footage

TARGET = Path(__file__).parents[1] / "build" / "screenshots"
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
THEMES = ("light", "dark")
PATIENCE_MS = 60_000
WEBP_QUALITY = 70
UNSETTLED = "[data-testid=stStatusWidget], [data-testid=stSkeleton], [data-stale=true]"
DRAWN = """[...document.images].every(image =>
    image.complete || image.getBoundingClientRect().top > innerHeight)"""
"""Pictures further down are fetched when somebody comes there."""


@dataclass(frozen=True)
class View:
    """A page as somebody would find it."""

    name: str
    address: str
    ready: str
    """CSS selector of what is there when all is."""
    click: str = ""
    """CSS selector of what is clicked on the way there."""


VIEWS = (
    View("search", "/?q=a+man+riding+a+bicycle", ".clip-picture"),
    View("moment", "/?q=a+man+riding+a+bicycle", "[role=dialog] .bars button", ".clip-card .play"),
    View("browse", "/browse", ".label-samples"),
    View("map", "/browse", "[data-testid=stVegaLiteChart] .marks", "[role=radio]:has-text('Map')"),
    View("video", "/video", "video"),
    View("library", "/library", "[data-testid=stDataFrame]"),
)
WELCOME = View("first-run", "/", ".uploads")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folders", nargs="*", type=Path, help="videos besides the sample ones")
    arguments.add_argument("--target", type=Path, default=TARGET)
    chosen = arguments.parse_args()
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        sys.exit("screenshots: there is no chromium on this machine; install it")
    chosen.target.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory(prefix="clipseek-", dir=Path.home()) as folder,
        sync_playwright() as player,
    ):
        library = Path(folder) / "library"
        footage = Path(folder) / "Videos"
        prepare_footage(footage)
        browser = player.chromium.launch(executable_path=program, args=["--no-sandbox"])
        with served(library) as address:
            take(browser, address, [WELCOME], chosen.target)
            clipseek(library, "index", footage, *chosen.folders)
            take(browser, address, VIEWS, chosen.target)
        browser.close()


@contextmanager
def served(library: Path) -> Iterator[str]:
    """Run the library's page; gives its address."""
    clipseek(library, "up", "--detach")
    try:
        system = running_system(library)
        assert system is not None
        yield next(service.address for service in system.services if service.name == "page")
    finally:
        clipseek(library, "down")


def clipseek(library: Path, *arguments: object) -> None:
    """Run a command on the library."""
    subprocess.run(
        [sys.executable, "-m", "search_ui.command_line", *map(str, arguments)],
        env=os.environ | {"CLIPSEEK_LIBRARY": str(library)},
        check=True,
    )


def take(browser: Browser, address: str, views: Sequence[View], to: Path) -> None:
    """Take every view in all themes and sizes."""
    for theme in THEMES:
        for size, (width, height) in SIZES.items():
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if theme == "dark" else "light",
            )
            page = context.new_page()
            page.set_default_timeout(PATIENCE_MS)
            page.on("pageerror", lambda error: sys.exit(f"screenshots: {error}"))
            for view in views:
                show(page, address, view)
                save(page, to / f"{view.name}-{size}-{theme}.webp")
            context.close()


def show(page: Page, address: str, view: View) -> None:
    """Go to a view and wait until it has settled."""
    page.goto(address + view.address)
    if view.click:
        page.locator(view.click).first.click()
    page.locator(view.ready).first.wait_for()
    page.wait_for_load_state("networkidle")
    expect(page.locator(UNSETTLED)).to_have_count(0, timeout=PATIENCE_MS)
    page.wait_for_function(DRAWN)
    page.wait_for_timeout(500)


def save(page: Page, path: Path) -> None:
    """Write what is seen as a small WebP file."""
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.save(path, "WEBP", quality=WEBP_QUALITY, method=6)
    print(path.name, f"{path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
