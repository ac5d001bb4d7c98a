"""What writing, searching and browsing cost as a library grows.

    python -m benchmarks.growth --sizes 1000 3000 10000 30000 100000

Every video of 50 clips is written as indexing does: what may be left of it goes, clips follow in
batches, a thumbnail of each beside them, then its record, and all is flushed. Making pictures and
vectors is no part of it. The cost at a size is the median of the last videos that led to it. A
search asks Milvus Lite in this process for 10 hits; "browse" reads all clips, as the page does at
its first look, and "look again" is every later one. Vectors, captions and labels are random, and
nothing is encoded. Writes growth.json and growth.svg, and prints a Markdown table; exit code 1
where a limit is not kept.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import FOLDER, Distribution, Line, draw, machine, write_json
from benchmarks.random_library import (
    CLIPS_PER_VIDEO,
    SPACE,
    RandomEncoder,
    a_picture,
    clips_of_video,
    put_pictures,
    video_of,
)
from catalog.interface import ClipRecord
from catalog.milvus import MilvusStore
from pipeline.batches import batched
from pipeline.indexing import CLIPS_PER_WRITE
from pipeline.library import Library
from pipeline.query import Query, Text
from pipeline.removal import forget
from pipeline.searching import search
from pipeline.settings import load_settings
from pipeline.shelf import Shelf

WINDOW = 20
"""Videos whose writing is measured at each size."""
SEARCHES = 15
LOOKS = 5
FACTOR = 1.5
"""What a clip may cost to write at the last size, of what it costs at the first."""


@dataclass(frozen=True)
class Measured:
    """Costs at one size; seconds."""

    clips: int
    writing: Distribution
    """Of one clip."""
    mean_writing: float
    """Of one clip, of all since the size before: with the tidying that some videos set off."""
    searching: Distribution
    browsing: float
    looking_again: Distribution


def main() -> int:
    """Measure, write and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[1000, 3000, 10_000, 30_000, 100_000]
    )
    parser.add_argument("--to", type=Path, default=FOLDER, help="where the figures are written")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        store = MilvusStore.open(folder / "catalog", space=SPACE)
        with Library(load_settings(folder), store, RandomEncoder) as library:
            measured = grow(library, sorted(arguments.sizes))
    return report(measured, arguments.to)


def grow(library: Library, sizes: Sequence[int]) -> list[Measured]:
    dice = random.Random(0)
    picture = a_picture(dice)
    measured: list[Measured] = []
    number = 0
    for size in sizes:
        taken = []
        while number * CLIPS_PER_VIDEO < size:
            records = clips_of_video(number, dice)
            taken.append(seconds_of(lambda records=records: write(library, records, picture)))
            number += 1
        measured.append(_measured(library, size, [one / CLIPS_PER_VIDEO for one in taken]))
    return measured


def write(library: Library, records: Sequence[ClipRecord], picture: bytes) -> None:
    store = library.store
    forget(library, records[0].video_id)
    put_pictures(records, picture, library.thumbnails)
    for batch in batched(records, CLIPS_PER_WRITE):
        store.upsert_clips(batch)
    store.upsert_video(video_of(records))


def _measured(library: Library, clips: int, writing: Sequence[float]) -> Measured:
    store, dice = library.store, random.Random(clips)
    store.flush()
    shelf = Shelf()
    return Measured(
        clips,
        writing=Distribution.of(writing[-WINDOW:]),
        mean_writing=sum(writing) / len(writing),
        searching=Distribution.of(
            [
                seconds_of(lambda: search(library, Query.of(Text(f"car {dice.random()}"))))
                for _ in range(SEARCHES)
            ]
        ),
        browsing=seconds_of(lambda: shelf.look(library)),
        looking_again=Distribution.of(
            [seconds_of(lambda: shelf.look(library)) for _ in range(LOOKS)]
        ),
    )


def seconds_of(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def report(measured: Sequence[Measured], folder: Path) -> int:
    """Write and print the figures; return the exit code."""
    ratio = measured[-1].writing.p50 / measured[0].writing.p50
    figures = [
        {
            "clips": one.clips,
            "write_a_clip": one.writing.as_json(),
            "write_a_clip_mean_ms": round(1000 * one.mean_writing, 3),
            "search": one.searching.as_json(),
            "browse_ms": round(1000 * one.browsing, 1),
            "look_again": one.looking_again.as_json(),
        }
        for one in measured
    ]
    write_json(
        folder / "growth.json",
        {"machine": machine(), "writing_last_to_first": round(ratio, 3), "figures": figures},
    )
    _draw(measured, folder / "growth.svg")
    print(
        "| clips | write a clip, ms | mean of all | search, ms | browse, ms | look again, ms |\n"
        "|---|---|---|---|---|---|"
    )
    for one in measured:
        means = f"{1000 * one.mean_writing:.2f}"
        print(
            f"| {one.clips} | {one.writing} | {means} | {one.searching} "
            f"| {1000 * one.browsing:.0f} | {one.looking_again} |"
        )
    print(f"\nA clip costs {ratio:.2f} times at the end what it cost at first; allowed: {FACTOR}")
    return int(ratio > FACTOR)


def _draw(measured: Sequence[Measured], path: Path) -> None:
    sizes = [one.clips for one in measured]
    first = measured[0]
    draw(
        path,
        [
            Line(
                "write a clip",
                sizes,
                [one.writing.p50 / first.writing.p50 for one in measured],
            ),
            Line("search", sizes, [one.searching.p50 / first.searching.p50 for one in measured]),
            Line("browse", sizes, [one.browsing / first.browsing for one in measured]),
            Line(
                "look again",
                sizes,
                [one.looking_again.p50 / first.looking_again.p50 for one in measured],
            ),
        ],
        title="Cost as the library grows",
        across="clips in the library",
        up=f"times that of {first.clips:,} clips",
        up_scale="log",
    )


if __name__ == "__main__":
    sys.exit(main())
