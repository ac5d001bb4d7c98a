"""How well moments are found, in time: by words, one after another, and by altered pieces of film.

    python -m benchmarks.moments --data ../shared/data --folder DIR

Makes films of 2,107 moments in DIR (see `benchmarks.moment_films`) and indexes them, unless they
are there from before, then prints Markdown tables. Intervals hold 95 % of 2,000 bootstrap resamples
of the moments that are asked for.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from benchmarks.altered import HARD, USUAL, Alteration, write_altered
from benchmarks.moment_films import Moment, written_moments
from benchmarks.part_library import clips_by_moment, in_memory
from catalog.interface import ClipRecord
from evaluation.intervals import share_intervals
from ingest.clip import ClipSpan
from pipeline.assembly import open_library
from pipeline.found import Found
from pipeline.indexing import index_paths
from pipeline.library import Library
from pipeline.merging import COPY_SIMILARITY
from pipeline.moments import search_moments
from pipeline.query import Part, Query, Step, Text, VideoFile
from pipeline.settings import load_settings

DEPTH = 10
NOT_FOUND = DEPTH + 1
LEAST_OVERLAP = 0.5
"""Intersection over union of the time asked for and the time found."""
WITHIN_SECONDS = 20.0
PAIRS = 200
PIECES = 100
PARTS = WORDS, FILMS = "words", "films"

Fits = Callable[[Found, Moment], bool]


@dataclass(frozen=True, eq=False)
class Asked:
    """Ranks of one kind of query; 1 is the best, `NOT_FOUND` the last."""

    owners: NDArray[np.int64]
    """``(Q,)`` the moment that each query asks for."""
    ranks: NDArray[np.int64]
    """``(Q,)`` of the first result that holds the middle of the moment."""
    overlapping: NDArray[np.int64]
    """``(Q,)`` of the first result whose time overlaps the moment's by `LEAST_OVERLAP`."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.moments")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--folder", type=Path, required=True, help="for the films and the library")
    parser.add_argument("--only", choices=PARTS, help="one part of the figures")
    given = parser.parse_args()
    moments = written_moments(given.folder, given.data)
    with open_library(load_settings(given.folder / "library"), create=True) as stored:
        index_paths(stored, [given.folder / "films"])
        clips, library = clips_by_moment(stored, moments), in_memory(stored)
    print(f"{len(moments)} moments in {library.store.count_clips()} clips\n")
    if given.only in (None, WORDS):
        asked = by_words(library, moments)
        print_words(asked)
        print_sequences(library, moments, asked)
    if given.only in (None, FILMS):
        print_pieces(library, moments)
        print_likeness(clips, moments)


def holds_middle(found: Found, moment: Moment) -> bool:
    middle = (moment.span.start_seconds + moment.span.end_seconds) / 2
    return _same_film(found, moment) and (
        found.span.start_seconds <= middle < found.span.end_seconds
    )


def overlaps(found: Found, moment: Moment) -> bool:
    return _same_film(found, moment) and overlap(found.span, moment.span) >= LEAST_OVERLAP


def overlap(one: ClipSpan, other: ClipSpan) -> float:
    """Intersection over union of two spans."""
    common = min(one.end_seconds, other.end_seconds) - max(one.start_seconds, other.start_seconds)
    return max(0.0, common) / (one.length_seconds + other.length_seconds - max(0.0, common))


def _same_film(found: Found, moment: Moment) -> bool:
    return found.record.path.name == moment.film.name


def rank_of(found: Sequence[Found], moment: Moment, fits: Fits) -> int:
    places = (place for place, one in enumerate(found, start=1) if fits(one, moment))
    return next(places, NOT_FOUND)


def by_words(library: Library, moments: Sequence[Moment]) -> Asked:
    """Search for the first caption of every moment that has some."""
    rows = []
    for number, moment in enumerate(moments):
        for caption in moment.captions[:1]:
            found = search_moments(library, Query.of(Text(caption)), limit=DEPTH)
            rows.append(
                (number, *(rank_of(found, moment, fits) for fits in (holds_middle, overlaps)))
            )
    return Asked(*np.array(rows, np.int64).T)


def print_words(asked: Asked) -> None:
    print(f"| {len(asked.ranks)} captions | R@1 | R@5 | R@10 |\n|---|---|---|---|")
    for name, ranks in (
        ("the moment is found", asked.ranks),
        (f"with a temporal IoU of at least {LEAST_OVERLAP}", asked.overlapping),
    ):
        cells = (share(ranks <= depth, asked.owners) for depth in (1, 5, DEPTH))
        print(f"| {name} | {' | '.join(cells)} |")


def share(right: NDArray[np.bool_], owners: NDArray[np.int64]) -> str:
    """Percent of queries that are right, with the interval; owners are resampled."""
    _, groups = np.unique(owners, return_inverse=True)
    parts = np.bincount(groups, weights=right)[:, None]
    (interval,) = share_intervals(parts, np.bincount(groups).astype(np.float64))
    return f"{100 * right.mean():.1f} ({interval.low:.1f} to {interval.high:.1f})"


