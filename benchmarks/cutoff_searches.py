"""Searches of which it is known whether anything matches, to fit the cut-off and to measure it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.moment_films import Moment
from benchmarks.relevance_fit import Search
from catalog.interface import ClipRecord
from evaluation.images import read_table
from training.labels import HELD_OUT, TUNED, is_mentioned

ABSENT = Path(__file__).with_name("absent_queries.tsv")
"""What for, a word that no caption of the data holds, and a query about it."""
PRESENT, FOREIGN = "captions of moments in it", "sentences about what is not in it"
"""The kinds of the main figure."""
MAIN_QUERIES = 100
"""Of each of the two."""
SIZES = (5, 20, 100, 500)
"""Of the libraries to fit on, clips."""
MOST_CAPTIONS = 5
UNRELATED = 20
"""In a larger library than this something may well be like the caption of another moment."""


@dataclass(frozen=True, eq=False)
class Half:
    """Half of the moments, with queries that are used for it alone."""

    moments: Sequence[Moment]
    clips: Sequence[ClipRecord]
    absent: Sequence[tuple[str, str]]
    """A word and a sentence about what none of the moments shows."""
    words: Sequence[str]
    """Single words and pairs of words that captions hold."""

    @property
    def asked(self) -> list[int]:
        return [number for number, moment in enumerate(self.moments) if moment.captions]

    @property
    def bare(self) -> list[int]:
        """The moments without captions: aerial photographs and actions."""
        return [number for number, moment in enumerate(self.moments) if not moment.captions]

    def telling(self, words: str) -> list[int]:
        """The moments of which at least two captions hold the words."""
        return [n for n in self.asked if self._captions_with(words, n) >= 2]

    def silent(self, words: str) -> list[int]:
        """The moments with captions none of which holds the words."""
        return [n for n in self.asked if not self._captions_with(words, n)]

    def _captions_with(self, words: str, number: int) -> int:
        return sum(is_mentioned(words, [caption]) for caption in self.moments[number].captions)


def halves(moments: Sequence[Moment], clips: Sequence[ClipRecord]) -> tuple[Half, Half]:
    """One to fit on and one to measure on."""
    order = np.random.default_rng(1).permutation(len(moments))
    rows = read_table(ABSENT, ("used", "absent", "query"))
    fitting, measured = (
        Half(
            [moments[n] for n in order[first::2]],
            [clips[n] for n in order[first::2]],
            [(word, query) for name, word, query in rows if name == used],
            words,
        )
        for first, used, words in ((0, "fit", TUNED), (1, "test", HELD_OUT))
    )
    return fitting, measured


def to_fit(half: Half) -> Iterator[Search]:
    """Searches in libraries of many sizes, drawn from the clips of one half."""
    rng = np.random.default_rng(2)

    def some(numbers: Sequence[int], size: int) -> list[ClipRecord]:
        drawn = rng.permutation(numbers)[:size]
        return [half.clips[n] for n in drawn]

    everything = range(len(half.clips))
    for place, number in enumerate(half.asked):
        caption = half.moments[number].captions[place % MOST_CAPTIONS]
        size = SIZES[place % len(SIZES)]
        others = [n for n in everything if n != number]
        yield Search("shown", caption, [half.clips[number], *some(others, size - 1)], True)
        yield Search("of other moments", caption, some(others, UNRELATED), False)
        yield Search("of other moments", caption, some(half.bare, size), False)
    for size in (*SIZES, len(half.clips)):
        for word, sentence in half.absent:
            yield Search("of nothing like it", sentence, some(everything, size), False)
            yield Search("of nothing like it", word, some(everything, size), False)
        for words in half.words:
            telling, silent = half.telling(words), half.silent(words)
            if telling:
                with_it = some(telling, 1) + some(silent, size - 1)
                yield Search("shown", words, with_it, True)


def to_measure(half: Half, other: Half) -> Iterator[Search]:
    """Searches in all clips of one half, and in those without what is asked for."""
    everything = half.clips
    asked = half.asked
    for number in asked[:MAIN_QUERIES]:
        yield Search(PRESENT, half.moments[number].captions[0], everything, True)
    for word, sentence in half.absent:
        yield Search(FOREIGN, sentence, everything, False)
        yield Search("single words of what is not in it", word, everything, False)
    for words in half.words:
        telling, silent = half.telling(words), half.silent(words)
        if telling:
            yield Search("words that captions hold", words, everything, True)
            rest = [half.clips[n] for n in silent]
            yield Search("these words, where captions do not hold them", words, rest, False)
    bare = [half.clips[n] for n in half.bare]
    for number in asked[:MAIN_QUERIES]:
        caption = half.moments[number].captions[0]
        yield Search("captions, with all moments like theirs left out", caption, bare, False)
    for number in other.asked[:MAIN_QUERIES]:
        caption = other.moments[number].captions[0]
        yield Search("captions of photographs that are not in it", caption, everything, False)
