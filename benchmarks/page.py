"""Measures the page in headless Chromium, on a library of many clips.

    python -m benchmarks.page --clips 20000 --repeats 15

Vectors, captions and labels are random, and texts are embedded by a stand-in that takes no time, so
that what the page adds is all there is. Each search is timed in the browser, from Enter to the
last card, and as the same library call in this process on the same catalog's server, one after
the other in changing order. Prints a Markdown table; exit code 1 where a limit is not kept.
"""

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.random_library import SPACE, RandomEncoder, fill
from catalog.milvus import MilvusStore
from pipeline import assembly
from pipeline.library import Library
from pipeline.query import Query, Text
from pipeline.searching import search
from pipeline.settings import Settings, load_settings
from workers.services import LOOPBACK, accepts

HITS = 24
PATIENCE_SECONDS = 600
READY_SECONDS = 2.0
FACTOR, ADDED_SECONDS = 1.3, 0.3
"""A search may take the factor of the library call's time, and so much more."""

SHOWS = """wanted => {
    const ids = [...document.querySelectorAll('.clip-card')].map(card => card.dataset.clip);
    return ids.sort().join() === wanted;
}"""


@dataclass(frozen=True)
class Timed:
    """One search, seconds."""

    page: float
    library: float


def main() -> int:
    """Run it and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page")
    parser.add_argument("--clips", type=int, default=20_000)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--library", type=Path, help="made where absent, and kept")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    stand_in()
    if arguments.serve:
        from search_ui.page_server import main as serve

        serve()
        return 0
    with tempfile.TemporaryDirectory() as place:
        folder = arguments.library or Path(place) / "library"
        if not (folder / "catalog").is_dir():
            make(folder, clips=arguments.clips)
        with served(folder) as (address, library):
            return measure(address, library, repeats=arguments.repeats)


def stand_in() -> None:
    """Put the random encoder in the place of the real one."""
    assembly.load_encoder = lambda _, made=None: RandomEncoder()
    assembly.embedding_space = lambda _, download=False, made=None: SPACE


def make(folder: Path, *, clips: int) -> None:
    store = MilvusStore.open(folder / "catalog", space=SPACE, encoder="compact")
    fill(store, folder / "thumbnails", clips=clips)
    store.close()


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, Library]]:
    """The page of a library and the library itself, both on the same catalog's server."""
    catalog_port, page_port = free_port(), free_port()
    environment = {
        **os.environ,
        "CLIPSEEK_LIBRARY": str(folder),
        "CLIPSEEK_MILVUS_URI": f"http://{LOOPBACK}:{catalog_port}",
        "CLIPSEEK_PAGE_PORT": str(page_port),
    }
    catalog = ["catalog.server", "--folder", str(folder / "catalog"), "--port", str(catalog_port)]
    page = ["benchmarks.page", "--serve"]
    running = []
    try:
        for port, command in ((catalog_port, catalog), (page_port, page)):
            running.append(subprocess.Popen([sys.executable, "-m", *command], env=environment))
            wait_for(port)
        settings = load_settings(folder).model_copy(
            update={"milvus_uri": environment["CLIPSEEK_MILVUS_URI"]}
        )
        with opened(settings) as library:
            yield f"http://{LOOPBACK}:{page_port}", library
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait()


def opened(settings: Settings) -> Library:
    return assembly.open_library(settings)


def measure(address: str, library: Library, *, repeats: int) -> int:
    """Time the first look and some searches; print them and return the exit code."""
    with sync_playwright() as player:
        browser = player.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        began = time.perf_counter()
        page.goto(address)
        page.locator(".clip-card").nth(HITS - 1).wait_for()
        ready = time.perf_counter() - began
        page.locator(".st-key-filter-topic").wait_for()
        counted = time.perf_counter() - began
        time_one(page, library, "warm up", page_first=True)
        timed = [
            time_one(page, library, f"a man sits near car {number}", page_first=number % 2 == 0)
            for number in range(repeats)
        ]
        browser.close()
    return report(library.store.count_clips(), ready, counted, timed)


def time_one(page: Page, library: Library, words: str, *, page_first: bool) -> Timed:
    found = search(library, Query.of(Text(words)), limit=HITS)
    wanted = ",".join(sorted(one.record.clip_id for one in found))
    if page_first:
        in_page = time_page(page, words, wanted)
        return Timed(in_page, time_library(library, words))
    in_library = time_library(library, words)
    return Timed(time_page(page, words, wanted), in_library)


def time_page(page: Page, words: str, wanted: str) -> float:
    box = page.get_by_label("What happens in the moment?")
    box.fill(words)
    began = time.perf_counter()
    box.press("Enter")
    page.wait_for_function(SHOWS, arg=wanted)
    took = time.perf_counter() - began
    # What is still drawn beside the results must not count for the next search.
    page.locator('[data-testid="stStatusWidget"]').wait_for(state="detached")
    return took


def time_library(library: Library, words: str) -> float:
    began = time.perf_counter()
    search(library, Query.of(Text(words)), limit=HITS)
    return time.perf_counter() - began


def report(clips: int, ready: float, counted: float, timed: Sequence[Timed]) -> int:
    in_page = statistics.median(one.page for one in timed)
    in_library = statistics.median(one.library for one in timed)
    allowed = FACTOR * in_library + ADDED_SECONDS
    print(f"{clips} clips, {len(timed)} searches, load {os.getloadavg()[0]:.1f}\n")
    print("| what | seconds | allowed |\n|---|---|---|")
    print(f"| first page with 24 moments | {ready:.2f} | {READY_SECONDS:.2f} |")
    print(f"| filters counted after that start | {counted:.2f} | |")
    print(f"| search as a library call, median | {in_library:.3f} | |")
    print(f"| search in the page, median | {in_page:.3f} | {allowed:.3f} |")
    return int(ready > READY_SECONDS or in_page > allowed)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        return int(listener.getsockname()[1])


def wait_for(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not accepts(port):
        if time.monotonic() > deadline:
            raise TimeoutError(f"nothing listens at port {port}")
        time.sleep(0.02)


if __name__ == "__main__":
    sys.exit(main())
