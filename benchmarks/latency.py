"""How long a search takes from its text to its results, against the least that it can take.

    python -m benchmarks.latency --sizes 1000 20000 100000 --repeats 20

The least is the bare encoder of texts and then the bare search of pymilvus, in the same collection,
for as many hits with the same fields. The three take turns, each with a text that none of them had
before; only "asked again" repeats one. Vectors and captions are random, no two captions alike, the
encoder is the real one, and Milvus Lite runs in this process. Writes latency.json and latency.svg,
and prints a Markdown table; exit code 1 where a limit is not kept.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count, islice
from pathlib import Path

from pymilvus import MilvusClient

from benchmarks.figures import FOLDER, Distribution, Line, draw, machine, write_json
from benchmarks.random_library import WORDS, clips_of_video
from catalog.embedded import EmbeddedMilvus
from catalog.interface import ClipFilter, ClipRecord, ClipStore
from catalog.schema import CLIP_FIELDS
from catalog.versions import FIRST
from encoder.interface import CategoryScore
from pipeline.assembly import open_library
from pipeline.library import Library
from pipeline.moments import search_moments
from pipeline.query import Query, Text
from pipeline.searching import search
from pipeline.settings import load_settings

HITS = 10
SHARES = (1, 10, 50)
"""Percent of the clips that a filter admits."""
CLIPS_PER_WRITE = 500
WARM_UPS = 3
SETTLING_SECONDS = 10
LEAST_SECONDS = 3.0
"""How long a case goes on, however quick: the machine's slow moments are shorter."""
FACTOR, SPREAD = 1.3, 2.0
"""What a search may take of the least, and its 95th percentile of its median."""
LIMITED_FROM = 20_000
"""Below, what a search does beside Milvus and the encoder weighs more than they do."""
ALL, AGAIN, MOMENTS = "all clips", "asked again", "as moments"


@dataclass(frozen=True)
class Case:
    """One way to search."""

    name: str
    where: ClipFilter = ClipFilter()
    expression: str = ""
    """What the bare search is given for `where`."""
    ask: Callable[..., object] = search
    repeated: bool = False


@dataclass(frozen=True)
class Measured:
    """One case at one size; seconds."""

    clips: int
    case: str
    encoder: Distribution
    milvus: Distribution
    search: Distribution

    @property
    def ratio(self) -> float:
        return self.search.p50 / (self.encoder.p50 + self.milvus.p50)

    @property
    def tail(self) -> float:
        return self.search.p95 / self.search.p50

    @property
    def is_limited(self) -> bool:
        return self.clips >= LIMITED_FROM and self.case in (ALL, *map(_filtered, SHARES))

    @property
    def is_kept(self) -> bool:
        return not self.is_limited or (self.ratio <= FACTOR and self.tail <= SPREAD)


