"""What full text, subtraction and feedback add to a search, on captioned moments.

    python -m benchmarks.search --data ../shared/data --folder DIR

Takes the moments that `benchmarks.moments` filmed and indexed in DIR of captioned photographs, and
prints three Markdown tables: dense search against full text over the generated captions and both
fused; words less other words; words with moments liked and disliked. Intervals hold 95 % of 2,000
bootstrap resamples.
"""

import argparse
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.moment_films import written_moments
from benchmarks.part_library import clips_by_moment
from encoder.interface import ClipEncoder
from evaluation.intervals import interval_of, resampled_sums
from evaluation.retrieval import recall_intervals, text_to_image_ranks
from pipeline.assembly import open_library
from pipeline.reasons import bases, telling_words
from pipeline.settings import load_settings

THINGS = {
    "a dog": "dog dogs puppy",
    "people": "people person man woman men women boy girl child children kid kids boys girls",
    "water": "water ocean lake river pool sea beach",
    "snow": "snow snowy ski skiing snowboarder",
    "grass": "grass grassy field lawn",
    "a ball": "ball football soccer tennis basketball baseball",
    "a bike": "bike bicycle bicycles biker cyclist bmx motorcycle",
    "children": "child children kid kids boy girl boys girls baby toddler",
    "a red shirt": "red",
    "a man": "man men",
    "a woman": "woman women lady",
    "a street": "street road sidewalk city",
    "a person riding": "riding rides ride",
    "jumping": "jump jumping jumps jumped leaps leaping",
    "running": "run running runs",
    "sitting": "sit sits sitting seated",
    "climbing a rock": "climbing climber climbs climb",
    "a crowd": "crowd crowded",
    "swimming": "swim swimming swims pool",
    "a black dog": "black",
}
"""Queries, and the words of captions that tell of them."""
LOOKED_AT = 20
"""The first hits, of which three right ones are liked and three wrong ones disliked."""
LEAST_RIGHT = 5
"""Of feedback: words that fit fewer pictures beyond those looked at are not asked for."""
CAPTIONS_THAT_TELL = 3
"""Of five: so many must hold a word for its picture to be right."""


@dataclass(frozen=True, eq=False)
class Pictures:
    """What the tables are computed from."""

    vectors: NDArray[np.float64]  # (N, D)
    generated: list[list[str]]
    """The words of each generated caption."""
    captions: list[tuple[str, ...]]
    encoder: ClipEncoder


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def described(folder: Path, data: Path) -> Pictures:
    moments = [moment for moment in written_moments(folder, data) if moment.captions]
    with open_library(load_settings(folder / "library")) as library:
        found = [clip.description for clip in clips_by_moment(library, moments)]
        encoder = library.encoder
    return Pictures(
        np.stack([one.embedding for one in found]).astype(np.float64),
        [words_of(one.caption.text) for one in found],
        [moment.captions for moment in moments],
        encoder,
    )


def bm25(
    queries: Sequence[Sequence[str]], documents: Sequence[Sequence[str]]
) -> NDArray[np.float64]:
    """``(Q, N)`` scores as Milvus computes them (Robertson and Zaragoza 2009; k1 1.2, b 0.75)."""
    lengths = np.array([len(document) for document in documents])
    counts = [Counter(document) for document in documents]
    holding = Counter(word for count in counts for word in count)
    weights = {word: np.zeros(len(documents)) for word in holding}
    for number, count in enumerate(counts):
        damping = 1.2 * (0.25 + 0.75 * lengths[number] / lengths.mean())
        for word, times in count.items():
            rarity = np.log1p((len(documents) - holding[word] + 0.5) / (holding[word] + 0.5))
            weights[word][number] = rarity * 2.2 * times / (times + damping)
    nothing = np.zeros(len(documents))
    return np.stack([sum((weights.get(w, nothing) for w in query), nothing) for query in queries])


def print_fusion(pictures: Pictures) -> None:
    queries = [caption for captions in pictures.captions for caption in captions]
    owner = np.repeat(np.arange(len(pictures.captions)), [*map(len, pictures.captions)])
    dense = pictures.encoder.embed_texts(queries) @ pictures.vectors.T  # (Q, N)
    text = bm25([*map(words_of, queries)], pictures.generated)
    # Pictures with the same words are in no order; noise gives them one.
    text += 1e-9 * np.random.default_rng(0).random(text.shape)
    places = [np.argsort(np.argsort(-scores, axis=1), axis=1) + 1 for scores in (dense, text)]
    print("| ranking | R@1 | R@5 | R@10 |\n|---|---|---|---|")
    for name, scores in (
        ("dense", dense),
        ("full text", text),
        *((f"reciprocal ranks, k = {k}", sum(1 / (k + p) for p in places)) for k in (10, 60)),
        *((f"dense + {w} full text", dense + w * text) for w in (0.002, 0.005, 0.01, 0.02)),
    ):
        ranks = text_to_image_ranks(scores, owner)
        shares = recall_intervals(ranks, owner)
        intervals = (shares.recall_at_1, shares.recall_at_5, shares.recall_at_10)
        cells = [
            f"{100 * np.mean(ranks <= depth):.1f} ({i.low:.1f} to {i.high:.1f})"
            for depth, i in zip((1, 5, 10), intervals, strict=True)
        ]
        print(f"| {name} | {' | '.join(cells)} |")