def print_sequences(library: Library, moments: Sequence[Moment], asked: Asked) -> None:
    """Ask for two moments of one film, one after the other, by a caption of each."""
    rng = np.random.default_rng(0)
    questions = [caption for moment in moments for caption in moment.captions[:1]]
    by_moment = {number: np.flatnonzero(asked.owners == number) for number in set(asked.owners)}
    pairs = [
        (int(one), int(other))
        for first, second in follow_each_other(moments)
        for one in by_moment[first]
        for other in by_moment[second]
    ]
    alone = [pair for pair in pairs if asked.ranks[list(pair)].max() == 1]
    print(
        f"\n| A then B within {WITHIN_SECONDS:.0f} s | pairs | found first | among the first 10 |"
    )
    print("|---|---|---|---|")
    for name, every in (("A and B alone come first", alone), ("all", pairs)):
        drawn = [every[n] for n in rng.permutation(len(every))[:PAIRS]]
        ranks = []
        for one, other in drawn:
            steps = tuple(Step((Part(Text(questions[n])),)) for n in (one, other))
            found = search_moments(library, Query(steps, WITHIN_SECONDS), limit=DEPTH)
            wanted = [moments[asked.owners[n]] for n in (one, other)]
            ranks.append(rank_in_order(found, wanted))
        owners = asked.owners[[one for one, _ in drawn]]
        first, among = (share(np.array(ranks) <= depth, owners) for depth in (1, DEPTH))
        print(f"| {name} | {len(drawn)} of {len(every)} | {first} | {among} |")


def follow_each_other(moments: Sequence[Moment]) -> list[tuple[int, int]]:
    """Pairs of moments that are asked for: of one film, the second soon after the first."""
    return [
        (first, second)
        for first, one in enumerate(moments)
        for second, other in enumerate(moments)
        if one.captions
        and other.captions
        and one.film == other.film
        and 0 <= other.span.start_seconds - one.span.end_seconds <= WITHIN_SECONDS
    ]


def rank_in_order(found: Sequence[Found], wanted: Sequence[Moment]) -> int:
    for place, one in enumerate(found, start=1):
        steps = (Found((hit,)) for hit in one.hits)
        if all(holds_middle(step, moment) for step, moment in zip(steps, wanted, strict=True)):
            return place
    return NOT_FOUND


def print_pieces(library: Library, moments: Sequence[Moment]) -> None:
    """Search for pieces of the films, altered, and tell how similar they are to their moments."""
    drawn = np.random.default_rng(0).permutation(len(moments))[:PIECES]
    print(f"\n| {len(drawn)} pieces of film | R@1 | R@10 | similarity: 5 % are below | half |")
    print("|---|---|---|---|---|")
    usual = []
    for name, how in {**USUAL, **HARD}.items():
        pieces = [searched_piece(library, moments[number], how) for number in drawn]
        ranks = np.array([rank for rank, _ in pieces])
        low, middle = np.quantile([similarity for _, similarity in pieces], (0.05, 0.5))
        cells = f"{share(ranks <= 1, drawn)} | {share(ranks <= DEPTH, drawn)}"
        print(f"| {name} | {cells} | {low:.2f} | {middle:.2f} |", flush=True)
        usual += [ranks] if name in USUAL else []
    every, whose = np.concatenate(usual), np.tile(drawn, len(usual))
    first, among = (share(every <= depth, whose) for depth in (1, DEPTH))
    print(f"| the first {len(usual)} together | {first} | {among} | | |")


def searched_piece(library: Library, moment: Moment, how: Alteration) -> tuple[int, float]:
    """The rank of a moment among what is like an altered piece of it, and their similarity."""
    with TemporaryDirectory() as folder:
        piece = Path(folder) / "piece.mp4"
        write_altered(moment.film, moment.span, piece, how=how)
        found = search_moments(library, Query.of(VideoFile(piece)), limit=DEPTH)
    rank = rank_of(found, moment, holds_middle)
    # Of what is not found, the similarity is at most that of the last one found.
    return rank, found[min(rank, len(found)) - 1].score


def print_likeness(clips: Sequence[ClipRecord], moments: Sequence[Moment]) -> None:
    """How similar the clips of different moments are, which `COPY_SIMILARITY` has to tell apart."""
    vectors = np.stack([clip.description.embedding for clip in clips])
    films = np.array([clip.video_id for clip in clips])
    likeness = np.where(films[:, None] == films, -1.0, vectors @ vectors.T)
    asked = np.array([bool(moment.captions) for moment in moments])
    nearest = likeness[asked][:, asked].max(1)
    print(
        "\nThe nearest other photograph has a similarity of "
        f"{np.median(nearest):.2f} for half of them, above {np.quantile(nearest, 0.99):.2f} for "
        f"1 %; {np.mean(nearest >= COPY_SIMILARITY):.1%} count as copies."
    )


if __name__ == "__main__":
    main()
