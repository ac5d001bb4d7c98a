"""Whether a search knows that nothing matches, and the fit of the curve that it goes by.

    python -m benchmarks.cutoff --data ../shared/data --folder DIR

Uses the films and the library that `benchmarks.moments` made in DIR. Their moments are divided in
two: with ``--fit`` the curve of `encoder.relevance` is fitted on one half and its constants are
printed; without, the curve as it is is measured on the other half, with other queries. Prints
Markdown. Intervals hold 95 % of 2,000 bootstrap resamples of the queries.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.cutoff_searches import FOREIGN, PRESENT, halves, to_fit, to_measure
from benchmarks.moment_films import written_moments
from benchmarks.part_library import clips_by_moment, part_library
from benchmarks.relevance_fit import Search, fit
from evaluation.images import read_table
from evaluation.intervals import interval_of, resampled_sums
from pipeline.assembly import open_library
from pipeline.found import nothing_matches
from pipeline.indexing import index_paths
from pipeline.library import Library
from pipeline.moments import search_moments
from pipeline.query import Query, Text
from pipeline.settings import load_settings

FOOTAGE_QUERIES = Path(__file__).with_name("footage_queries.tsv")
"""What for (`SHOWN_SHARE` was chosen with those to fit), whether it is shown, and a query."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cutoff")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--folder", type=Path, required=True, help="of the films and the library")
    parser.add_argument("--fit", action="store_true", help="print constants for the curve")
    given = parser.parse_args()
    moments = written_moments(given.folder, given.data)
    with open_library(load_settings(given.folder / "library")) as library:
        encoder, clips = library.encoder, clips_by_moment(library, moments)
    fitting, measured = halves(moments, clips)
    if given.fit:
        print(fit(encoder, [*to_fit(fitting)]))
        return
    searches = [*to_measure(measured, fitting)]
    said = np.array([says_match(part_library(encoder, s.clips), s.query) for s in searches])
    print_main(searches, said)
    print_kinds(searches, said)
    print_footage(given.folder / "footage-library", given.data / "footage")


def says_match(library: Library, query: str) -> bool:
    return not nothing_matches(search_moments(library, Query.of(Text(query))))


def print_main(searches: Sequence[Search], said: NDArray[np.bool_]) -> None:
    """Precision, recall and balanced accuracy of "something matches"."""
    kinds = np.array([search.kind for search in searches])
    present, absent = said[kinds == PRESENT], said[kinds == FOREIGN]
    hits, misses, alarms, rests = (
        np.concatenate([one, other]).astype(np.float64)
        for one, other in (
            (present, np.zeros_like(absent)),
            (~present, np.zeros_like(absent)),
            (np.zeros_like(present), absent),
            (np.zeros_like(present), ~absent),
        )
    )
    counts = np.stack([hits, misses, alarms, rests], axis=1)  # (Q, 4)
    print("| of 200 queries, half about nothing in the library | |\n|---|---|")
    drawn, own = resampled_sums(counts), counts.sum(0, keepdims=True)
    for (name, values), (_, (value,)) in zip(shares(drawn), shares(own), strict=True):
        interval = interval_of(values)
        print(f"| {name} | {value:.1f} ({interval.low:.1f} to {interval.high:.1f}) |")


def shares(counts: NDArray[np.float64]) -> list[tuple[str, NDArray[np.float64]]]:
    """Figures in percent of ``(R, 4)`` hits, misses, false alarms and right rejections."""
    hits, misses, alarms, rests = counts.T
    recall = 100 * hits / (hits + misses)
    return [
        ("balanced accuracy", (recall + 100 * rests / (rests + alarms)) / 2),
        ("precision of a match", 100 * hits / (hits + alarms)),
        ("recall of a match", recall),
        ('precision of "nothing matches"', 100 * rests / (rests + misses)),
        ('recall of "nothing matches"', 100 * rests / (rests + alarms)),
    ]


def print_kinds(searches: Sequence[Search], said: NDArray[np.bool_]) -> None:
    print("\n| queries | | in it | said to match |\n|---|---|---|---|")
    kinds = np.array([search.kind for search in searches])
    for kind in dict.fromkeys(kinds.tolist()):
        chosen = np.flatnonzero(kinds == kind)
        truth = "yes" if searches[chosen[0]].matches else "no"
        print(f"| {kind} | {len(chosen)} | {truth} | {100 * said[chosen].mean():.0f} % |")


def print_footage(library: Path, footage: Path) -> None:
    """Real footage, and a few queries of our own."""
    print("\n| in the sample footage | for | shown | said to match | first |")
    print("|---|---|---|---|---|")
    with open_library(load_settings(library), create=True) as opened:
        index_paths(opened, [footage])
        for used, shown, query in read_table(FOOTAGE_QUERIES, ("used", "shown", "query")):
            found = search_moments(opened, Query.of(Text(query)))
            match = "no" if nothing_matches(found) else "yes"
            first = f"{found[0].record.path.name}, {found[0].probability:.0%}"
            print(f"| {query} | {used} | {shown} | {match} | {first} |")


if __name__ == "__main__":
    main()