def main() -> int:
    """Measure, write and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.latency")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 20_000, 100_000])
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--to", type=Path, default=FOLDER, help="where the figures are written")
    arguments = parser.parse_args()
    measured: list[Measured] = []
    with tempfile.TemporaryDirectory() as place, opened(Path(place)) as (library, client):
        records = endless_clips(library.store.space.dimension)
        held = 0
        for size in sorted(arguments.sizes):
            fill(library.store, records, count=size - held)
            held = size
            settle(library, client)
            measured += measure(library, client, clips=size, repeats=arguments.repeats)
    report(measured, arguments.to)
    return int(not all(one.is_kept for one in measured))


@contextmanager
def opened(folder: Path) -> Iterator[tuple[Library, MilvusClient]]:
    """A new library with the compact encoder, and a bare client of the same Milvus Lite."""
    server = EmbeddedMilvus(folder / "catalog")
    settings = load_settings(folder).model_copy(update={"milvus_uri": server.uri})
    try:
        with open_library(settings, create=True) as library:
            client = MilvusClient(uri=server.uri)
            yield library, client
            client.close()
    finally:
        server.close()


def endless_clips(dimension: int) -> Iterator[ClipRecord]:
    """Clips, of which each of `SHARES` percent carry the label that says so."""
    dice = random.Random(0)
    number = 0
    while True:
        for record in clips_of_video(number, dice, dimension=dimension):
            drawn = [share for share in SHARES if 100 * dice.random() < share]
            labels = tuple(CategoryScore(_filtered(share), "share", 0.5) for share in drawn)
            described = record.description
            categories = (*described.categories, *labels)
            yield replace(record, description=replace(described, categories=categories))
        number += 1


def fill(store: ClipStore, records: Iterator[ClipRecord], *, count: int) -> None:
    """Write clips quickly, without the records of their videos, which no search here looks at."""
    for _ in range(0, count, CLIPS_PER_WRITE):
        store.upsert_clips(list(islice(records, CLIPS_PER_WRITE)))
    store.flush()


def settle(library: Library, client: MilvusClient) -> None:
    """Search for a while: Milvus Lite goes on tidying when it has been filled."""
    until = time.monotonic() + SETTLING_SECONDS
    while time.monotonic() < until:
        _measured(library, client, Case(ALL), clips=0, repeats=1)


def measure(library: Library, client: MilvusClient, *, clips: int, repeats: int) -> list[Measured]:
    return [_measured(library, client, case, clips, repeats) for case in _cases()]


def _cases() -> list[Case]:
    filters = [
        Case(
            _filtered(share),
            ClipFilter(categories=(_filtered(share),)),
            f'array_contains(labels, "{_filtered(share)}")',
        )
        for share in SHARES
    ]
    return [
        Case(ALL), *filters, Case(AGAIN, repeated=True), Case(MOMENTS, ask=search_moments),
    ]  # fmt: skip


def _filtered(share: int) -> str:
    return f"{share} % of clips"


def _measured(
    library: Library, client: MilvusClient, case: Case, clips: int, repeats: int
) -> Measured:
    texts = _texts(seed=f"{clips} {case.name}")
    vector = library.encoder.embed_texts(["a warm up"])[0]
    again = next(texts)

    def encode() -> None:
        library.encoder.embed_texts([next(texts)])

    def scan() -> None:
        client.search(
            FIRST,
            data=[vector],
            limit=HITS,
            filter=case.expression,
            output_fields=CLIP_FIELDS,
        )

    def ask() -> None:
        text = again if case.repeated else next(texts)
        case.ask(library, Query.of(Text(text)), limit=HITS, where=case.where)

    taken = _take_turns([encode, scan, ask], repeats)
    return Measured(clips, case.name, *map(Distribution.of, taken))


def _texts(*, seed: str) -> Iterator[str]:
    dice = random.Random(seed)
    number = 0
    while True:
        number += 1
        yield f"a {dice.choice(WORDS)} and a {dice.choice(WORDS)} near {number} cars"


def _take_turns(actions: Sequence[Callable[[], None]], repeats: int) -> list[list[float]]:
    """Seconds of each action, in every repeat another one first."""
    taken: list[list[float]] = [[] for _ in actions]
    until = time.monotonic() + LEAST_SECONDS
    for repeat in count():
        if repeat >= repeats + WARM_UPS and time.monotonic() > until:
            break
        for turn in range(len(actions)):
            number = (repeat + turn) % len(actions)
            began = time.perf_counter()
            actions[number]()
            if repeat >= WARM_UPS:
                taken[number].append(time.perf_counter() - began)
    return taken


def report(measured: Sequence[Measured], folder: Path) -> None:
    figures = [
        {
            "clips": one.clips,
            "case": one.case,
            "encoder": one.encoder.as_json(),
            "milvus": one.milvus.as_json(),
            "search": one.search.as_json(),
            "ratio": round(one.ratio, 3),
            "p95_to_p50": round(one.tail, 3),
            "kept": one.is_kept,
        }
        for one in measured
    ]
    write_json(folder / "latency.json", {"machine": machine(), "hits": HITS, "figures": figures})
    _draw(measured, folder / "latency.svg")
    print(
        "| clips | search | encoder, ms | Milvus, ms | search p50, ms | of the two | p95 / p50 |\n"
        "|---|---|---|---|---|---|---|"
    )
    for one in measured:
        cells = f"{one.encoder} | {one.milvus} | {one.search} | {one.ratio:.2f} | {one.tail:.2f}"
        print(f"| {one.clips} | {one.case} | {cells}{'' if one.is_kept else ' missed'} |")


def _draw(measured: Sequence[Measured], path: Path) -> None:
    plain = [one for one in measured if one.case == ALL]
    sizes = [one.clips for one in plain]
    draw(
        path,
        [
            Line("search", sizes, [1000 * one.search.p50 for one in plain]),
            Line("search, 95th percentile", sizes, [1000 * one.search.p95 for one in plain]),
            Line(
                "encoder of texts + Milvus",
                sizes,
                [1000 * (one.encoder.p50 + one.milvus.p50) for one in plain],
            ),
            Line("encoder of texts", sizes, [1000 * one.encoder.p50 for one in plain]),
        ],
        title="From text to results",
        across="clips in the library",
        up="milliseconds",
    )


if __name__ == "__main__":
    sys.exit(main())