def average_precision(scores: NDArray[np.float64], relevant: NDArray[np.bool_]) -> float:
    ordered = relevant[np.argsort(-scores, kind="stable")]
    precision = np.cumsum(ordered) / np.arange(1, len(ordered) + 1)
    return float(precision[ordered].mean())


def mentions(pictures: Pictures, thing: str) -> NDArray[np.int64]:
    """``(N,)`` how many captions of each picture tell of a thing."""
    telling = set(THINGS[thing].split())
    return np.array(
        [sum(bool(telling.intersection(words_of(c))) for c in cs) for cs in pictures.captions]
    )


def print_gain(name: str, values: list[float], before: list[float]) -> None:
    gains = np.array(values) - np.array(before)
    resampled = interval_of(resampled_sums(gains[:, None])[:, 0] / len(gains))
    print(
        f"| {name} | {100 * np.mean(values):.1f} | {100 * gains.mean():+.1f} "
        f"({100 * resampled.low:+.1f} to {100 * resampled.high:+.1f}) |"
    )


def print_subtraction(pictures: Pictures) -> None:
    told = {thing: mentions(pictures, thing) for thing in THINGS}
    texts = dict(zip(THINGS, pictures.encoder.embed_texts([*THINGS]), strict=True))
    cases = []
    for one, other in permutations(THINGS, 2):
        relevant = (told[one] >= 2) & (told[other] == 0)
        if np.sum((told[one] >= 2) & (told[other] >= 2)) >= 30 and relevant.sum() >= 30:
            cases.append((texts[one], texts[other], relevant))

    def all_of(weight: float) -> list[float]:
        return [average_precision(pictures.vectors @ (a - weight * b), r) for a, b, r in cases]

    before = all_of(0)
    print(f"\n| {len(cases)} pairs: A less B, weight | average precision | gain |\n|---|---|---|")
    for weight in (0, 0.25, 0.5, 0.75, 1):
        print_gain(str(weight), all_of(weight), before)


def asked_words(pictures: Pictures) -> dict[str, NDArray[np.bool_]]:
    """Words of the captions, and ``(N,)`` which pictures they are right for.

    The most frequent form of each word that tells something. Right is a picture of which at least
    `CAPTIONS_THAT_TELL` captions hold it in some form.
    """
    told = [[telling_words(caption) for caption in own] for own in pictures.captions]
    counts = Counter(word for own in told for words in own for word in words)
    forms = {word: bases(word) for word in counts}
    # The words of each caption with all that they may be forms of.
    meant = [[set().union(*(forms[word] for word in words)) for words in own] for own in told]
    asked: dict[str, NDArray[np.bool_]] = {}
    known: set[str] = set()
    for word, times in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        if times >= LEAST_RIGHT and not forms[word] & known:
            telling = [sum(not forms[word].isdisjoint(words) for words in own) for own in meant]
            asked[word] = np.array(telling) >= CAPTIONS_THAT_TELL
            known |= forms[word]
    return asked


def print_feedback(pictures: Pictures) -> None:
    asked = {word: right for word, right in asked_words(pictures).items() if right.any()}
    texts = dict(zip(asked, pictures.encoder.embed_texts([*asked]), strict=True))
    cases = []
    for word, relevant in asked.items():
        text = texts[word]
        first = np.argsort(-(pictures.vectors @ text))[:LOOKED_AT]
        liked, disliked = first[relevant[first]][:3], first[~relevant[first]][:3]
        rest = np.setdiff1d(np.arange(len(relevant)), first)
        if len(liked) and len(disliked) and relevant[rest].sum() >= LEAST_RIGHT:
            vectors = pictures.vectors
            cases.append((text, vectors[liked].mean(0), vectors[disliked].mean(0), rest, relevant))

    def all_of(like: float, dislike: float) -> list[float]:
        return [
            average_precision((pictures.vectors @ (t + like * a - dislike * b))[rest], r[rest])
            for t, a, b, rest, r in cases
        ]

    before = all_of(0, 0)
    print(f"\n| {len(cases)} queries: like, dislike | average precision | gain |\n|---|---|---|")
    for weights in ((0, 0), (0.25, 0), (0.5, 0), (1, 0), (0, 0.25), (0.5, 0.1), (0.5, 0.5)):
        print_gain(f"{weights[0]}, {weights[1]}", all_of(*weights), before)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--folder", type=Path, required=True, help="of the films and the library")
    given = parser.parse_args()
    pictures = described(given.folder, given.data)
    print_fusion(pictures)
    print_subtraction(pictures)
    print_feedback(pictures)


if __name__ == "__main__":
    main()
